import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { ClusterStore } from "@cowherd/controller";
import type { BusSupply } from "../../../controller/src/events/publishing.ts";
import { waitFor } from "../../cluster/wait-for.ts";
import type { Figure, PartReport } from "../figure.ts";
import { spreadOf } from "../spread.ts";
import { type AddedTime, addedTime, profile } from "./added-time.ts";
import { type Brokers, startBrokers } from "./brokers.ts";
import { type PlayedCluster, startPlayedCluster } from "./played-cluster.ts";

export type PublishingOptions = {
  readonly runs: number;
  readonly openStore: (path: string) => ClusterStore;
  readonly openBus: BusSupply["openBus"];
  readonly report: (line: string) => void;
};

/** How the broker is while a cluster converges. "off" is none. */
const moods = ["off", "down", "frozen", "silent", "up"] as const;
type Mood = (typeof moods)[number];

/**
 * What a broker that fails may make a cluster slower at most. One that is up has its work done on
 * the same thread: a bench that sees nothing of that looks in the wrong place.
 */
const goals: Readonly<Record<Mood, Figure["goal"]>> = {
  off: undefined,
  down: { atMost: 5 },
  frozen: { atMost: 5 },
  silent: { atMost: 5 },
  up: { atLeast: 5 },
};

type Supply = Pick<PublishingOptions, "openStore" | "openBus">;

const nodes = 32;
const warmUp = 20;
const times = 150;
const publishedWithinMs = 30_000;

/**
 * Measures how much longer a cluster takes to converge by what publishes its events, with brokers
 * that fail in each way. A profile of the controller's thread tells the one from the other: two
 * clusters, or two times, are told apart by what the machine does beside, and by more than 5 %.
 */
export async function benchPublishing({ runs, report, ...supply }: PublishingOptions): Promise<PartReport> {
  await using brokers = await startBrokers();
  const figures: Figure[] = [];
  for (const mood of moods) {
    const added: AddedTime[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const measured = await measure(mood, brokers, supply);
      report(`broker ${mood}, run ${run} of ${runs}: ${(100 * measured.own).toFixed(2)} % longer`);
      added.push(measured);
    }
    const figure = (what: string, of: (measured: AddedTime) => number) => ({
      what: `broker ${mood}: ${what}`,
      unit: "%",
      measured: spreadOf(added.map((measured) => 100 * of(measured))),
    });
    figures.push(
      { ...figure("longer by", ({ own }) => own), goal: goals[mood] },
      figure("nobody's", ({ nobodys }) => nobodys),
    );
  }
  const about = `${nodes} played nodes fail and converge ${times} times; what publishing adds to the controller's time, and what V8 and the system took beside, over ${runs} runs:`;
  return { part: "publishing", about, figures };
}

async function measure(mood: Mood, brokers: Brokers, { openStore, openBus }: Supply): Promise<AddedTime> {
  const folder = await mkdtemp(`${tmpdir()}/bench-publishing-`);
  try {
    const buses = { openBus, ownBroker: { credentials: "", ca: "" } };
    const events = `{ nats: ${mood === "off" ? "off" : brokers[mood]} }`;
    await using cluster = await startPlayedCluster({
      nodes,
      events,
      store: openStore(`${folder}/cluster.sqlite`),
      buses,
    });
    await converge(cluster, warmUp);
    if (mood === "frozen") {
      const published = async () => cluster.isPublished() || undefined; // so that it freezes with a connection that stands
      await waitFor("the events to be published", published, { timeoutMs: publishedWithinMs });
      brokers.freeze();
    }
    return addedTime(await profile(() => converge(cluster, times)), isPublishing);
  } finally {
    if (mood === "frozen") brokers.thaw();
    await rm(folder, { recursive: true });
  }
}

async function converge(cluster: PlayedCluster, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await cluster.converge();
}

const folders = ["/nats/", "/nkeys.js/", "/tweetnacl/"];
const files = ["publishing", "publisher", "publishing-notice", "bus-place", "retry-delay"];

/** What runs for the broker alone: those files of the controller, the client, and the sockets, of which a played cluster has no other. */
function isPublishing(url: string): boolean {
  if (/^node:(internal\/)?(net|dns|tls|streams?|stream_base_commons)\b/.test(url)) return true;
  if (folders.some((folder) => url.includes(`/node_modules${folder}`))) return true;
  const [, file] = /\/controller\/src\/events\/([^/]+)\.ts$/.exec(url) ?? [];
  return file !== undefined && (files.includes(file) || file.startsWith("nats-"));
}
