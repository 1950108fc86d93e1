import type { User } from "./accounts.ts";
import type { CommandEnd } from "./run-command.ts";

/** How a command that may hang ended: `late` when it was made to. What it wrote until then is there all the same. */
export type BoundedEnd = CommandEnd & { readonly late: boolean };

/** Runs a command as a user, with a plain login's environment. It ends in time whatever it does; see runSession. */
export type RunAs = (
  user: User,
  argv: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
) => Promise<BoundedEnd>;
