import { type ProofKind, proofKinds } from "@cowherd/proto";
import fc from "fast-check";
import { dueProbes } from "../proofs/due-probes.ts";
import { defaultProbeTiming } from "../proofs/probe-timing.ts";
import { answered, clusterSpec, empty, enrolled, machine, names, ran, suddenly } from "../state/cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";
import { settle } from "./settle.ts";

/** Something that may happen, given the state that it happens to. */
export type Happening = (state: ClusterState) => readonly ClusterEvent[];

const specs = [
  clusterSpec(),
  clusterSpec(["primary", "secondary1"]),
  clusterSpec(["primary", "secondary2", "secondary10"], "packages: [mpich]"),
  clusterSpec(names, "user: { name: ada }"),
  clusterSpec(names, "maxSlots: 1"),
  clusterSpec(names, "slots: { per: cores, reserve: 1 }\nhostfile: { mpich: on, primary: off }"),
  clusterSpec(names, "network: off\nshared: {}\npython: {}"),
];

const name = fc.constantFrom(...names);
const run = fc.record({ node: name, back: fc.nat(2), failed: fc.constantFrom("", "", "", "packages", "hostfile") });
const variant = fc.record({
  userKey: fc.constantFrom(undefined, "ssh-ed25519 one", "ssh-ed25519 two"),
  interfaces: fc.constantFrom([], undefined),
  schedulable: fc.integer({ min: 1, max: 4 }),
  mpirun: fc.constantFrom(
    undefined,
    { vendor: "Open MPI", version: "4.1.4" },
    { vendor: "Open MPI", version: "" },
    { vendor: "MPICH", version: "4.0.2" },
  ),
  able: fc.boolean(),
});

const runAll: Happening = (state) => names.map((node) => ran(state, node));

/** Probes are answered as they become due, now and then one kind of proof with a failure. */
const answers: fc.Arbitrary<Happening> = fc
  .record({
    failing: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.constantFrom(...proofKinds)),
    now: fc.nat(1_000_000),
  })
  .map(({ failing, now }) => answerAll(now, failing));

function answerAll(now: number, kind?: ProofKind): Happening {
  return (state) => {
    const failing = kind && { kind, failure: "it does not" };
    const events: ClusterEvent[] = [];
    for (let round = 0; round < 4; round += 1) {
      const due = dueProbes(suddenly(state, ...events), now, [], defaultProbeTiming);
      events.push(
        ...due.map((probe) => answered(probe, kind && probe.kinds.includes(kind) ? failing : undefined, now)),
      );
    }
    return events;
  };
}

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 10, arbitrary: answers },
  { weight: 10, arbitrary: fc.constant(runAll) },
  { weight: 3, arbitrary: name.map((node) => () => enrolled(node)) },
  {
    weight: 8,
    arbitrary: run.map(({ node, back, failed }) => (state: ClusterState) => {
      const event = ran(state, node, failed === "" ? {} : { [failed]: "reason" });
      if (event.type !== "run-reported" || back === 0) return [event];
      return [{ ...event, run: { ...event.run, generation: event.run.generation - BigInt(back) } }];
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(name, variant).map(([node, { userKey, interfaces, schedulable, mpirun, able }]) => () => {
      const processors = { online: 4, schedulable, quota: undefined, cores: 4 };
      const facts = machine(node, {
        userKey,
        processors,
        mpirun,
        netplan: able,
        nfs: { server: able, client: able },
        ...(interfaces && { interfaces }),
      });
      return [{ type: "facts-reported" as const, node, facts }];
    }),
  },
  { weight: 2, arbitrary: name.map((node) => () => [{ type: "lease-lost" as const, node }]) },
  { weight: 2, arbitrary: name.map((node) => () => [{ type: "lease-gained" as const, node }]) },
  {
    weight: 3,
    arbitrary: fc
      .record({ ended: fc.uniqueArray(name), fading: fc.uniqueArray(name) })
      .map(({ ended, fading }) => () => [
        { type: "nodes-fading" as const, nodes: fading },
        ...ended.map((node) => ({ type: "lease-lost", node }) as const),
      ]),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(1, 500, 1_000, 7_000, 60_000, 900_000)
      .map((ms) => (state: ClusterState) => [{ type: "time-passed" as const, at: state.runTime + ms }]),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(name, fc.constantFrom(undefined, 1_000)).map(([node, deadlineMs]) => () => [
      { type: "node-drained" as const, node, reason: "r", deadlineMs },
    ]),
  },
  { weight: 1, arbitrary: name.map((node) => () => [{ type: "node-undrained" as const, node }]) },
  {
    weight: 1,
    arbitrary: fc.tuple(name, fc.nat(2)).map(([node, ranks]) => () => [
      { type: "ranks-counted" as const, node, ranks },
    ]),
  },
  { weight: 1, arbitrary: name.map((node) => () => [{ type: "node-released" as const, node }]) },
  { weight: 1, arbitrary: fc.constant(() => [{ type: "hostfile-released" as const, accepted: true }]) },
  { weight: 1, arbitrary: name.map((node) => () => [{ type: "node-removed" as const, node }]) },
  { weight: 1, arbitrary: name.map((node) => () => [{ type: "facts-refused" as const, node, problem: "p" }]) },
  {
    weight: 1,
    arbitrary: name.map((node) => () => [{ type: "certificate-issued" as const, node, certificate: "next" }]),
  },
  {
    weight: 1,
    arbitrary: name.map((node) => () => [{ type: "certificate-used" as const, node, certificate: "next" }]),
  },
  { weight: 1, arbitrary: fc.constantFrom(...specs).map((spec) => () => [{ type: "spec-applied" as const, spec }]) },
);

/** One to three happenings in one commit. */
export const histories = fc.array(fc.array(happening, { minLength: 1, maxLength: 3 }), { maxLength: 24 });

/** Most histories end before a node is admitted. These begin with two that are ready, come and go. */
const pair = ["primary", "secondary1"] as const;
export const absences = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pair).map((node) => () => [{ type: "lease-lost" as const, node }]),
      fc.constantFrom(...pair).map((node) => () => [{ type: "lease-gained" as const, node }]),
      fc.constantFrom(...pair).map((node) => (state: ClusterState) => [ran(state, node, { packages: "gone" })]),
      fc.constant(runAll),
      answers,
    ),
    { minLength: 4, maxLength: 12 },
  )
  .map((happenings): readonly (readonly Happening[])[] => {
    const joining: Happening = () => pair.flatMap((node) => enrolled(node));
    const hold = answerAll(0);
    return [joining, runAll, hold, runAll, hold, runAll, ...happenings].map((happening) => [happening]);
  });

/** Enough to find a wrong rule within seconds, on a machine where others work too. */
export const effort = { numRuns: 40 };

/** The state after what happened in one commit. */
export function stateAfter(before: ClusterState, happenings: readonly Happening[]): ClusterState {
  return happenings.reduce((state, happen) => suddenly(state, ...happen(state)), before);
}

/** Plays a history and calls `hear` with each event, and `look` with each settled state and the settled one before it. */
export function play(
  history: readonly (readonly Happening[])[],
  look: (now: ClusterState, before: ClusterState) => void,
  hear: (event: ClusterEvent) => void = () => undefined,
): ClusterState {
  return history.reduce((before, happenings) => {
    const happened = happenings.reduce((state, happen) => {
      const events = happen(state);
      events.forEach(hear);
      return suddenly(state, ...events);
    }, before);
    const now = settle(happened).state;
    look(now, before);
    return now;
  }, empty());
}
