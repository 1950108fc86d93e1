import type { Job } from "../jobs/jobs.ts";
import { unitOf } from "../jobs/unit-command.ts";

const mostLines = 5;

/** Says how to ask the journal what a confined job wrote last: its own lines, and not systemd's about it (journalctl(1)). */
export function lastLinesCommand({ id, confined }: Job): readonly [string, ...string[]] {
  const own = [`_SYSTEMD_UNIT=${unitOf(id)}`, `SYSLOG_IDENTIFIER=${confined?.journalAs ?? ""}`];
  return ["journalctl", "--quiet", "--no-pager", "--output=cat", `--lines=${mostLines}`, ...own];
}
