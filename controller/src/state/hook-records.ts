import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterEvent, ClusterState, HookRecord } from "./cluster-state.ts";

type HookEnded = Extract<ClusterEvent, { readonly type: "hook-ended" }>;

/** The records of the hooks of a spec: those that there were, and for each new one that it begins after the event `last`. */
export function hookRecordsOf(spec: ClusterSpec, before: ClusterState["hooks"], last: bigint): ClusterState["hooks"] {
  const fresh = (hook: string): HookRecord => ({ hook, done: last, failure: undefined, skipped: undefined });
  return new Map(spec.hooks.map(({ run }) => [run, before.get(run) ?? fresh(run)]));
}

/** Notes how a hook ended. An end that was noted already, or of a hook that is no more, changes nothing. */
export function withHookEnd(
  state: ClusterState,
  { hook, sequence, done, at, failure, skipped }: HookEnded,
): ClusterState {
  const record = state.hooks.get(hook);
  if (record === undefined || done <= record.done) return state;
  const next: HookRecord = {
    hook,
    done,
    failure: failure === undefined ? undefined : { at, sequence, reason: failure },
    skipped: skipped === 0 ? record.skipped : { at, count: (record.skipped?.count ?? 0) + skipped },
  };
  return { ...state, hooks: new Map(state.hooks).set(hook, next) };
}
