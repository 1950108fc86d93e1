import { type DesiredState, proofKinds } from "@cowherd/proto";
import type { Clock } from "../../../agent/src/clock.ts";
import type { Facts } from "../../../agent/src/facts/facts.ts";
import type { ControllerLink, Run, SessionMessage } from "../../../agent/src/link/controller-link.ts";
import { giveHeartbeats } from "../../../agent/src/link/heartbeats.ts";
import { createNewestReport } from "../../../agent/src/link/newest-report.ts";
import { keepSession } from "../../../agent/src/link/sessions.ts";

/** What a played agent is told to be. */
export type Part = {
  readonly facts: Facts;
  /** How long it takes over a launch, which a real one takes a second or two for. Milliseconds. */
  readonly launchMs: number;
  /** Hears of each desired state once it is what the machine is. */
  readonly reached: (state: DesiredState) => void;
};

const mute = () => {};
const log = { debug: mute, info: mute, warn: mute, error: mute };
const linkLog = { up: mute, down: mute };
const noRanks = { ask: mute, take: () => undefined };

/**
 * Plays an agent over its real link until aborted: what it says, when it says it again and what
 * it tries anew is the product's; the machine behind it is at once whatever it should be, and
 * proves whatever it is asked for. As a real one it has no user's key before its first run.
 */
export async function playAgent(link: ControllerLink, clock: Clock, part: Part, signal: AbortSignal): Promise<void> {
  const factsReport = createNewestReport<Facts>({ what: "facts", send: link.reportFacts, clock, log });
  const runReport = createNewestReport<Run>({ what: "run", send: link.reportRun, clock, log });
  let holds: DesiredState | undefined;

  const prove = async ({ id, probe }: Extract<SessionMessage, { readonly type: "probe" }>) => {
    const durationMs = probe.kind === "launch" ? part.launchMs : 0;
    await clock.sleep(durationMs, signal);
    await link.reportProof(
      id,
      proofKinds.map((kind) => ({ kind, failure: undefined, durationMs })),
      signal,
    );
  };
  const receive = async (message: SessionMessage) => {
    if (message.type === "probe") prove(message).catch(mute); // what it could not tell it is asked for again
    if (message.type !== "desired-state") return;
    const { state } = message;
    runReport.put({ ...state, durationMs: 1, outcomes: [] });
    if (holds === undefined) factsReport.put(part.facts);
    holds = state;
    part.reached(state);
  };

  factsReport.put({ ...part.facts, userKeys: [] });
  await Promise.all([
    factsReport.run(signal),
    runReport.run(signal),
    giveHeartbeats({ link, activity: () => "", ranks: noRanks, clock, linkLog }, signal),
    keepSession({ link, holds: () => holds, opened: mute, receive, clock, log, linkLog }, signal),
  ]);
}
