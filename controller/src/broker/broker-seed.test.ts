import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fromSeed } from "nkeys.js";
import { expect, it } from "vitest";
import { openBrokerSeed } from "./broker-seed.ts";

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(`${tmpdir()}/seed-`);
  try {
    await use(`${folder}/broker.seed`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

it("makes a seed once, for its owner alone to read, and tells the key of it ever after", async () => {
  await inFolder(async (path) => {
    const key = await openBrokerSeed(path);
    expect(key).toMatch(/^U[A-Z2-7]{55}$/);
    expect(await openBrokerSeed(path)).toBe(key);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const seed = (await readFile(path, "utf8")).trim();
    expect(fromSeed(new TextEncoder().encode(seed)).getPublicKey()).toBe(key);
  });
});

it.each(["", "SUA", "half a se"])("replaces the torn seed %j, and a draft that was left of one", async (torn) => {
  await inFolder(async (path) => {
    await writeFile(path, torn);
    await writeFile(`${path}.draft`, torn, { mode: 0o644 });
    const key = await openBrokerSeed(path);
    expect(await openBrokerSeed(path)).toBe(key);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
