import type { DesiredState, HookRequest, Outcome, Proof } from "@cowherd/proto";
import type { DesiredStateJournal } from "./journal/desired-state-journal.ts";
import { compareVersions } from "./journal/version.ts";
import type { ControllerLink, Run, SessionMessage } from "./link/controller-link.ts";
import type { Log } from "./log.ts";
import type { ProbeQueue } from "./probes/probe-queue.ts";
import type { CheckQueue } from "./runs/check-queue.ts";

/** Takes what the controller says in a session. Never rejects because of what is said. */
export type Intake = (message: SessionMessage, sessionSignal: AbortSignal) => Promise<void>;

export type IntakeDeps = {
  readonly link: Pick<ControllerLink, "reportCheck" | "reportProof">;
  readonly desiredStates: Pick<DesiredStateJournal, "take">;
  readonly checks: Pick<CheckQueue, "ask">;
  readonly probes: Pick<ProbeQueue, "ask">;
  /** Runs a hook, to its end also where the session ends before. */
  runHook(request: HookRequest): void;
  /** The desired state that the agent keeps to. */
  held(): DesiredState | undefined;
  /** Makes a state the one to keep to. */
  want(state: DesiredState): void;
  /** Tells the controller of a state that was refused. */
  refuse(run: Run): void;
  readonly log: Log;
};

/** Sorts what the controller says: a newer state is kept on disk and then wanted, a check, a probe or a hook is answered. */
export function createIntake({
  link,
  desiredStates,
  checks,
  probes,
  runHook,
  held,
  want,
  refuse,
  log,
}: IntakeDeps): Intake {
  async function take(state: DesiredState): Promise<void> {
    const version = { epoch: state.epoch.toString(), generation: state.generation.toString() };
    try {
      const taken = await desiredStates.take(state);
      if (taken === "older") log.warn(version, "refused a desired state that is older than the last one");
      if (taken !== "kept") return;
    } catch (error) {
      log.error({ err: error, ...version }, "the desired state could not be kept on disk; it holds until a restart");
    }
    log.info({ ...version, revision: state.revision.slice(0, 12) }, "new desired state");
    want(state);
  }

  return async (message, sessionSignal) => {
    switch (message.type) {
      case "desired-state":
        return take(message.state);
      case "invalid-desired-state": {
        log.error({ problem: message.problem }, "refused a desired state that this version cannot take whole");
        const last = held();
        if (last === undefined || compareVersions(message.version, last) > 0) refuse(refusedRun(message));
        return;
      }
      case "check":
        return checks.ask(message.id, message.resources, sessionSignal);
      case "invalid-check":
        return link
          .reportCheck(message.id, refusedOutcomes(message), sessionSignal)
          .catch((error: unknown) => log.warn({ err: error, check: message.id }, "check not answered"));
      case "probe":
        return probes.ask(message.id, message.probe, sessionSignal);
      case "invalid-probe":
        return link
          .reportProof(message.id, [refusedProof(message.problem)], sessionSignal)
          .catch((error: unknown) => log.warn({ err: error, probe: message.id }, "probe not answered"));
      case "hook":
        return runHook(message.request);
      case "going-away":
        return log.info("the controller goes away for a while");
    }
  };
}

/** Of the first kind, since what a later version would have asked for has no name here. */
function refusedProof(problem: string): Proof {
  return { kind: "peers", failure: `the agent is too old: ${problem}`, durationMs: 0 };
}

type Refusal = { readonly resources: readonly string[]; readonly problem: string };

function refusedRun(message: Extract<SessionMessage, { readonly type: "invalid-desired-state" }>): Run {
  return { ...message.version, revision: message.revision, durationMs: 0, outcomes: refusedOutcomes(message) };
}

function refusedOutcomes({ resources, problem }: Refusal): readonly Outcome[] {
  return resources.map((resource) => ({ resource, end: "failed", reason: `refused by the agent: ${problem}` }));
}
