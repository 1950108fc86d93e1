import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDesiredState } from "@cowherd/proto";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createLinuxFiles } from "../host/linux/files.ts";
import { decodeDesiredState, encodeDesiredState } from "../link/wire-desired-state.ts";
import { createDesiredStateJournal } from "./desired-state-journal.ts";
import { compareVersions } from "./version.ts";

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let stateFolder: string;

beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "journal-"));
});
afterEach(() => rm(stateFolder, { recursive: true }));

const open = (authorityFingerprint = "aa".repeat(32)) =>
  createDesiredStateJournal({
    files: createLinuxFiles(""),
    stateFolder,
    authorityFingerprint,
    codec: { encode: encodeDesiredState, decode: decodeDesiredState },
    owner,
  });

const state = (epoch: bigint, generation: bigint, name = "secondary1") =>
  createDesiredState({ epoch, generation }, [{ id: "hostname", requires: [], kind: "hostname", name }]);

it("remembers the last state through a restart", async () => {
  expect(await open().read()).toBeUndefined();
  expect(await open().take(state(1n, 1n))).toBe("kept");
  expect(await open().read()).toEqual(state(1n, 1n));
});

it("refuses an older state, also after a restart", async () => {
  await open().take(state(2n, 3n));
  const journal = open();
  await journal.read();
  expect(await journal.take(state(2n, 2n))).toBe("older");
  expect(await journal.take(state(1n, 9n))).toBe("older");
  expect(await journal.take(state(2n, 3n))).toBe("repeated");
  expect(await journal.take(state(3n, 1n))).toBe("kept");
});

it("takes another content under the same version for a new state", async () => {
  const journal = open();
  await journal.take(state(1n, 1n));
  expect(await journal.take(state(1n, 1n, "secondary2"))).toBe("kept");
});

it("refuses a torn file whole and takes the next state", async () => {
  await open().take(state(1n, 1n));
  const [name = ""] = await readdir(stateFolder);
  const bytes = await readFile(join(stateFolder, name));
  await writeFile(join(stateFolder, name), bytes.subarray(0, -3));
  const journal = open();
  await expect(journal.read()).rejects.toMatchObject({ name: "InvalidDesiredStateError" });
  expect(await journal.take(state(1n, 1n))).toBe("kept");
});

it("writes a state that the disk refused once it is repeated, and then no more", async () => {
  await rm(stateFolder, { recursive: true });
  const journal = open();
  await expect(journal.take(state(1n, 1n))).rejects.toMatchObject({ name: "FilesError" });
  await expect(journal.take(state(1n, 1n))).rejects.toMatchObject({ name: "FilesError" });
  await mkdir(stateFolder);
  expect(await journal.take(state(1n, 1n))).toBe("repeated");
  expect(await open().read()).toEqual(state(1n, 1n));
  await rm(stateFolder, { recursive: true });
  expect(await journal.take(state(1n, 1n))).toBe("repeated");
  await mkdir(stateFolder);
});

it("does not measure one cluster's states against another's", async () => {
  await open("aa".repeat(32)).take(state(9n, 9n));
  const other = open("bb".repeat(32));
  expect(await other.read()).toBeUndefined();
  expect(await other.take(state(1n, 1n))).toBe("kept");
});

it("orders versions by epoch before generation", () => {
  const version = fc.record({ epoch: fc.bigInt(0n, 5n), generation: fc.bigInt(0n, 5n) });
  fc.assert(
    fc.property(version, version, (a, b) => {
      const number = ({ epoch, generation }: typeof a) => epoch * 10n + generation;
      expect(Math.sign(compareVersions(a, b))).toBe(number(a) < number(b) ? -1 : number(a) > number(b) ? 1 : 0);
    }),
  );
});
