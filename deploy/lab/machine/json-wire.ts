/** A command for QEMU or for the guest agent (qemu/docs/interop/qmp-spec.txt). */
export type JsonCommand = { readonly execute: string; readonly arguments?: Readonly<Record<string, unknown>> };

/** What comes back: the value of a command that worked, why one did not, or something that nobody asked for. */
export type JsonAnswer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "refusal"; readonly reason: string }
  | { readonly kind: "event" };

/** One line as it goes out. */
export function encodeCommand(command: JsonCommand): string {
  return `${JSON.stringify(command)}\n`;
}

/** Reads one line. Events, greetings and rubbish answer no command: they are all "event". */
export function parseAnswer(line: string): JsonAnswer {
  const message = parseRecord(line);
  if (message === undefined) return { kind: "event" };
  if ("return" in message) return { kind: "value", value: message["return"] };
  if (!("error" in message)) return { kind: "event" };
  const { error } = message;
  const reason = isRecord(error) && typeof error["desc"] === "string" ? error["desc"] : JSON.stringify(error);
  return { kind: "refusal", reason };
}

/** The guest agent puts this byte before the answer to guest-sync-delimited: all before it is older. */
const DELIMITER = 0xff;

/** What came after the last delimiter. Undefined if there was none. */
export function afterDelimiter(bytes: Buffer): Buffer | undefined {
  const at = bytes.lastIndexOf(DELIMITER);
  return at === -1 ? undefined : bytes.subarray(at + 1);
}

/** Whole lines, without what stands after the last line end. */
export function wholeLines(bytes: Buffer): readonly string[] {
  return bytes.toString("utf8").split("\n").slice(0, -1);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseRecord(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // half a line from before the connection
  }
}
