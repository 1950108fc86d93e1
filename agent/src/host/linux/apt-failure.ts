import { isStatusLine } from "./apt-progress.ts";

const maxLength = 300;

/**
 * Finds the line in which apt or dpkg says what went wrong: "E: Could not get lock
 * /var/lib/dpkg/lock-frontend. It is held by process 812 (apt-get)".
 *
 * The first complaint is the cause; the later ones are its echoes, and "Sub-process
 * returned an error code" is never more than that.
 */
export function aptFailureReason(output: string): string {
  const lines = output
    .split(/[\r\n]+/)
    .map(printable)
    .filter((line) => line !== "" && !isStatusLine(line));
  const complaints = lines.filter((line) => /^(E: |dpkg: error)/.test(line));
  const cause = complaints.find((line) => !line.startsWith("E: Sub-process")) ?? complaints.at(0) ?? lines.at(-1);
  return (cause ?? "ended without a word").slice(0, maxLength);
}

function printable(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, " ").trim();
}
