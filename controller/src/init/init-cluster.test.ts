import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { openAuthority } from "../identity/certificate-authority.ts";
import { InvalidSpecError } from "../spec/cluster-spec.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { AlreadyInitialisedError, findClusterFolder } from "./cluster-folder.ts";
import { initCluster } from "./init-cluster.ts";

const text = "name: lab\nnodes:\n  primary: { address: 192.168.56.10, role: primary }\n";
const now = new Date("2026-01-02T03:04:05Z");

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(`${tmpdir()}/init-`);
  try {
    await use(`${folder}/state`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

it("makes a cluster that can be taken up, with a key that only its user reads", async () => {
  await inFolder(async (folder) => {
    await initCluster(folder, text, now, openSqliteStore);
    const made = await findClusterFolder(folder);
    const store = openSqliteStore(made?.database ?? "");
    expect(store.load()?.state).toMatchObject({ epoch: BigInt(now.getTime()), spec: { name: "lab" } });
    store.close();
    expect((await openAuthority(made?.authority ?? { certificate: "", privateKey: "" })).pin).toHaveLength(32);
    expect((await stat(`${folder}/cluster/authority.key`)).mode & 0o777).toBe(0o600);
    expect((await stat(`${folder}/cluster`)).mode & 0o777).toBe(0o700);
  });
});

it("refuses a second time and leaves the first as it is", async () => {
  await inFolder(async (folder) => {
    await initCluster(folder, text, now, openSqliteStore);
    const before = await findClusterFolder(folder);
    await expect(initCluster(folder, text, now, openSqliteStore)).rejects.toThrow(AlreadyInitialisedError);
    expect(await findClusterFolder(folder)).toEqual(before);
  });
});

it("changes nothing for a bad spec", async () => {
  await inFolder(async (folder) => {
    await expect(initCluster(folder, "name: lab\n", now, openSqliteStore)).rejects.toThrow(InvalidSpecError);
    await expect(stat(folder)).rejects.toThrow(/ENOENT/);
  });
});

it("takes a torn init for none, and clears it away", async () => {
  await inFolder(async (folder) => {
    await mkdir(`${folder}/cluster.draft-torn`, { recursive: true });
    await writeFile(`${folder}/cluster.draft-torn/authority.key`, "half a k");
    expect(await findClusterFolder(folder)).toBeUndefined();
    await initCluster(folder, text, now, openSqliteStore);
    expect(await readdir(folder)).toEqual(["cluster"]);
  });
});
