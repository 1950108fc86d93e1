import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createAuthority, initialState, openAuthority } from "@cowherd/controller";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createLinuxFiles } from "../../agent/src/host/linux/files.ts";
import { clusterSpec, enrolled } from "../../controller/src/state/cluster.fixture.ts";
import { openSqliteStore } from "../../controller/src/store/sqlite-store.ts";
import { hostfilePath } from "../cluster/operate.ts";
import { checkCommand } from "../lab/machine/command.ts";
import { startController } from "./crashing-controller.ts";
import { readLocalHostfileAllTheTime } from "./hostfile-reader.ts";
import { primaryFolders, writeHostfile } from "./primary-disk.ts";

const { signal } = new AbortController();
const secondaries = Array.from({ length: 150 }, (_, at) => `secondary${at + 1}`);

/** A small disk of its own, which only root can have. */
let disk: string;

beforeEach(async () => {
  disk = await mkdtemp(`${tmpdir()}/cowherd-full-`);
  await checkCommand(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0755", "tmpfs", disk]);
});

afterEach(async () => {
  await checkCommand(["umount", "--lazy", disk]);
  await rm(disk, { recursive: true });
});

/** Takes all the room there is, to the last block. */
async function fill(): Promise<void> {
  await writeFile(`${disk}/filler`, Buffer.alloc(16 * 1024 * 1024)).catch(() => {}); // it is to fail
  expect((await stat(`${disk}/filler`)).size).toBeGreaterThan(0);
}

async function makeRoom(): Promise<void> {
  await rm(`${disk}/filler`);
}

it("keeps the last hostfile, whole, while the primary's disk is full, and writes the next once there is room", async () => {
  for (const folder of primaryFolders) await mkdir(`${disk}${folder}`, { recursive: true });
  const write = (entries: readonly string[], generation: bigint) => {
    const owner = { owner: "mpihpc", group: "mpihpc" };
    const lines = entries.map((node) => ({ node, slots: 4 }));
    const spec = { id: "hostfile", requires: [], kind: "hostfile", path: hostfilePath, ...owner } as const;
    const hostfile = { ...spec, generation, entries: lines, form: undefined, formerSha256: [] };
    return writeHostfile([hostfile], createLinuxFiles(disk), signal);
  };
  expect(await write(["primary"], 1n)).toBeUndefined();
  const before = await readFile(`${disk}${hostfilePath}`, "utf8");
  await using reader = await readLocalHostfileAllTheTime(`${disk}${hostfilePath}`, [], ["primary"]);
  await fill();
  for (let turn = 0; turn < 20; turn += 1) {
    expect(await write(["primary", ...secondaries], 2n)).toMatch(/no space|ENOSPC/i);
    expect(await readFile(`${disk}${hostfilePath}`, "utf8")).toBe(before);
  }
  await makeRoom();
  expect(await write(["primary", ...secondaries], 2n)).toBeUndefined();
  expect(await readFile(`${disk}${hostfilePath}`, "utf8")).toContain("secondary150 slots=4\n");
  expect((await reader.stop()).wrong).toEqual([]);
  expect((await readdir(`${disk}/home/mpihpc`)).filter((name) => name.includes("cowherd"))).toEqual([]);
});

it("changes nothing, in memory or in the store, while the controller's disk is full", async () => {
  const database = `${disk}/cluster.sqlite`;
  const authority = await openAuthority(await createAuthority("lab", new Date()));
  const store = openSqliteStore(database);
  const spec = clusterSpec(["primary", ...secondaries]);
  store.commit({ state: initialState(spec, 1n), tokens: new Map(), operators: new Map() });
  const { controller, converge } = startController(store, authority);
  controller.loop.commit({ events: enrolled("primary") });
  converge("primary");
  const before = controller.loop.record();
  expect(before.state.hostfile?.entries).toHaveLength(1);

  await fill();
  const join = () => controller.loop.commit({ events: secondaries.flatMap((node) => enrolled(node)) });
  for (let turn = 0; turn < 20; turn += 1)
    expect(join).toThrow(`nothing was changed, since the controller cannot write ${database}: the disk is full`);
  expect(controller.loop.record()).toBe(before);
  expect(controller.loop.unwritten()?.reason).toBe(`${database}: the disk is full`);
  const again = openSqliteStore(database); // as a controller that is started meanwhile
  expect(again.load()).toEqual(before);
  again.close();

  await makeRoom();
  join();
  expect(controller.loop.record().state.nodes.size).toBe(151);
  store.close();
  const later = openSqliteStore(database);
  expect(later.load()).toEqual(controller.loop.record());
  later.close();
});
