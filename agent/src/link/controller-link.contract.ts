import { createDesiredState, type Proof } from "@cowherd/proto";
import { expect, it } from "vitest";
import type { Facts } from "../facts/facts.ts";
import type { ControllerLink, Run, SessionMessage } from "./controller-link.ts";
import type { FakeController } from "./fake-controller.ts";

const signal = new AbortController().signal;
const hostname = { id: "hostname", requires: [], kind: "hostname", name: "secondary1" } as const;
const state = createDesiredState({ epoch: 1n, generation: 7n }, [hostname]);
const rest = { activity: "", ranks: undefined };
const run: Run = {
  epoch: 1n,
  generation: 7n,
  revision: state.revision,
  durationMs: 12,
  outcomes: [{ resource: "hostname", end: "changed", changes: ["set the hostname"] }],
};
const facts: Facts = {
  hostname: "secondary1",
  machineId: "0123",
  os: { id: "debian", versionId: "12", kernel: "6.1", architecture: "x86_64" },
  processors: { online: 4, schedulable: 2, quota: 1.5, cores: 2 },
  memoryBytes: 1024,
  interfaces: [{ name: "enp0s8", mac: "08:00:27:00:00:01", addresses: ["192.168.56.11/24"] }],
  hostKeys: ["ssh-ed25519 AAAA"],
  userKeys: [{ user: "mpihpc", key: "ssh-ed25519 BBBB" }],
  agentVersion: "1.2.3",
  nfs: { server: true, client: false },
  netplan: true,
  mpirun: { vendor: "Open MPI", version: "4.1.4" },
  tlsRequests: [{ path: "/etc/cowherd/nats/server.key", csr: "MIIB" }],
};

const probe: SessionMessage = {
  type: "probe",
  id: "p1",
  probe: {
    kind: "launch",
    node: "secondary1",
    address: "192.168.56.11",
    user: "mpihpc",
    uid: 7777,
    gid: 7777,
    sharedPath: undefined,
    primary: "primary",
    boundMs: 20_000,
  },
};
const unknownProbe: SessionMessage = {
  type: "invalid-probe",
  id: "p2",
  problem: "the probe is of a kind that this version does not know",
};
const hook: Extract<SessionMessage, { readonly type: "hook" }> = {
  type: "hook",
  request: { id: "notify-01", hook: "notify", event: '{"specversion":"1.0"}', seconds: 30, user: undefined },
};
const hookAsUser: SessionMessage = { type: "hook", request: { ...hook.request, id: "notify-02", user: "mpihpc" } };
const proofs: readonly Proof[] = [
  { kind: "name", failure: undefined, durationMs: 3 },
  { kind: "login", failure: "there is no route to secondary1", durationMs: 5_000 },
];

/** What every ControllerLink does. */
export function controllerLinkContract(
  create: () => Promise<{ readonly link: ControllerLink; readonly controller: FakeController }>,
): void {
  it("brings the messages of a session in their order", async () => {
    const { link, controller } = await create();
    const check: SessionMessage = { type: "check", id: "c1", resources: [hostname] };
    controller.tell({ type: "desired-state", state });
    controller.tell(check);
    controller.tell(probe);
    controller.tell(unknownProbe);
    controller.tell(hook);
    controller.tell(hookAsUser);
    controller.tell({ type: "going-away" });
    const messages: SessionMessage[] = [];
    for await (const message of link.session({ epoch: 1n, generation: 6n }, signal)) {
      messages.push(message);
      if (messages.length === 7) controller.endSession();
    }
    const told = [
      { type: "desired-state", state },
      check,
      probe,
      unknownProbe,
      hook,
      hookAsUser,
      { type: "going-away" },
    ];
    expect(messages).toEqual(told);
    expect(controller.heard.sessions).toEqual([{ epoch: 1n, generation: 6n }]);
  });

  it("tells of a desired state that cannot be taken whole", async () => {
    const { link, controller } = await create();
    controller.tell({
      type: "invalid-desired-state",
      version: { epoch: 1n, generation: 8n },
      revision: "r",
      resources: ["netplan"],
      problem: "resource netplan is of a kind that this version does not know",
    });
    for await (const message of link.session(undefined, signal)) {
      expect(message).toMatchObject({ type: "invalid-desired-state", resources: ["netplan"], revision: "r" });
      break;
    }
    expect(controller.heard.sessions).toEqual([undefined]);
  });

  it("leaves a session when it is aborted", async () => {
    const { link } = await create();
    const controller = new AbortController();
    const reading = (async () => {
      for await (const message of link.session(undefined, controller.signal)) expect(message).toBeUndefined();
    })();
    setImmediate(() => controller.abort());
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });

  it("gives a sign of life and learns when the next is due", async () => {
    const { link, controller } = await create();
    const sign = { activity: "packages: install openmpi-bin", ranks: undefined };
    expect(await link.heartbeat(sign, signal)).toEqual({ periodMs: 1_000, countRanksOf: undefined });
    expect(controller.heard).toMatchObject({ activities: ["packages: install openmpi-bin"], ranks: [] });
  });

  it("learns whose ranks are to be counted, and tells how many there are, none as well", async () => {
    const { link, controller } = await create();
    controller.askForRanks(7_777);
    expect(await link.heartbeat({ ...rest, ranks: 3 }, signal)).toMatchObject({ countRanksOf: 7_777 });
    await link.heartbeat({ ...rest, ranks: 0 }, signal);
    expect(controller.heard.ranks).toEqual([3, 0]);
  });

  it("carries reports unchanged", async () => {
    const { link, controller } = await create();
    await link.reportFacts(facts, signal);
    await link.reportRun(run, signal);
    await link.reportCheck("c1", run.outcomes, signal);
    await link.reportProof("p1", proofs, signal);
    await link.reportHook("notify-01", undefined, signal);
    await link.reportHook("notify-02", "exit code 3: no such channel", signal);
    expect(controller.heard).toMatchObject({
      facts: [facts],
      runs: [run],
      checks: [{ id: "c1", outcomes: run.outcomes }],
      proofs: [{ id: "p1", proofs }],
      hooks: [
        { id: "notify-01", failure: undefined },
        { id: "notify-02", failure: "exit code 3: no such channel" },
      ],
    });
  });

  it("tells a revoked certificate from a refusal and from an absence", async () => {
    const { link, controller } = await create();
    controller.fail("CERTIFICATE_REVOKED");
    await expect(link.heartbeat(rest, signal)).rejects.toMatchObject({ name: "LinkError", failure: "revoked" });
    controller.fail("FACTS_REFUSED");
    await expect(link.reportFacts(facts, signal)).rejects.toMatchObject({
      failure: "refused",
      reason: "FACTS_REFUSED",
    });
    controller.fail("STORE_UNWRITABLE"); // the same facts are taken once its disk has room
    await expect(link.reportFacts(facts, signal)).rejects.toMatchObject({ failure: "unreachable" });
    controller.fail("UNREACHABLE");
    await expect(link.heartbeat(rest, signal)).rejects.toMatchObject({ failure: "unreachable" });
    await expect(link.session(undefined, signal)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      failure: "unreachable",
    });
  });

  it("makes no call for somebody who left", async () => {
    const { link, controller } = await create();
    await expect(link.heartbeat(rest, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
    expect(controller.heard.activities).toEqual([]);
  });

  it("is of no use once closed", async () => {
    const { link } = await create();
    link.close();
    await expect(link.heartbeat(rest, signal)).rejects.toThrow();
  });
}
