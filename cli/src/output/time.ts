/** Writes a time as "2026-01-31 12:00:00 UTC". */
export function formatTime(time: Date): string {
  return time.toISOString().replace(/T(.*)\.\d+Z$/, " $1 UTC");
}
