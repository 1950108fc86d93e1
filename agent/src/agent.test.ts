import {
  createDesiredState,
  type DesiredState,
  type HookRequest,
  InvalidDesiredStateError,
  type Outcome,
  type Proof,
  type ResourceSpec,
} from "@cowherd/proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runAgent } from "./agent.ts";
import type { Mode, RunObserver } from "./converge.ts";
import type { Facts } from "./facts/facts.ts";
import type { RunHook } from "./hooks/run-hook.ts";
import type { Taken } from "./journal/desired-state-journal.ts";
import { createKeptLog, type KeptLog } from "./kept-log.ts";
import type { FakeController } from "./link/fake-controller.ts";
import { createMemoryLink } from "./link/memory-link.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";

const hostname = { id: "hostname", requires: [], kind: "hostname", name: "secondary1" } as const;
const sshKey = { id: "key", requires: [], kind: "sshKey", user: "mpihpc", path: "/home/mpihpc/.ssh/id" } as const;
const state = (generation: bigint, resources: readonly ResourceSpec[] = [hostname]) =>
  createDesiredState({ epoch: 1n, generation }, resources);

const facts: Facts = {
  hostname: "secondary1",
  machineId: "0123",
  os: { id: "debian", versionId: "12", kernel: "6.1", architecture: "x86_64" },
  processors: { online: 2, schedulable: 2, quota: undefined, cores: 2 },
  memoryBytes: 1,
  interfaces: [],
  hostKeys: [],
  userKeys: [],
  agentVersion: "1",
  nfs: { server: true, client: false },
  netplan: true,
  mpirun: { vendor: "Open MPI", version: "4.1.4" },
  tlsRequests: [],
};

type Call = {
  readonly mode: Mode;
  readonly resources: readonly ResourceSpec[];
  end(outcomes?: readonly Outcome[]): void;
};

let clock: ManualClock;
let log: KeptLog;
let controller: FakeController;
let calls: (Call & { readonly signal: AbortSignal; readonly observer: RunObserver | undefined })[];
let watched: (readonly string[])[];
let drift: () => void;
let factsChanged: () => void;
let machine: Facts;
let kept: DesiredState | undefined;
let diskFull: boolean;
let proving: { readonly signal: AbortSignal; end(proofs: readonly Proof[]): void }[];
let runHook: RunHook;
let jobAwaited: boolean;
let journalTorn: boolean;
let countRanks: (uid: number) => number | Promise<number>;
let stop: AbortController;
let agent: Promise<void>;

beforeEach(() => {
  clock = createManualClock();
  log = createKeptLog();
  calls = [];
  proving = [];
  runHook = async () => undefined;
  watched = [];
  machine = facts;
  kept = undefined;
  diskFull = false;
  jobAwaited = false;
  journalTorn = false;
  countRanks = () => {
    throw new RangeError("nobody asked");
  };
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await agent;
});

/** Starts the agent and lets it do what it does at once. */
async function start(link = createMemoryLink()): Promise<void> {
  controller = link.controller;
  agent = runAgent(
    {
      link: link.link,
      desiredStates: {
        async read() {
          if (journalTorn) throw new InvalidDesiredStateError("torn");
          return kept;
        },
        async take(next): Promise<Taken> {
          if (kept !== undefined && next.generation < kept.generation) return "older";
          if (kept?.revision === next.revision) return "repeated";
          kept = next;
          if (diskFull) throw new Error("no space left on device");
          return "kept";
        },
      },
      converge: (resources, mode, signal, observer) =>
        new Promise((resolve, reject) => {
          const all = resources.map(({ id }): Outcome => ({ resource: id, end: "in-sync" }));
          calls.push({ mode, resources, signal, observer, end: (outcomes = all) => resolve(outcomes) });
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
      prove: (_probe, signal) =>
        new Promise((resolve, reject) => {
          proving.push({ signal, end: resolve });
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
      runHook,
      watchedPaths: (resources) => resources.map(({ id }) => `/etc/${id}`),
      createDriftWatch(changed) {
        drift = changed;
        return { watch: (paths) => void watched.push(paths), close: () => {} };
      },
      collectFacts: async () => machine,
      watchFacts(changed) {
        factsChanged = changed;
        return { close: () => {} };
      },
      isJobAwaited: () => jobAwaited,
      ranks: { count: async (uid) => countRanks(uid) },
      clock,
      log,
    },
    stop.signal,
  );
  await clock.pass(0);
}

const runs = () => calls.filter(({ mode }) => mode === "apply");

describe("the agent", () => {
  it("applies the last desired state from its disk while the controller is away", async () => {
    kept = state(3n);
    const link = createMemoryLink();
    link.controller.fail("UNREACHABLE");
    await start(link);
    expect(runs().map(({ resources }) => resources)).toEqual([[hostname]]);
  });

  it("waits for the controller's state where its own is damaged", async () => {
    journalTorn = true;
    await start();
    expect(calls).toEqual([]);
    controller.tell({ type: "desired-state", state: state(1n) });
    await clock.pass(0);
    expect(runs()).toHaveLength(1);
  });

  it("reports every run until it is taken", async () => {
    await start();
    controller.tell({ type: "desired-state", state: state(1n) });
    await clock.pass(0);
    controller.fail("UNREACHABLE");
    await clock.pass(5);
    calls[0]?.end();
    await clock.pass(3_000);
    expect(controller.heard.runs).toEqual([]);
    controller.fail(undefined);
    await clock.pass(10_000);
    expect(controller.heard.runs).toMatchObject([
      { generation: 1n, outcomes: [{ resource: "hostname", end: "in-sync" }] },
    ]);
  });

  it("gives up a run for a newer desired state and reports only the newer one's", async () => {
    await start();
    controller.tell({ type: "desired-state", state: state(1n) });
    await clock.pass(0);
    controller.tell({ type: "desired-state", state: state(2n, [hostname, sshKey]) });
    await clock.pass(0);
    expect(runs()[0]?.signal.aborted).toBe(true);
    runs()[1]?.end();
    await clock.pass(0);
    expect(controller.heard.runs.map(({ generation }) => generation)).toEqual([2n]);
  });

  it("does not run again for a state that it has already, nor for an older one", async () => {
    kept = state(3n);
    await start();
    runs()[0]?.end();
    controller.tell({ type: "desired-state", state: state(3n) });
    controller.tell({ type: "desired-state", state: state(2n, [sshKey]) });
    await clock.pass(1_000);
    expect(runs()).toHaveLength(1);
    expect(controller.heard.sessions).toMatchObject([{ epoch: 1n, generation: 3n }]);
  });

  it("holds a desired state that its full disk cannot keep", async () => {
    diskFull = true;
    await start();
    controller.tell({ type: "desired-state", state: state(1n) });
    await clock.pass(0);
    expect(runs()).toHaveLength(1);
  });

  it("runs again soon after drift, and once more every five minutes", async () => {
    kept = state(1n);
    await start();
    runs()[0]?.end();
    await clock.pass(10_000);
    drift();
    drift();
    await clock.pass(400);
    expect(runs()).toHaveLength(1);
    await clock.pass(200);
    expect(runs()).toHaveLength(2);
    runs()[1]?.end();
    await clock.pass(300_000);
    expect(runs()).toHaveLength(3);
  });

  it("watches for drift from the first run on, and again after each, when more may be there to watch", async () => {
    kept = state(1n);
    await start();
    expect(watched).toEqual([["/etc/hostname"]]);
    controller.tell({ type: "desired-state", state: state(2n, [sshKey]) });
    await clock.pass(0);
    expect(watched).toEqual([["/etc/hostname"], ["/etc/key"]]);
    runs()[1]?.end();
    await clock.pass(0);
    expect(watched).toEqual([["/etc/hostname"], ["/etc/key"], ["/etc/key"]]);
  });

  it("looks once more after drift during a run", async () => {
    kept = state(1n);
    await start();
    drift();
    runs()[0]?.end([{ resource: "hostname", end: "changed", changes: ["x"] }]);
    await clock.pass(2_000);
    expect(runs()).toHaveLength(2);
  });

  it("retries a failed run with growing waits", async () => {
    kept = state(1n);
    await start();
    const failed: Outcome = { resource: "hostname", end: "failed", reason: "busy" };
    runs()[0]?.end([failed]);
    await clock.pass(2_000);
    expect(runs()).toHaveLength(2);
    runs()[1]?.end([failed]);
    await clock.pass(2_000);
    expect(runs()).toHaveLength(2);
    await clock.pass(2_000);
    expect(runs()).toHaveLength(3);
  });

  it("tells of a new ssh key while the run still goes on", async () => {
    kept = state(1n, [sshKey, hostname]);
    await start();
    machine = { ...facts, userKeys: [{ user: "mpihpc", key: "ssh-ed25519 AAAA" }] };
    runs()[0]?.observer?.outcome({ resource: "key", end: "changed", changes: ["make"] });
    await clock.pass(0);
    expect(controller.heard.facts.map(({ userKeys }) => userKeys.length)).toEqual([0, 1]);
  });

  it("C4: tells of other processors as soon as it starts again, before any run ends", async () => {
    kept = state(1n);
    await start();
    stop.abort();
    await agent;
    machine = { ...facts, processors: { online: 8, schedulable: 8, quota: undefined, cores: 4 } };
    stop = new AbortController();
    await start();
    expect(controller.heard.facts.map(({ processors }) => processors)).toEqual([machine.processors]);
  });

  it("tells of its facts again only when they changed", async () => {
    kept = state(1n);
    await start();
    runs()[0]?.end();
    await clock.pass(0);
    expect(controller.heard.facts).toHaveLength(1);
    machine = { ...facts, memoryBytes: 2 };
    drift();
    await clock.pass(600);
    runs()[1]?.end();
    await clock.pass(0);
    expect(controller.heard.facts).toHaveLength(2);
  });

  it("tells of other facts as soon as the kernel tells of their files", async () => {
    await start();
    machine = { ...facts, hostKeys: ["ssh-ed25519 BBBB"] };
    await clock.pass(10_000);
    expect(controller.heard.facts.map(({ hostKeys }) => hostKeys)).toEqual([[]]);
    factsChanged();
    await clock.pass(0);
    expect(controller.heard.facts.map(({ hostKeys }) => hostKeys)).toEqual([[], machine.hostKeys]);
  });

  it("drops facts that were refused and says so", async () => {
    const link = createMemoryLink();
    link.controller.fail("FACTS_REFUSED");
    await start(link);
    link.controller.fail(undefined);
    await clock.pass(60_000);
    expect(link.controller.heard.facts).toEqual([]);
    expect(log.texts).toContain("the controller refused the facts");
  });

  it("gives signs of life with what it does, as often as it is told, however long a run takes", async () => {
    kept = state(1n);
    await start();
    runs()[0]?.observer?.activity("packages: install openmpi-bin");
    await clock.pass(3_000);
    runs()[0]?.end();
    await clock.pass(1_000);
    const busy = "packages: install openmpi-bin";
    expect(controller.heard.activities).toEqual(["", busy, busy, busy, ""]);
  });

  it("tells how many ranks run while the controller asks, however long a count takes, and counts none otherwise", async () => {
    kept = state(1n);
    const slow = Promise.withResolvers<number>();
    const asked: number[] = [];
    countRanks = (uid) => {
      asked.push(uid);
      return asked.length === 1 ? slow.promise : 0;
    };
    await start();
    await clock.pass(2_000);
    expect(asked).toEqual([]);
    controller.askForRanks(7_777);
    await clock.pass(3_000);
    expect([asked, controller.heard.ranks, controller.heard.activities.length]).toEqual([[7_777], [], 6]);
    slow.resolve(3);
    await clock.pass(3_000);
    controller.askForRanks(undefined);
    await clock.pass(3_000);
    expect(controller.heard.ranks.slice(0, 3)).toEqual([3, 0, 0]);
    expect(controller.heard.ranks.length).toBeLessThan(5);
  });

  it("repairs drift at once though a run waits for a slow job, which the next run finds again", async () => {
    kept = state(1n);
    await start();
    jobAwaited = true;
    drift();
    await clock.pass(499);
    expect(runs()).toHaveLength(1);
    await clock.pass(1);
    expect(runs()[0]?.signal.aborted).toBe(true);
    expect(runs()).toHaveLength(2);
    expect(controller.heard.runs).toEqual([]);
    runs()[1]?.end();
    await clock.pass(0);
    expect(controller.heard.runs).toHaveLength(1);
  });

  it("lets a run that acts come to its end or to a job, whatever drifts meanwhile", async () => {
    kept = state(1n);
    await start();
    drift();
    await clock.pass(10_000);
    expect(runs()[0]?.signal.aborted).toBe(false);
    jobAwaited = true;
    await clock.pass(1_000);
    expect(runs()[0]?.signal.aborted).toBe(true);
    expect(runs()).toHaveLength(2);
  });

  it("gives way ever more rarely to a job whose own work looks like drift", async () => {
    kept = state(1n);
    await start();
    jobAwaited = true;
    for (let second = 0; second < 600; second += 1) {
      drift();
      await clock.pass(1_000);
    }
    expect(runs().length).toBeLessThan(25);
  });

  it("answers a check beside a run that is busy", async () => {
    kept = state(1n);
    await start();
    controller.tell({ type: "check", id: "c1", resources: [sshKey] });
    await clock.pass(0);
    const check = calls.find(({ mode }) => mode === "check");
    check?.end([{ resource: "key", end: "changed", changes: ["make a key"] }]);
    await clock.pass(0);
    expect(controller.heard.checks).toEqual([
      { id: "c1", outcomes: [{ resource: "key", end: "changed", changes: ["make a key"] }] },
    ]);
    expect(runs()[0]?.signal.aborted).toBe(false);
  });

  it("answers checks one after another", async () => {
    await start();
    controller.tell({ type: "check", id: "c1", resources: [sshKey] });
    controller.tell({ type: "check", id: "c2", resources: [hostname] });
    await clock.pass(0);
    expect(calls).toHaveLength(1);
    calls[0]?.end();
    await clock.pass(0);
    expect(calls).toHaveLength(2);
    calls[1]?.end();
    await clock.pass(0);
    expect(controller.heard.checks.map(({ id }) => id)).toEqual(["c1", "c2"]);
  });

  it("answers a probe beside a run that is busy, and goes on with its signs of life", async () => {
    kept = state(1n);
    await start();
    controller.tell({ type: "probe", id: "p1", probe: { kind: "peers", peers: [] } });
    await clock.pass(2_000);
    expect(controller.heard.activities).toHaveLength(3);
    const proof: Proof = { kind: "peers", failure: undefined, durationMs: 2_000 };
    proving[0]?.end([proof]);
    await clock.pass(0);
    expect(controller.heard.proofs).toEqual([{ id: "p1", proofs: [proof] }]);
    expect(runs()[0]?.signal.aborted).toBe(false);
  });

  it("says to a probe of an unknown kind that it is too old, in one failed proof", async () => {
    await start();
    controller.tell({
      type: "invalid-probe",
      id: "p1",
      problem: "the probe is of a kind that this version does not know",
    });
    await clock.pass(0);
    expect(controller.heard.proofs).toMatchObject([
      {
        id: "p1",
        proofs: [{ failure: "the agent is too old: the probe is of a kind that this version does not know" }],
      },
    ]);
  });

  it("refuses a state of an unknown kind whole, says so in a run, and keeps the last one", async () => {
    kept = state(1n);
    await start();
    runs()[0]?.end();
    const problem = "resource netplan is of a kind that this version does not know";
    const version = { epoch: 1n, generation: 2n };
    controller.tell({ type: "invalid-desired-state", version, revision: "r2", resources: ["netplan"], problem });
    controller.tell({ type: "invalid-check", id: "c1", resources: ["netplan"], problem });
    await clock.pass(0);
    const outcomes = [{ resource: "netplan", end: "failed", reason: `refused by the agent: ${problem}` }];
    expect(controller.heard.runs.at(-1)).toEqual({ ...version, revision: "r2", durationMs: 0, outcomes });
    expect(controller.heard.checks).toEqual([{ id: "c1", outcomes }]);
    expect(runs()).toHaveLength(1);
  });

  it("runs a hook to its end although the session ends, and answers again what it is asked again", async () => {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const asked: HookRequest[] = [];
    runHook = (request) => {
      asked.push(request);
      return promise;
    };
    await start();
    const request = { id: "notify-1", hook: "notify", event: "{}", seconds: 30, user: undefined };
    controller.tell({ type: "hook", request });
    await clock.pass(0);
    controller.endSession();
    await clock.pass(6_000);
    controller.tell({ type: "hook", request });
    await clock.pass(0);
    expect(asked).toEqual([request]);
    resolve("exit code 3");
    await clock.pass(0);
    expect(controller.heard.hooks).toEqual([
      { id: "notify-1", failure: "exit code 3" },
      { id: "notify-1", failure: "exit code 3" },
    ]);
  });

  it("opens the next session soon after the controller went away", async () => {
    await start();
    controller.tell({ type: "going-away" });
    controller.endSession();
    await clock.pass(6_000);
    expect(controller.heard.sessions).toHaveLength(2);
  });

  it("says once what to do about a revoked certificate, asks on slowly and keeps the state true", async () => {
    kept = state(1n);
    const link = createMemoryLink();
    link.controller.fail("CERTIFICATE_REVOKED");
    await start(link);
    runs()[0]?.end();
    await clock.pass(200_000);
    expect(log.texts.filter((text) => text.includes("join again with a fresh token"))).toHaveLength(1);
    drift();
    await clock.pass(1_000);
    expect(runs()).toHaveLength(2);
    link.controller.fail(undefined);
    await clock.pass(300_000);
    expect(link.controller.heard.activities.length).toBeGreaterThan(0);
  });

  it("ends when it is told to, whatever goes on", async () => {
    kept = state(1n);
    await start();
    controller.tell({ type: "check", id: "c1", resources: [sshKey] });
    await clock.pass(0);
    stop.abort();
    await agent;
    expect(runs()[0]?.signal.aborted).toBe(true);
  });
});
