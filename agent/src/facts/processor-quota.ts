/**
 * The cgroups whose limit holds for every program that users run on a machine, from the
 * root of what this system sees.
 *
 * In a container the root has a limit, on a plain machine it has none. The agent's own unit
 * is left out on purpose: its limit says nothing of what an MPI rank may use.
 */
export const sharedCgroups = ["", "/user.slice"] as const;

/** Reads a cpu.max text ("150000 100000") as processors. Undefined for no limit, and for what is not of that form. */
export function parseCpuMax(text: string): number | undefined {
  const [, quota, period] = /^(\d+) (\d+)\s*$/.exec(text) ?? [];
  const processors = Number(quota) / Number(period);
  return Number.isFinite(processors) && processors > 0 ? processors : undefined;
}

/** Returns the tightest of several limits, each undefined for none. */
export function tightestQuota(quotas: readonly (number | undefined)[]): number | undefined {
  const limits = quotas.filter((quota) => quota !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
}
