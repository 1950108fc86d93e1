import { lchown, mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeptLog } from "../kept-log.ts";
import type { DriftWatch } from "./drift-watch.ts";
import { createInotifyWatch } from "./inotify-watch.ts";

let folder: string;
let watch: DriftWatch;
let told: number;
let next: PromiseWithResolvers<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "drift-"));
  told = 0;
  next = Promise.withResolvers();
  watch = createInotifyWatch(() => {
    told += 1;
    next.resolve();
  }, createKeptLog());
});
afterEach(async () => {
  watch.close();
  await rm(folder, { recursive: true });
});

describe("the kernel's watch", { skip: process.platform !== "linux" }, () => {
  it("tells of a write, and not of reading nor of a neighbour", async () => {
    await writeFile(join(folder, "hosts"), "a");
    watch.watch([join(folder, "hosts")]);
    await readFile(join(folder, "hosts"));
    await writeFile(join(folder, "other"), "x");
    await setTimeout(50);
    expect(told).toBe(0);
    await writeFile(join(folder, "hosts"), "b");
    await next.promise;
  });

  it("tells of a file that is renamed over the watched one", async () => {
    await writeFile(join(folder, "hosts"), "a");
    watch.watch([join(folder, "hosts")]);
    await writeFile(join(folder, "draft"), "b");
    await rename(join(folder, "draft"), join(folder, "hosts"));
    await next.promise;
  });

  it("tells of a folder that comes to be, and then of what is in it", async () => {
    const path = join(folder, "home", "key");
    watch.watch([path]);
    await mkdir(join(folder, "home"));
    await next.promise;
    next = Promise.withResolvers();
    watch.watch([path]);
    await writeFile(path, "x");
    await next.promise;
  });

  it("takes a link to itself for no folder, and tells when it goes", async () => {
    await symlink(".ssh", join(folder, ".ssh"));
    watch.watch([join(folder, ".ssh", "authorized_keys")]);
    await unlink(join(folder, ".ssh"));
    await next.promise;
  });

  it.runIf(process.getuid?.() === 0)("goes through no link of a user's", async () => {
    await mkdir(join(folder, "elsewhere"));
    await symlink("elsewhere", join(folder, ".ssh"));
    await lchown(join(folder, ".ssh"), 7777, 7777);
    watch.watch([join(folder, ".ssh", "authorized_keys")]);
    await writeFile(join(folder, "elsewhere", "authorized_keys"), "x");
    await setTimeout(50);
    expect(told).toBe(0);
    await unlink(join(folder, ".ssh"));
    await next.promise;
  });

  it("tells nothing of what it was told to watch before", async () => {
    watch.watch([join(folder, "old")]);
    watch.watch([join(folder, "new")]);
    await writeFile(join(folder, "old"), "x");
    await setTimeout(50);
    expect(told).toBe(0);
  });
});
