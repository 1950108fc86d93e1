import type { Log } from "./log.ts";

/** A log for tests that keeps the texts of what it was told. */
export type KeptLog = Log & { readonly texts: string[] };

/** Makes a log that nobody hears. */
export function createKeptLog(): KeptLog {
  const texts: string[] = [];
  const keep = (...told: readonly unknown[]) =>
    void texts.push(told.filter((one) => typeof one === "string").join(" "));
  return { texts, debug: keep, info: keep, warn: keep, error: keep };
}
