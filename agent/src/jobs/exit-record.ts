import { constants } from "node:os";

/** The name of the script in a job's folder. */
export const exitRecorder = "record-exit";

/**
 * What systemd runs when a job's unit has ended, however it ended: a fixed text, with the
 * job's folder as its only argument.
 *
 * It leaves "exited 0" or "killed TERM" behind, whole or not at all. systemd.exec(5) tells
 * of EXIT_CODE and EXIT_STATUS.
 */
export const recordExitScript =
  'echo "$EXIT_CODE $EXIT_STATUS" > "$1/exit.draft" && sync "$1/exit.draft" && mv "$1/exit.draft" "$1/exit"\n';

/** Reads what the script left as an exit code: 128 and the signal's number where a signal ended it. Undefined for anything else. */
export function parseExitRecord(text: string): number | undefined {
  const [, how, what = ""] = /^(exited|killed|dumped) ([A-Z0-9+-]+)\n$/.exec(text) ?? [];
  if (how === undefined) return undefined;
  if (how === "exited") return /^\d{1,3}$/.test(what) ? Number(what) : undefined;
  const number = Object.entries(constants.signals).find(([name]) => name === `SIG${what}`)?.[1];
  return 128 + (number ?? 0);
}
