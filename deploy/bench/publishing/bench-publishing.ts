import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterStore } from "@cowherd/controller";
import type { BusSupply } from "../../../controller/src/events/publishing.ts";
import type { Figure, PartReport } from "../figure.ts";
import { spreadOf } from "../spread.ts";
import { type Brokers, startBrokers } from "./brokers.ts";
import { type Converged, type PlayedCluster, startPlayedCluster } from "./played-cluster.ts";

export type PublishingOptions = {
  readonly runs: number;
  readonly openStore: (path: string) => ClusterStore;
  readonly openBus: BusSupply["openBus"];
  readonly report: (line: string) => void;
};

/** How the broker is while a cluster converges. "off" is none, against another without one: what the measurement itself is off by. */
const moods = ["off", "down", "frozen", "silent", "up"] as const;
type Mood = (typeof moods)[number];

/** What a broker that fails may make a cluster slower at most. One that is up has its work done on the same thread: that is told and not judged. */
const goals: Readonly<Record<Mood, Figure["goal"]>> = {
  off: undefined,
  down: { atMost: 1.05 },
  frozen: { atMost: 1.05 },
  silent: { atMost: 1.05 },
  up: undefined,
};

/** How many times longer a cluster took with a broker than one beside it without. */
type Ratios = { readonly cpu: number; readonly wall: number };

type Supply = Pick<PublishingOptions, "openStore" | "openBus">;

const nodes = 32;
const pairsMeasured = 10; // in each order
const warmUp = 4;
const restMs = 150; // what one cluster does after it has converged falls on no other

/**
 * Compares clusters whose broker fails in each way with ones that have none, two at a time and in
 * turns, each with its store on a disk: what else the machine does falls on both of a pair alike.
 */
export async function benchPublishing({ runs, report, ...supply }: PublishingOptions): Promise<PartReport> {
  await using brokers = await startBrokers();
  const figures: Figure[] = [];
  for (const mood of moods) {
    const ratios: Ratios[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const ratio = await compare(mood, brokers, supply);
      report(`broker ${mood}, run ${run} of ${runs}: ${ratio.cpu.toFixed(3)} of the processor's time without one`);
      ratios.push(ratio);
    }
    const figure = (what: string, of: (ratio: Ratios) => number) => ({
      what,
      unit: "",
      measured: spreadOf(ratios.map(of)),
    });
    figures.push(
      { ...figure(`broker ${mood}: processor, times`, ({ cpu }) => cpu), goal: goals[mood] },
      figure(`broker ${mood}: clock, times`, ({ wall }) => wall),
    );
  }
  const about = `${nodes} played nodes fail and converge ${4 * pairsMeasured} times, beside as many without a broker, over ${runs} runs:`;
  return { part: "publishing", about, figures };
}

/**
 * The mean of two comparisons, in each of which another of the two clusters was made first: the
 * one that was made second is dearer all its life, also where neither has a broker.
 */
async function compare(mood: Mood, brokers: Brokers, supply: Supply): Promise<Ratios> {
  const one = await compareInOrder(["without", "having"], mood, brokers, supply);
  const other = await compareInOrder(["having", "without"], mood, brokers, supply);
  return { cpu: Math.sqrt(one.cpu * other.cpu), wall: Math.sqrt(one.wall * other.wall) };
}

async function compareInOrder(
  order: readonly ["without", "having"] | readonly ["having", "without"],
  mood: Mood,
  brokers: Brokers,
  { openStore, openBus }: Supply,
): Promise<Ratios> {
  const folder = await mkdtemp(`${tmpdir()}/bench-publishing-`);
  const buses = { openBus, ownBroker: { credentials: "", ca: "" } };
  const natsOf = { without: "off", having: mood === "off" ? "off" : brokers[mood] };
  const start = (name: keyof typeof natsOf) =>
    startPlayedCluster({
      nodes,
      events: `{ nats: ${natsOf[name]} }`,
      store: openStore(`${folder}/${name}.sqlite`),
      buses,
    });
  try {
    await using first = await start(order[0]);
    await using second = await start(order[1]);
    const [without, having] = order[0] === "without" ? [first, second] : [second, first];
    await converge(without, having, warmUp);
    if (mood === "frozen") brokers.freeze();
    const pairs = await converge(without, having, pairsMeasured);
    const ratio = (of: (converged: Converged) => number) => spreadOf(pairs.map(([off, on]) => of(on) / of(off))).median;
    return { cpu: ratio(({ cpuMs }) => cpuMs), wall: ratio(({ wallMs }) => wallMs) };
  } finally {
    if (mood === "frozen") brokers.thaw();
    await rm(folder, { recursive: true });
  }
}

/**
 * Lets both converge so many times, and returns what each took. A pair is two rounds, in each of
 * which another of them is first: who comes second finds the processor warm, so that single
 * rounds are of two kinds, and a median of them is of the one or of the other.
 */
async function converge(
  without: PlayedCluster,
  having: PlayedCluster,
  times: number,
): Promise<readonly (readonly [Converged, Converged])[]> {
  const rested = async (cluster: PlayedCluster) => {
    const converged = await cluster.converge();
    await sleep(restMs);
    return converged;
  };
  const pairs: [Converged, Converged][] = [];
  for (let pair = 0; pair < times; pair += 1) {
    const off = await rested(without);
    const on = await rested(having);
    const onFirst = await rested(having);
    pairs.push([sum(off, await rested(without)), sum(on, onFirst)]);
  }
  return pairs;
}

function sum(one: Converged, other: Converged): Converged {
  return { wallMs: one.wallMs + other.wallMs, cpuMs: one.cpuMs + other.cpuMs };
}
