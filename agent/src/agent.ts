import type { DesiredState, Outcome, Probe, Proof, ResourceSpec } from "@cowherd/proto";
import { createBell } from "./bell.ts";
import type { Clock } from "./clock.ts";
import type { Mode, RunObserver } from "./converge.ts";
import type { DriftWatch } from "./drift/drift-watch.ts";
import type { Facts } from "./facts/facts.ts";
import { createHookQueue } from "./hooks/hook-queue.ts";
import type { RunHook } from "./hooks/run-hook.ts";
import type { Ranks } from "./host/ranks.ts";
import { createIntake } from "./intake.ts";
import type { DesiredStateJournal } from "./journal/desired-state-journal.ts";
import type { ControllerLink } from "./link/controller-link.ts";
import { giveHeartbeats } from "./link/heartbeats.ts";
import { createLinkLog } from "./link/link-log.ts";
import { createNewestReport } from "./link/newest-report.ts";
import { createRankCount } from "./link/rank-count.ts";
import { keepSession } from "./link/sessions.ts";
import type { Log } from "./log.ts";
import { createProbeQueue } from "./probes/probe-queue.ts";
import { createCheckQueue } from "./runs/check-queue.ts";
import { createRunLoop } from "./runs/run-loop.ts";

/** What an agent needs of the world. */
export type AgentDeps = {
  readonly link: ControllerLink;
  readonly desiredStates: DesiredStateJournal;
  converge(
    resources: readonly ResourceSpec[],
    mode: Mode,
    signal: AbortSignal,
    observer?: RunObserver,
  ): Promise<readonly Outcome[]>;
  /** Looks for the evidence that a probe asks for. Rejects with the signal's reason alone. */
  prove(probe: Probe, signal: AbortSignal): Promise<readonly Proof[]>;
  readonly runHook: RunHook;
  watchedPaths(resources: readonly ResourceSpec[]): readonly string[];
  createDriftWatch(changed: () => void): DriftWatch;
  readonly ranks: Ranks;
  collectFacts(resources: readonly ResourceSpec[]): Promise<Facts>;
  /** Calls `changed` when others cannot reach this node any more by what its facts said last. Until it is closed. */
  watchFacts(changed: () => void): Pick<DriftWatch, "close">;
  /** Whether a run only waits for a job, which goes on without it. */
  isJobAwaited(): boolean;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Keeps this machine true to its desired state until aborted.
 *
 * The last desired state holds from the start, whether the controller is there or not.
 * Rejects only with what is a fault of ours; the service is then to be started afresh.
 */
export async function runAgent(deps: AgentDeps, signal: AbortSignal): Promise<void> {
  const { link, desiredStates, clock, log } = deps;
  const stop = new AbortController();
  const over = AbortSignal.any([signal, stop.signal]);
  const linkLog = createLinkLog(log);
  const ranks = createRankCount(deps.ranks, log);
  let desired: DesiredState | undefined;
  let facts: Facts | undefined;
  let activity = "";

  const factsBell = createBell(clock);
  const factsReport = createNewestReport({ what: "facts", send: link.reportFacts, clock, log });
  const runReport = createNewestReport({ what: "run", send: link.reportRun, clock, log });
  const checks = createCheckQueue({
    check: (resources, checkSignal) => deps.converge(resources, "check", checkSignal),
    answer: link.reportCheck,
    log,
  });
  const probes = createProbeQueue({ prove: deps.prove, answer: link.reportProof, log });
  const hooks = createHookQueue({ run: deps.runHook, answer: link.reportHook, log });
  const runs = createRunLoop({
    converge: (resources, runSignal, observer) => deps.converge(resources, "apply", runSignal, observer),
    activity(text) {
      activity = text;
    },
    outcome(outcome) {
      // Others wait for this key before they can let this node in: it is told at once.
      if (outcome.end === "changed" && isSshKey(desired, outcome.resource)) factsBell.ring();
    },
    ended(run) {
      runReport.put(run);
      watchDrift(); // a folder that it made can be watched from now on
      factsBell.ring();
    },
    canGiveWay: deps.isJobAwaited,
    clock,
    log,
  });
  const factWatch = deps.watchFacts(factsBell.ring);
  const driftWatch = deps.createDriftWatch(runs.drifted);

  function watchDrift(): void {
    if (desired !== undefined) driftWatch.watch(deps.watchedPaths(desired.resources));
  }

  function want(state: DesiredState): void {
    desired = state;
    watchDrift(); // before the run, which a slow installation can keep from ending
    runs.want(state);
  }

  async function readLast(): Promise<void> {
    try {
      const last = await desiredStates.read();
      if (last !== undefined) want(last);
    } catch (error) {
      log.error({ err: error }, "the last desired state cannot be used, waiting for the controller's");
    }
  }

  const receive = createIntake({
    ...deps,
    checks,
    probes,
    runHook: (request) => hooks.ask(request, over),
    held: () => desired,
    want,
    refuse: runReport.put,
  });

  /** Collects facts whenever something may have changed, and reports those that have. */
  async function keepFacts(): Promise<void> {
    while (!over.aborted) {
      try {
        const now = await deps.collectFacts(desired?.resources ?? []);
        if (JSON.stringify(now) !== JSON.stringify(facts)) factsReport.put(now);
        facts = now;
      } catch (error) {
        log.error({ err: error }, "facts not collected"); // the next run asks for them again
      }
      await factsBell.wait(Number.POSITIVE_INFINITY, over);
    }
  }

  try {
    await readLast();
    await Promise.all([
      runs.run(over),
      factsReport.run(over),
      runReport.run(over),
      keepFacts(),
      giveHeartbeats({ link, activity: () => activity, ranks, clock, linkLog }, over),
      keepSession({ link, holds: () => desired, opened, receive, clock, log, linkLog }, over),
    ]);
  } finally {
    stop.abort();
    driftWatch.close();
    factWatch.close();
  }

  function opened(): void {
    linkLog.up();
    if (facts !== undefined) factsReport.put(facts); // the controller may have come back with an older store
    runReport.hurry();
  }
}

function isSshKey(state: DesiredState | undefined, id: string): boolean {
  return state?.resources.some((resource) => resource.id === id && resource.kind === "sshKey") ?? false;
}
