/** The ranks did not run where, or did not find, what the hostfile promises. */
export class RanksMismatchError extends Error {
  override readonly name = "RanksMismatchError";
}

/**
 * Checks that a run of allreduce.c used every slot of the hostfile, each on its host, and
 * that every rank came to the right sum. Throws RanksMismatchError that says what differs.
 */
export function checkRanks(output: string, hostfile: string): void {
  const wanted = [...hostfile.matchAll(/^(\S+) slots=(\d+)$/gm)].map(([, host, slots]) => `${host}:${slots}`);
  const reports = [...output.matchAll(/^rank \d+ of (\d+) on (\S+): sum (\d+)$/gm)];
  const onHost = new Map<string, number>();
  for (const [, , host = ""] of reports) onHost.set(host, (onHost.get(host) ?? 0) + 1);
  const found = [...onHost].map(([host, ranks]) => `${host}:${ranks}`);
  if (found.toSorted().join() !== wanted.toSorted().join()) {
    throw new RanksMismatchError(
      `the hostfile has ${wanted.join(" ")}, and ranks ran on ${found.join(" ") || "nothing"}`,
    );
  }
  const sum = (reports.length * (reports.length - 1)) / 2;
  for (const [line, ranks, , reported] of reports) {
    if (Number(ranks) !== reports.length || Number(reported) !== sum) {
      throw new RanksMismatchError(`${reports.length} ranks come to ${sum}, and one said: ${line}`);
    }
  }
}
