import {
  createDesiredState,
  type DesiredState,
  InvalidDesiredStateError,
  type Outcome,
  type Proof,
  type ResourceSpec,
} from "@cowherd/proto";
import { runAgent } from "./agent.ts";
import type { Mode, RunObserver } from "./converge.ts";
import { facts } from "./facts/facts.fixture.ts";
import type { Facts } from "./facts/facts.ts";
import type { RunHook } from "./hooks/run-hook.ts";
import { createKeptLog, type KeptLog } from "./kept-log.ts";
import type { FakeController } from "./link/fake-controller.ts";
import { createMemoryLink } from "./link/memory-link.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";

export const hostname = { id: "hostname", requires: [], kind: "hostname", name: "secondary1" } as const;
export const sshKey = {
  id: "key",
  requires: [],
  kind: "sshKey",
  user: "mpihpc",
  path: "/home/mpihpc/.ssh/id",
} as const;

/** A desired state of the first epoch. */
export function state(generation: bigint, resources: readonly ResourceSpec[] = [hostname]): DesiredState {
  return createDesiredState({ epoch: 1n, generation }, resources);
}

/** A run or a check that the agent asked for, which ends when the test says so: in sync if it says nothing. */
export type Call = {
  readonly mode: Mode;
  readonly resources: readonly ResourceSpec[];
  readonly signal: AbortSignal;
  readonly observer: RunObserver | undefined;
  end(outcomes?: readonly Outcome[]): void;
};

/** An agent whose machine, controller and clock are the test's. What may be written is how the machine is. */
export type AgentStage = {
  readonly clock: ManualClock;
  readonly log: KeptLog;
  /** There from the start on. */
  controller: FakeController;
  readonly calls: Call[];
  /** Those of the calls that are no checks. */
  runs(): readonly Call[];
  /** Every set of paths that was to be watched. */
  readonly watched: (readonly string[])[];
  /** What the kernel tells: of a watched path, and of a file of the facts. */
  drift: () => void;
  factsChanged: () => void;
  machine: Facts;
  /** The desired state on its disk. */
  kept: DesiredState | undefined;
  diskFull: boolean;
  journalTorn: boolean;
  jobAwaited: boolean;
  readonly proving: { readonly signal: AbortSignal; end(proofs: readonly Proof[]): void }[];
  runHook: RunHook;
  countRanks: (uid: number) => number | Promise<number>;
  /** Starts the agent and lets it do what it does at once. After `end` it may be started again. */
  start(link?: ReturnType<typeof createMemoryLink>): Promise<void>;
  /** Tells the agent to end and waits until it has. */
  end(): Promise<void>;
};

/** Makes one that is not started. */
export function createAgentStage(): AgentStage {
  let stop = new AbortController();
  let agent: Promise<void> | undefined;
  const stage: AgentStage = {
    clock: createManualClock(),
    log: createKeptLog(),
    controller: createMemoryLink().controller,
    calls: [],
    runs: () => stage.calls.filter(({ mode }) => mode === "apply"),
    watched: [],
    drift: () => {},
    factsChanged: () => {},
    machine: facts,
    kept: undefined,
    diskFull: false,
    journalTorn: false,
    jobAwaited: false,
    proving: [],
    runHook: async () => undefined,
    countRanks: () => {
      throw new RangeError("nobody asked");
    },
    async start({ link, controller } = createMemoryLink()) {
      stage.controller = controller;
      stop = new AbortController();
      agent = runAgent({ ...partsOf(stage), link }, stop.signal);
      await stage.clock.pass(0);
    },
    async end() {
      stop.abort();
      await agent;
    },
  };
  return stage;
}

function partsOf(stage: AgentStage): Omit<Parameters<typeof runAgent>[0], "link"> {
  return {
    desiredStates: {
      async read() {
        if (stage.journalTorn) throw new InvalidDesiredStateError("torn");
        return stage.kept;
      },
      async take(next) {
        if (stage.kept !== undefined && next.generation < stage.kept.generation) return "older";
        if (stage.kept?.revision === next.revision) return "repeated";
        stage.kept = next;
        if (stage.diskFull) throw new Error("no space left on device");
        return "kept";
      },
    },
    converge: (resources, mode, signal, observer) =>
      new Promise((resolve, reject) => {
        const all = resources.map(({ id }): Outcome => ({ resource: id, end: "in-sync" }));
        stage.calls.push({ mode, resources, signal, observer, end: (outcomes = all) => resolve(outcomes) });
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    prove: (_probe, signal) =>
      new Promise((resolve, reject) => {
        stage.proving.push({ signal, end: resolve });
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    runHook: (...request) => stage.runHook(...request),
    watchedPaths: (resources) => resources.map(({ id }) => `/etc/${id}`),
    createDriftWatch(changed) {
      stage.drift = changed;
      return { watch: (paths) => void stage.watched.push(paths), close: () => {} };
    },
    collectFacts: async () => stage.machine,
    watchFacts(changed) {
      stage.factsChanged = changed;
      return { close: () => {} };
    },
    isJobAwaited: () => stage.jobAwaited,
    ranks: { count: async (uid) => stage.countRanks(uid) },
    clock: stage.clock,
    log: stage.log,
  };
}
