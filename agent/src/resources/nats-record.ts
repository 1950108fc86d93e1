import { createHash } from "node:crypto";

/** What a server was last given to read. */
export type NatsRecord = {
  /** Since which start of it. */
  readonly run: string;
  /** The stamp of its program. */
  readonly program: string;
  /** The digests of what it reads at its start alone, and of what it reads again while it runs. */
  readonly start: string;
  readonly live: string;
};

/** Over a boot, after which it tells that the server of now has yet to be told what was written since. */
export const natsRecordPath = "/var/lib/cowherd/nats-loaded";

/** Tells whether a server that was given the one needs no new start for the other. */
export function needsNoStart(one: NatsRecord, other: NatsRecord): boolean {
  return one.program === other.program && one.start === other.start;
}

/** Returns a digest of texts in their order. */
export function digestOf(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}

/** Writes a record as four lines. */
export function formatNatsRecord({ run, program, start, live }: NatsRecord): string {
  return `${run}\n${program}\n${start}\n${live}\n`;
}

/** Reads what formatNatsRecord wrote. Undefined for anything else, after which the server is started anew. */
export function parseNatsRecord(text: string): NatsRecord | undefined {
  const [run = "", program = "", start = "", live = "", end] = text.split("\n");
  return end === "" && live !== "" ? { run, program, start, live } : undefined;
}
