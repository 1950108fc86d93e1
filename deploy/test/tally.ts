/** How one test ended. */
export type Verdict = { readonly name: string; readonly state: "passed" | "failed" | "skipped" | "pending" };

/** Tests that were left out before any of them could start. */
export type Omission = { readonly what: string; readonly why: string };

/** What is said at the end of a test run, and whether the run is good. */
export type Tally = { readonly good: boolean; readonly text: string };

/**
 * Adds up a test run.
 *
 * What did not run is named with its reason. With `strict` anything that did not run is a
 * failure; without a single test that passed, every run is one.
 */
export function tally(
  verdicts: readonly Verdict[],
  omissions: readonly Omission[],
  { strict, brokenFiles }: { readonly strict: boolean; readonly brokenFiles: number },
): Tally {
  const count = (state: Verdict["state"]) => verdicts.filter((verdict) => verdict.state === state).length;
  const left = verdicts.filter(({ state }) => state === "skipped" || state === "pending");
  const notRun = [
    ...omissions.map(({ what, why }) => `not run: ${what}: ${why}`),
    ...left.map(({ name }) => `not run: ${name}: skipped in the test itself`),
  ];
  const failed = count("failed") + brokenFiles;
  const good = failed === 0 && count("passed") > 0 && !(strict && notRun.length > 0);
  const verdict = strict && notRun.length > 0 ? ["with CI=true nothing may be left out"] : [];
  const skipped = left.length === 0 ? "" : `, ${left.length} skipped`;
  return {
    good,
    text: [...notRun, ...verdict, `${count("passed")} passed, ${failed} failed${skipped}`, ""].join("\n"),
  };
}
