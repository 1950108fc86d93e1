import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createLinuxFiles } from "../host/linux/files.ts";
import { createTestAuthority, type TestAuthority } from "../link/test-authority.ts";
import type { Membership } from "./membership.ts";
import { openMembershipJournal } from "./membership-journal.ts";

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let authority: TestAuthority;
let folder: string;

beforeAll(async () => {
  authority = await createTestAuthority();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "journal-"));
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => openMembershipJournal(createLinuxFiles(""), folder, owner);

async function membership(node = "secondary1"): Promise<Membership> {
  const pair = await authority.issueNode(node);
  return { node, cluster: "lab", address: "192.168.56.10", agentPort: 7443, ...pair, authority: authority.certificate };
}

async function identityFolders(): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith("identity-"));
}

it("knows no cluster at first", async () => {
  expect(await (await open()).current()).toBeUndefined();
});

it("holds a membership only once it is promoted, and through a restart", async () => {
  const joined = await membership();
  await (await open()).stage(joined);
  expect(await (await open()).current()).toBeUndefined();
  expect(await (await open()).staged()).toEqual(joined);
  await (await open()).promote();
  expect(await (await open()).current()).toEqual(joined);
  expect(await (await open()).staged()).toBeUndefined();
});

it("keeps the key from all but root", async () => {
  const journal = await open();
  await journal.stage(await membership());
  const [name = ""] = await identityFolders();
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, name, "key.pem"))).mode & 0o777).toBe(0o600);
});

it("forgets the old key when a renewed one takes over", async () => {
  const journal = await open();
  const renewed = await membership();
  await journal.stage(await membership());
  await journal.promote();
  await journal.stage(renewed);
  expect(await journal.current()).not.toEqual(renewed);
  await journal.promote();
  expect(await journal.current()).toEqual(renewed);
  expect(await identityFolders()).toHaveLength(1);
});

it("keeps the current membership when the one on trial is discarded", async () => {
  const journal = await open();
  const first = await membership();
  await journal.stage(first);
  await journal.promote();
  await journal.stage(await membership());
  await journal.discardStaged();
  expect(await journal.staged()).toBeUndefined();
  expect(await journal.current()).toEqual(first);
  expect(await identityFolders()).toHaveLength(1);
});

it("promotes again after a crash between the two pointers", async () => {
  const journal = await open();
  const joined = await membership();
  await journal.stage(joined);
  await copyFile(join(folder, "controller.next.json"), join(folder, "controller.json"));
  await (await open()).promote();
  expect(await (await open()).current()).toEqual(joined);
});

it("refuses a key that is not the certificate's", async () => {
  const journal = await open();
  await journal.stage({ ...(await membership()), key: (await membership()).key });
  await journal.promote();
  await expect(journal.current()).rejects.toMatchObject({ name: "DamagedMembershipError" });
});

it("refuses a pointer that is torn or leads elsewhere", async () => {
  const journal = await open();
  for (const text of ["{", "{}", '{"node":"a","cluster":"b","address":"c","agentPort":1,"folder":"../../etc"}']) {
    await writeFile(join(folder, "controller.json"), text);
    await expect(journal.current()).rejects.toMatchObject({ name: "DamagedMembershipError" });
  }
});

it("keeps the key of a join that was not answered", async () => {
  const journal = await open();
  expect(await journal.pendingKey()).toBeUndefined();
  await journal.keepPendingKey("key");
  expect(await (await open()).pendingKey()).toBe("key");
  await journal.dropPendingKey();
  expect(await journal.pendingKey()).toBeUndefined();
});
