import { createHash } from "node:crypto";

/** What a server was last given to read. */
export type BrokerRecord = {
  /** Since which start of it. */
  readonly run: string;
  /** The stamp of its program. */
  readonly program: string;
  /** The digests of what it reads at its start alone, and of what it reads again while it runs. */
  readonly start: string;
  readonly live: string;
};

/** Over a boot, after which it tells that the server of now has yet to be told what was written since. */
export const brokerRecordPath = "/var/lib/cowherd/nats-loaded";

/** Tells whether a server that was given the one needs no new start for the other. */
export function needsNoStart(one: BrokerRecord, other: BrokerRecord): boolean {
  return one.program === other.program && one.start === other.start;
}

/** Returns a digest of texts in their order. */
export function digestOf(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}

/** Writes a record as four lines. */
export function formatBrokerRecord({ run, program, start, live }: BrokerRecord): string {
  return `${run}\n${program}\n${start}\n${live}\n`;
}

/** Reads what formatBrokerRecord wrote. Undefined for anything else, after which the server is started anew. */
export function parseBrokerRecord(text: string): BrokerRecord | undefined {
  const [run = "", program = "", start = "", live = "", end] = text.split("\n");
  return end === "" && live !== "" ? { run, program, start, live } : undefined;
}
