const maxLength = 400;

/** Says in one line why something failed: no stack, nothing that a terminal obeys. */
export function failureReason(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line || "failed without a reason";
}
