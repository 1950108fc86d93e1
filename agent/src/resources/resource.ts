import type { Host } from "../host/host.ts";
import type { Progress } from "../host/progress.ts";

/** Whether a run acts or only looks. */
export type Mode = "check" | "apply";

/**
 * A kind of thing on a host: how to read it, what it lacks, how to mend it.
 *
 * Only `read` and `apply` touch the host. A check is read and plan without apply, so what
 * it lists is what the run that follows it does.
 */
export interface Resource<Spec, Observed, Change> {
  /**
   * Reads how things are. Changes nothing.
   *
   * In apply mode, which it is if nothing is said, it may also try a thing out and tidy up
   * behind itself; a check leaves no trace at all, and so can miss what only trying shows.
   */
  read(spec: Spec, host: Host, signal: AbortSignal, mode?: Mode): Promise<Observed>;

  /**
   * Lists what must change, in order. Pure. An empty list means in sync.
   *
   * Throws ConflictError where the change would take or destroy what is not Cowherd's.
   */
  plan(spec: Spec, observed: Observed): readonly Change[];

  /** Makes one change. Safe to repeat. Slow work tells `progress` how it goes, in place of the change's description. */
  apply(change: Change, host: Host, signal: AbortSignal, progress?: Progress): Promise<void>;

  /** Names one change for people, such as `write /etc/hosts`. */
  describe(change: Change): string;

  /**
   * Says in words what somebody had changed by hand that this change takes back, such as
   * `-secondary1`; undefined where nobody had. For the kinds that can tell.
   */
  handEdit?(change: Change): string | undefined;

  /** The files whose change may mean drift; the kernel is asked to tell of them. */
  watches(spec: Spec): readonly string[];
}

/** Bringing the resource about would take or destroy what belongs to someone else. The message says what, in one line. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
}
