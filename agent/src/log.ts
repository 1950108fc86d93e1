import type { Logger } from "pino";

/** Where the agent tells what it does: one line an event, its fields beside it. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;
