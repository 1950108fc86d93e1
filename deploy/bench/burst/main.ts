import { parentPort, workerData } from "node:worker_threads";
import { createGrpcLink } from "../../../agent/src/link/grpc-link.ts";
import { createSystemClock } from "../../../agent/src/system-clock.ts";
import { type Part, playAgent } from "./play-agent.ts";
import type { Member, Troupe, TroupeNews } from "./troupe.ts";

// A thread of its own, since what the controller's thread has to wait for is measured there.

const { members, launchMs }: Troupe = workerData;
const [primary, ...others] = members;
const never = new AbortController().signal; // whoever started this thread ends it

parentPort?.once("message", () => {
  for (const other of others) void play(other, () => {});
});
await play(primary, tellOfHostfiles());

function play({ machine: { facts }, membership }: Member, reached: Part["reached"]): Promise<void> {
  return playAgent(createGrpcLink(membership, Date.now), createSystemClock(), { facts, launchMs, reached }, never);
}

/** What the primary's agent would write: a file for each generation that is another one. */
function tellOfHostfiles(): Part["reached"] {
  let written = 0n;
  return ({ resources }) => {
    for (const resource of resources) {
      if (resource.kind !== "hostfile" || resource.generation === written) continue;
      written = resource.generation;
      const news: TroupeNews = { lines: resource.entries.length };
      parentPort?.postMessage(news);
    }
  };
}
