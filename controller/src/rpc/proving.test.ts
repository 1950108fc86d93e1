import { type ExplainNodeResponse, Phase, type Probe, ProofKind, ProofResult } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { phaseOf } from "../state/phase.ts";
import { allButOne, allHolds, startFakeAgent } from "./fake-agent.ts";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";
import { reasonOf } from "./fake-error-reason.ts";
import { ask } from "./fake-machine.ts";

/** Waits until the cluster's state is as it is wanted. */
async function until({ controller }: FakeCluster, wanted: (state: ClusterState) => boolean): Promise<void> {
  const bell = controller.watchers.add();
  while (!wanted(controller.loop.record().state)) await bell.rung();
  controller.watchers.remove(bell);
}

const lines = (state: ClusterState) => state.hostfile?.entries.map(({ node }) => node).join() ?? "";

async function explain({ local }: FakeCluster, node: string): Promise<ExplainNodeResponse> {
  return await ask<ExplainNodeResponse>((answer) => local.explainNode({ node }, answer));
}

describe("a node that is proved over the wire", () => {
  it("is listed once the primary and it have answered that all holds", async () => {
    await using cluster = await startFakeCluster();
    const asked: Probe[] = [];
    const answer = (probe: Probe) => {
      asked.push(probe);
      return allHolds(probe);
    };
    const primary = startFakeAgent(cluster.clients(await cluster.join("primary", 1)).agent, answer);
    await until(cluster, (state) => lines(state) === "primary");
    const secondary = startFakeAgent(cluster.clients(await cluster.join("secondary1", 2)).agent);
    await until(cluster, (state) => lines(state) === "primary,secondary1");
    const launches = asked.flatMap(({ kind }) => (kind?.$case === "launch" ? [kind.value] : []));
    expect(launches).toMatchObject([{ node: "primary" }, { node: "secondary1", address: "192.168.56.11" }]);

    cluster.clocks.wall += 90_000;
    const { status, proofs, next, obstacles } = await explain(cluster, "secondary1");
    expect(status).toMatchObject({ node: "secondary1", phase: Phase.PHASE_READY });
    expect({ next, obstacles }).toEqual({ next: "", obstacles: [] });
    expect(proofs.map(({ kind }) => kind)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const proof of proofs) {
      expect(proof).toMatchObject({ result: ProofResult.PROOF_RESULT_HOLDS, ageMs: 90_000n, durationMs: 5, tries: 0 });
    }
    secondary.stop();
    primary.stop();
  });

  it("is not listed for what fails, which is told in a line that steers no terminal", async () => {
    await using cluster = await startFakeCluster();
    const failing = allButOne("login", `Host key verification failed.\r\n\u001b[2J${"x".repeat(9_000)}`);
    const primary = startFakeAgent(cluster.clients(await cluster.join("primary", 1)).agent, failing);
    await until(cluster, (state) => phaseOf(state, "primary").phase === "degraded");
    const { status, proofs, next } = await explain(cluster, "primary");
    expect(status?.reason).toMatch(/^login: Host key verification failed\. \?\[2Jx+… see what "ssh /);
    expect(next).toBe('see what "ssh -o BatchMode=yes primary true" says as mpihpc on primary');
    const [, , name, login, identity] = proofs;
    expect(name).toMatchObject({ kind: ProofKind.PROOF_KIND_NAME, result: ProofResult.PROOF_RESULT_HOLDS });
    expect(login).toMatchObject({ result: ProofResult.PROOF_RESULT_FAILED, tries: 1 });
    expect(login?.failure).toHaveLength(300);
    expect(identity).toEqual({
      kind: ProofKind.PROOF_KIND_IDENTITY,
      result: ProofResult.PROOF_RESULT_MISSING,
      failure: "",
      tries: 0,
    });
    expect(cluster.controller.loop.record().state.hostfile).toBeUndefined();
    primary.stop();
  });

  it("K7: is not listed while its agent does not answer, and says so", async () => {
    await using cluster = await startFakeCluster();
    const primary = startFakeAgent(cluster.clients(await cluster.join("primary", 1)).agent, () => undefined);
    await until(cluster, (state) => phaseOf(state, "primary").phase === "proving");
    for (let passed = 0; passed < 30_000; passed += 2_000) {
      cluster.clocks.monotonic += 2_000;
      cluster.controller.liveness.heartbeat("primary", "");
      cluster.controller.tick();
    }
    const { status } = await explain(cluster, "primary");
    expect(status?.reason).toBe(
      "peers: the cowherd-agent on primary did not answer within 30 s: install the controller's version of the package cowherd on primary, or restart its cowherd-agent",
    );
    primary.stop();
  });

  it("is proved anew over a newer session, and nobody else can answer for it", async () => {
    await using cluster = await startFakeCluster();
    const probes: Probe[] = [];
    const silent = (probe: Probe) => void probes.push(probe);
    const credentials = await cluster.join("primary", 1);
    const other = cluster.clients(await cluster.join("secondary1", 2)).agent;
    const first = startFakeAgent(cluster.clients(credentials).agent, silent);
    await until(cluster, (state) => phaseOf(state, "primary").phase === "proving");
    while (probes.length === 0) await new Promise(setImmediate);
    const before = cluster.controller.loop.record();
    const [asked] = probes;
    if (asked === undefined) throw new RangeError("nothing was asked");
    await ask((answer) => other.reportProof({ id: asked.id, proofs: [...(allHolds(asked) ?? [])] }, answer));
    expect(cluster.controller.loop.record()).toBe(before);

    const second = startFakeAgent(cluster.clients(credentials).agent);
    await until(cluster, (state) => lines(state) === "primary");
    first.stop();
    second.stop();
  });
});

it("a node that was held off is proved once its pause is over, though nothing else happens", async () => {
  await using cluster = await startFakeCluster();
  const primary = startFakeAgent(cluster.clients(await cluster.join("primary", 1)).agent);
  await until(cluster, (state) => lines(state) === "primary");
  const { loop } = cluster.controller;
  const isRested = ({ nodes }: ClusterState) =>
    nodes.get("primary")?.observed?.generation === nodes.get("primary")?.desired?.generation;
  await until(cluster, isRested); // what it tells later would be an event
  for (const type of ["lease-lost", "lease-gained", "lease-lost", "lease-gained"] as const)
    loop.commit({ events: [{ type, node: "primary" }] });
  await explain(cluster, "primary");
  expect(phaseOf(loop.present(), "primary").phase).toBe("quarantined");
  for (let passed = 0; passed < 12_000; passed += 500) {
    cluster.clocks.monotonic += 500;
    cluster.controller.liveness.heartbeat("primary", "");
    cluster.controller.tick();
  }
  await until(cluster, ({ nodes }) => nodes.get("primary")?.admitted === true);
  primary.stop();
});

describe("an operator who asks for an explanation", () => {
  it("learns how a node joins, and nothing of proofs, where nobody joined as it", async () => {
    await using cluster = await startFakeCluster();
    expect(await explain(cluster, "secondary1")).toMatchObject({
      status: { phase: Phase.PHASE_ABSENT },
      obstacles: ["not joined: run `cowctl token create --node secondary1`"],
      next: "cowctl token create --node secondary1",
      proofs: [],
    });
  });

  it("sees proofs that count for nothing any more", async () => {
    await using cluster = await startFakeCluster();
    const primary = startFakeAgent(cluster.clients(await cluster.join("primary", 1)).agent);
    await until(cluster, (state) => lines(state) === "primary");
    const spec = "nodes: { primary: { address: 192.168.56.10 } }\nuser: { uid: 7000 }";
    cluster.controller.operators.apply(parseClusterSpec(spec));
    const { proofs } = await explain(cluster, "primary");
    expect(proofs.map(({ result }) => result)).toContain(ProofResult.PROOF_RESULT_STALE);
    primary.stop();
  });

  it("is refused a name outside the spec", async () => {
    await using cluster = await startFakeCluster();
    const refused = await explain(cluster, "stranger").catch((error: unknown) => error);
    expect(reasonOf(refused)).toBe("NODE_UNKNOWN");
  });
});
