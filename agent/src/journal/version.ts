/** Which desired state: a rebuilt store of the controller starts a new epoch. */
export type Version = { readonly epoch: bigint; readonly generation: bigint };

/** Orders versions by epoch, then by generation: below zero when `a` is older than `b`. */
export function compareVersions(a: Version, b: Version): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  if (a.generation !== b.generation) return a.generation < b.generation ? -1 : 1;
  return 0;
}
