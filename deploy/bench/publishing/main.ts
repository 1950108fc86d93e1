import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { openNatsBus } from "../../../controller/src/events/nats-bus.ts";
import { openSqliteStore } from "../../../controller/src/store/sqlite-store.ts";
import { freePorts, natsProgram, startNatsServer } from "../../test/nats-servers.ts";
import { benchPublishing, type Mood, moods } from "./bench-publishing.ts";
import { startPlayedCluster } from "./played-cluster.ts";

/** The most that a broker which fails, in whichever way, may make a cluster slower; by the processor's time, which other work leaves alone. */
const goal = 1.05;

/** One that is up has its work done beside the convergence, on the same thread: that is told and not judged. */
const isJudged = (mood: Mood) => mood !== "up";

const { values } = parseArgs({
  options: { nodes: { type: "string", default: "32" }, rounds: { type: "string", default: "40" } },
});
const [nodes, rounds] = [Number(values.nodes), Number(values.rounds)];

const folder = await mkdtemp(`${tmpdir()}/bench-publishing-`);
const program = await natsProgram();
const [upPort = 0, downPort = 0, frozenPort = 0] = await freePorts(3);
const up = await startNatsServer({ program, folder: `${folder}/up`, port: upPort });
const frozen = await startNatsServer({ program, folder: `${folder}/frozen`, port: frozenPort });
const silent = createServer((socket) => void socket.on("error", () => {}));
await once(silent.listen(0, "127.0.0.1"), "listening");
const address = silent.address();
const hole = typeof address === "object" && address !== null ? address.port : 0;

const start = (mood: Mood, port?: number) =>
  startPlayedCluster({
    nodes,
    events: port === undefined ? "{ nats: off }" : `{ nats: { url: "nats://127.0.0.1:${port}" } }`,
    store: openSqliteStore(`${folder}/${mood}.sqlite`),
    buses: { openBus: openNatsBus, ownBroker: { credentials: "", ca: "" } },
  });
const clusters = {
  off: await start("off"),
  up: await start("up", upPort),
  down: await start("down", downPort),
  frozen: await start("frozen", frozenPort),
  "black hole": await start("black hole", hole),
};
const reports = await benchPublishing(clusters, rounds, () => frozen.freeze());

process.stdout.write(`${nodes} nodes fail and converge, ${rounds} times in each mood; the store is on the disk\n`);
for (const { mood, wallMs, cpuMs, wallRatio, cpuRatio } of reports) {
  const { told, published } = clusters[mood].events();
  const verdict = !isJudged(mood) ? "    " : cpuRatio.median <= goal ? "pass" : "FAIL";
  const cpu = `${cpuMs.median.toFixed(1)} ms of the processor, ${cpuRatio.median.toFixed(3)} of off`;
  const wall = `${wallMs.median.toFixed(1)} ms by the clock, ${wallRatio.median.toFixed(3)} of off`;
  process.stdout.write(`${verdict}  ${mood.padEnd(11)} ${cpu}; ${wall}; ${published} of ${told} events published\n`);
  for (const notice of clusters[mood].notices()) process.stdout.write(`      ${notice}\n`);
}
const memory = process.memoryUsage().rss / 2 ** 20;
process.stdout.write(`      ${memory.toFixed(0)} MiB for all ${moods.length} controllers at the end\n`);

for (const mood of moods) await clusters[mood][Symbol.asyncDispose]();
silent.close();
frozen.thaw();
await Promise.all([up.kill(), frozen.kill()]);
await rm(folder, { recursive: true });
process.exitCode = reports.every(({ mood, cpuRatio }) => !isJudged(mood) || cpuRatio.median <= goal) ? 0 : 1;
