import { proofKinds, toWireProof } from "@cowherd/proto";
import type { AgentServiceClient, Hook, Probe, Proof, SessionResponse } from "@cowherd/proto/wire";
import { ask } from "./fake-machine.ts";

/** What an agent answers to a probe; undefined where it stays silent. */
export type ProbeAnswer = (probe: Probe) => readonly Proof[] | undefined;

/** Why a hook failed, empty where it ended well; undefined where the agent stays silent. */
export type HookAnswer = (hook: Hook) => string | undefined;

/** Says that whatever is asked holds. */
export const allHolds: ProbeAnswer = () => proofKinds.map((kind) => holding(kind));

/** Says that one thing does not hold, and the others do. */
export function allButOne(failing: (typeof proofKinds)[number], failure: string): ProbeAnswer {
  return () =>
    proofKinds.map((kind) => (kind === failing ? toWireProof({ ...holding(kind), kind, failure }) : holding(kind)));
}

function holding(kind: (typeof proofKinds)[number]): Proof {
  return toWireProof({ kind, failure: undefined, durationMs: 5 });
}

/**
 * Plays an agent over the wire until its session ends: it gives a sign of life, converges on
 * every state that it is told, and answers probes and hooks.
 */
export function startFakeAgent(
  client: AgentServiceClient,
  answer: ProbeAnswer = allHolds,
  run: HookAnswer = () => "",
): { stop(): void } {
  const stream = client.session({ epoch: 0n, generation: 0n });
  stream.on("error", () => {}); // a cancelled stream says that it was cancelled
  stream.on("data", ({ message }: SessionResponse) => {
    react(client, message, answer, run).catch(() => {}); // the test that stopped it does not wait for its calls
  });
  client.heartbeat({ activity: "" }, () => {});
  return { stop: () => stream.cancel() };
}

async function react(
  client: AgentServiceClient,
  message: SessionResponse["message"],
  answer: ProbeAnswer,
  run: HookAnswer,
): Promise<void> {
  switch (message?.$case) {
    case "desiredState": {
      const { epoch, generation, revision } = message.value;
      await ask((done) =>
        client.reportRun({ run: { epoch, generation, revision, durationMs: 1, outcomes: [] } }, done),
      );
      return;
    }
    case "probe": {
      const proofs = answer(message.value);
      if (proofs !== undefined)
        await ask((done) => client.reportProof({ id: message.value.id, proofs: [...proofs] }, done));
      return;
    }
    case "hook": {
      const { id } = message.value;
      const failure = run(message.value);
      if (failure !== undefined) await ask((done) => client.reportHook({ id, failure }, done));
      return;
    }
    case "check":
    case "goingAway":
    case undefined:
      return;
  }
}
