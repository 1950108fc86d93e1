import type { ClusterState, HookRecord } from "./cluster-state.ts";
import { formatSpan } from "./span.ts";

/** How long it is told that events were skipped. */
const toldMs = 24 * 3_600_000;

/** What waits for a hook that is not stored. */
export type HookBacklog = {
  readonly hook: string;
  readonly waiting: number;
  /** Since it last ran. */
  readonly skipped: number;
};

/**
 * Tells what operators should know of their hooks: the last failure of each, until it ended
 * well again; what was skipped; and what waits since the primary's agent is away. `now` is the
 * wall clock's time.
 */
export function hookNotices(
  { hooks }: Pick<ClusterState, "hooks">,
  backlogs: readonly HookBacklog[],
  connected: boolean,
  now: number,
): readonly string[] {
  return [...hooks.values()].flatMap((record) => {
    const backlog = backlogs.find(({ hook }) => hook === record.hook);
    return [
      ...failureNotices(record, now),
      ...skippedNotices(record, backlog?.skipped ?? 0, now),
      ...(connected ? [] : waitingNotices(record, backlog?.waiting ?? 0)),
    ];
  });
}

function failureNotices({ hook, failure }: HookRecord, now: number): readonly string[] {
  if (failure === undefined) return [];
  const when = `hook ${hook} failed ${formatSpan(now - failure.at)} ago, for event ${failure.sequence}`;
  return [`${when}: ${failure.reason}; its output: journalctl -t cowherd-hook-${hook}`];
}

function skippedNotices({ hook, skipped }: HookRecord, lately: number, now: number): readonly string[] {
  const before = skipped !== undefined && now - skipped.at < toldMs ? skipped.count : 0;
  const count = before + lately;
  return count === 0 ? [] : [`hook ${hook} was not run for ${countOf(count)}: too many came at once`];
}

function waitingNotices({ hook }: HookRecord, waiting: number): readonly string[] {
  return waiting === 0
    ? []
    : [`hook ${hook}: ${countOf(waiting)} wait${waiting === 1 ? "s" : ""} for the agent of the primary`];
}

function countOf(events: number): string {
  return `${events} event${events === 1 ? "" : "s"}`;
}
