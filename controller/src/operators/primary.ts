import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { primaryOf } from "../spec/primary-of.ts";

/** The controller lives on the primary, which therefore stays. */
export class PrimaryError extends Error {
  override readonly name = "PrimaryError";
}

/** Throws PrimaryError where the next spec would move the controller to another machine. */
export function refuseMove(current: ClusterSpec, next: ClusterSpec): void {
  const [from, to] = [primaryOf(current), primaryOf(next)];
  if (from !== to) throw new PrimaryError(`the primary is ${from} and cannot become ${to}: the controller lives there`);
}
