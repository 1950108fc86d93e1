import { InvalidArgumentError } from "commander";

const millisecondsIn = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longestMs = 365 * millisecondsIn.d;

/** Reads a duration such as "90s", "15m", "1h" or "2d" into milliseconds; throws InvalidArgumentError for anything else. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * millisecondsIn[parseUnit(unit)];
  if (!(ms > 0)) throw new InvalidArgumentError("Write a whole number and its unit, such as 90s, 15m, 1h or 2d.");
  if (ms > longestMs) throw new InvalidArgumentError("That is more than a year.");
  return ms;
}

function parseUnit(unit: string | undefined): keyof typeof millisecondsIn {
  return unit === "m" || unit === "h" || unit === "d" ? unit : "s";
}
