import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createAuthority, initialState, openAuthority } from "@cowherd/controller";
import { expect, it, onTestFinished } from "vitest";
import { draftName } from "../../agent/src/host/linux/draft.ts";
import { createLinuxFiles } from "../../agent/src/host/linux/files.ts";
import { clusterSpec, enrolled } from "../../controller/src/state/cluster.fixture.ts";
import { openSqliteStore } from "../../controller/src/store/sqlite-store.ts";
import { hostfilePath } from "../cluster/operate.ts";
import { startController } from "./crashing-controller.ts";
import { readLocalHostfileAllTheTime } from "./hostfile-reader.ts";
import { primaryFolders, writeHostfile } from "./primary-disk.ts";

const { signal } = new AbortController();
const comers = ["secondary1", "secondary2"] as const;
const unfit = "secondary10";

async function makeRoot(): Promise<string> {
  const root = await mkdtemp(`${tmpdir()}/cowherd-always-`);
  onTestFinished(() => rm(root, { recursive: true }));
  for (const folder of primaryFolders) await mkdir(`${root}${folder}`, { recursive: true });
  return root;
}

it("shows a reader nothing but whole hostfiles of ready nodes, through 200 restarts of controller and agent, joins and cuts", async () => {
  const root = await makeRoot();
  const database = `${root}/cluster.sqlite`;
  const authority = await openAuthority(await createAuthority("lab", new Date()));
  const spec = clusterSpec(["primary", ...comers, unfit], "liveness: { coolDown: 0 }");
  let store = openSqliteStore(database);
  store.commit({ state: initialState(spec, 1n), tokens: new Map(), operators: new Map() });

  const first = startController(store, authority);
  first.controller.loop.commit({ events: ["primary", ...comers, unfit].flatMap((node) => enrolled(node)) });
  first.converge("primary");
  const resources = () => first.controller.loop.desired().get("primary")?.resources ?? [];
  expect(await writeHostfile(resources(), createLinuxFiles(root), signal)).toBeUndefined();

  await using reader = await readLocalHostfileAllTheTime(`${root}${hostfilePath}`, ["primary", ...comers], ["primary"]);
  const generations = new Set<bigint | undefined>();
  for (let restart = 0; restart < 200; restart += 1) {
    const again = openSqliteStore(database); // beside the last one, as after a kill: nothing was closed
    const { controller, pass, converge, fail } = startController(again, authority);
    store.close();
    store = again;

    const comer = comers[restart % comers.length] ?? unfit;
    fail(unfit);
    if (restart % 4 < 2) converge("primary", comer);
    else pass(8_000, ["primary", ...comers.filter((other) => other !== comer)]);
    generations.add(controller.loop.record().state.hostfile?.generation);

    // What an agent leaves behind that is killed amid its write, and its successor finds.
    const half = `${root}/home/mpihpc/${draftName(".cluster_hostfile", `00000000-0000-4000-8000-${String(restart).padStart(12, "0")}`)}`;
    await writeFile(half, "primary slo");
    const desired = controller.loop.desired().get("primary");
    expect(await writeHostfile(desired?.resources ?? [], createLinuxFiles(root), signal)).toBeUndefined();
  }
  store.close();
  const { reads, wrong } = await reader.stop();
  expect(wrong).toEqual([]);
  expect(reads).toBeGreaterThan(100);
  expect(generations.size).toBeGreaterThan(50); // or nobody came and went
  expect((await readdir(`${root}/home/mpihpc`)).filter((name) => name.includes("cowherd"))).toEqual([]);
}, 180_000);

it("shows a reader nothing but whole hostfiles while the agent that writes them is killed", async () => {
  const root = await makeRoot();
  const writer = fileURLToPath(new URL("hostfile-writer/main.ts", import.meta.url));
  const start = () => spawn(process.execPath, [writer, root], { stdio: ["ignore", "pipe", "inherit"] });
  let running = start();
  await once(running.stdout, "data"); // the first one stands
  await using reader = await readLocalHostfileAllTheTime(`${root}${hostfilePath}`, [], ["primary"]);
  for (let kill = 0; kill < 12; kill += 1) {
    await sleep((kill * 37) % 100);
    const ended = once(running, "exit");
    running.kill("SIGKILL");
    await ended;
    running = start();
    await once(running.stdout, "data");
  }
  running.kill("SIGKILL");
  const { reads, wrong } = await reader.stop();
  expect(wrong).toEqual([]);
  expect(reads).toBeGreaterThan(100);
}, 180_000);
