import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createManualClock } from "../../manual-clock.ts";
import { fstabWith } from "../../resources/fstab.ts";
import { mountOptions } from "../../resources/nfs-mount.ts";
import type { CommandEnd } from "../run-command.ts";
import { createLoneProcesses, type LoneProcesses } from "./lone-process.ts";
import { connects, createLinuxMounts } from "./mounts.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const signal = new AbortController().signal;
const path = "/home/mpihpc/shared";
const source = `primary:${path}`;
const automount = `41 24 0:38 / ${path} rw,relatime shared:20 - autofs systemd-1 rw,fd=48,direct`;
const nfs = `97 41 0:45 / ${path} rw,relatime shared:55 - nfs4 ${source} rw,vers=4.2,addr=192.168.56.10`;
const generator = "/usr/lib/systemd/system-generators/systemd-fstab-generator";
const done: CommandEnd = { exitCode: 0, stdout: "", stderr: "" };

type Script = {
  /** /proc/self/mountinfo, which `umount` takes the last line of. */
  readonly table?: readonly string[];
  readonly ends?: Readonly<Record<string, CommandEnd>>;
  readonly probe?: CommandEnd;
  /** In place of `probe`. */
  readonly probes?: LoneProcesses;
  readonly readText?: (path: string) => Promise<string | undefined>;
};

/** Mounts that remember what was run. A command ends well unless `ends` has its program or systemctl's verb. */
function scripted({ table = [], ends = {}, probe = done, probes, readText = async () => undefined }: Script) {
  const asked: string[] = [];
  const lines = [...table];
  const clock = createManualClock();
  const server = { answers: true };
  const mounts = createLinuxMounts({
    async run(argv) {
      asked.push(argv.join(" "));
      const end = ends[argv[0] === "systemctl" ? (argv[2] ?? "") : argv[0]] ?? done;
      if (argv[0] === "umount" && end.exitCode === 0) lines.pop();
      return end;
    },
    probes: probes ?? (async () => probe),
    readText: (file) => (file === "/proc/self/mountinfo" ? Promise.resolve(lines.join("\n")) : readText(file)),
    connects: async () => server.answers,
    clock,
    probeName: () => ".probe",
    word: () => "word",
  });
  return { asked, mounts, lines, clock, server };
}

describe("linux mounts", () => {
  it("take away lazily and never by force, and leave the automount beneath", async () => {
    const { asked, mounts } = scripted({ table: [automount, nfs] });
    await mounts.detach(path, signal);
    expect(asked).toEqual([`umount --lazy --internal-only --no-canonicalize -- ${path}`]);
    expect((await mounts.look(path)).mounted.map(({ type }) => type)).toEqual(["autofs"]);
  });

  it("take away nothing that is no network file system", async () => {
    const { asked, mounts } = scripted({ table: [`97 24 8:1 / ${path} rw - ext4 /dev/sdb1 rw`] });
    await mounts.detach(path, signal);
    expect(asked).toEqual([]);
  });

  it("say why something cannot be taken away", async () => {
    const { mounts } = scripted({
      table: [nfs],
      ends: { umount: { ...done, exitCode: 32, stderr: "x\nnot permitted\n" } },
    });
    await expect(mounts.detach(path, signal)).rejects.toThrow(`unmount ${path}: not permitted`);
  });

  it("F2: give a server that answers its grace period before they call a mount hung", async () => {
    const { mounts, clock, server } = scripted({ table: [automount, nfs], probes: async () => "late" });
    const look = async (afterSeconds: number) => {
      await clock.pass(afterSeconds * 1000);
      await mounts.answers("192.168.56.10", signal);
      return (await mounts.probe(path, signal)).state;
    };
    expect([await look(0), await look(100), await look(90)]).toEqual(["slow", "slow", "slow"]);
    server.answers = false; // it restarts, and all of its time begins anew
    await mounts.answers("192.168.56.10", signal);
    server.answers = true;
    expect([await look(60), await look(100), await look(101)]).toEqual(["slow", "slow", "hung"]);
  });

  it("F2: begin anew once a probe ended", async () => {
    let end: CommandEnd | "late" = "late";
    const { mounts, clock } = scripted({ table: [automount, nfs], probes: async () => end });
    const look = async () => {
      await clock.pass(150_000);
      return (await mounts.probe(path, signal)).state;
    };
    expect([await look(), await look()]).toEqual(["slow", "slow"]);
    end = { ...done, exitCode: 1, stderr: "dd: Permission denied" };
    expect(await look()).toBe("refused");
    end = "late";
    expect([await look(), await look(), await look()]).toEqual(["slow", "slow", "hung"]);
  });

  it("K13: start no child where a probe went well in the last four minutes, and one where anything speaks for it", async () => {
    let started = 0;
    const probes = async () => {
      if (started === 0) lines.push(nfs); // the first use mounts
      started += 1;
      return done;
    };
    const { mounts, lines, clock, server } = scripted({ table: [automount], probes });
    const look = async (afterSeconds: number) => {
      await clock.pass(afterSeconds * 1000);
      expect(await mounts.probe(path, signal)).toEqual({ state: "healthy" });
      return started;
    };
    expect([await look(0), await look(239), await look(2), await look(1)]).toEqual([1, 1, 2, 2]);
    lines[1] = nfs.replace("97 ", "98 ");
    expect([await look(0), await look(0)]).toEqual([3, 3]);
    server.answers = false;
    await mounts.answers("192.168.56.10", signal);
    expect([await look(0), await look(0)]).toEqual([4, 4]);
    lines.pop();
    expect(await look(0)).toBe(5);
  });

  it("F9: probe a fresh mount although the probe of the former one hangs on", async () => {
    const ends: Promise<CommandEnd>[] = [new Promise(() => {}), Promise.resolve(done)];
    const start = () => ({ ended: ends.shift() ?? Promise.reject(new Error("one too many")), kill() {} });
    const probes = createLoneProcesses(start, { timeoutMs: 20, mostLeft: 3 });
    const { mounts, lines } = scripted({ table: [automount, nfs], probes });
    expect(await mounts.probe(path, signal)).not.toMatchObject({ state: "healthy" });
    expect(await mounts.probe(path, signal)).not.toMatchObject({ state: "healthy" });
    lines[1] = nfs.replace("97 ", "98 ");
    expect(await mounts.probe(path, signal)).toEqual({ state: "healthy" });
  });

  it("set the automount up anew, also where there is nothing to reset", async () => {
    const { asked, mounts } = scripted({ table: [automount], ends: { "reset-failed": { ...done, exitCode: 1 } } });
    await mounts.arm(path, signal);
    const unit = "home-mpihpc-shared";
    expect(asked.map((command) => command.replace("systemctl --no-ask-password ", ""))).toEqual([
      "daemon-reload",
      `reset-failed ${unit}.mount ${unit}.automount`,
      `restart ${unit}.automount`,
    ]);
  });

  it("restart nothing under a mount that is in use", async () => {
    const { asked, mounts } = scripted({ table: [automount, nfs] });
    await mounts.arm(path, signal);
    expect(asked).toEqual(["systemctl --no-ask-password daemon-reload"]);
  });

  it("say what mount.nfs said where nothing was mounted, and only there", async () => {
    const probe = { ...done, exitCode: 1, stderr: `stat: cannot statx '${path}/.': No such device\n` };
    const stdout = "Mounting /home…\nmount.nfs: access denied by server while mounting\nFailed to mount.\n";
    const unmounted = scripted({ table: [automount], probe, ends: { journalctl: { ...done, stdout } } });
    expect(await unmounted.mounts.probe(path, signal)).toEqual({
      state: "refused",
      reason: "mount.nfs: access denied by server while mounting",
    });
    const mounted = scripted({ table: [automount, nfs], probe, ends: { journalctl: { ...done, stdout } } });
    expect(await mounted.mounts.probe(path, signal)).toMatchObject({
      reason: expect.stringContaining("No such device"),
    });
    expect(mounted.asked).toEqual([]);
  });

  it.runIf(existsSync(generator))("F3: know the units that systemd itself makes of the line", async () => {
    const folder = await makeTemporaryFolder("generator");
    await mkdir(`${folder}/units`);
    const text = fstabWith("", { source, path, options: mountOptions }, [source]);
    await writeFile(`${folder}/fstab`, text);
    const units = `${folder}/units`;
    const env = { ...process.env, SYSTEMD_FSTAB: `${folder}/fstab` };
    const { status, stderr } = spawnSync(generator, [units, units, units], { env, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const readText = (file: string) =>
      readFile(file.replace("/run/systemd/generator", units), "utf8").catch(() => undefined);
    const { mounts } = scripted({ readText });
    expect(await mounts.look(path)).toEqual({ mounted: [], loaded: { source, options: mountOptions } });
    expect(existsSync(`${units}/remote-fs.target.wants/home-mpihpc-shared.automount`)).toBe(true);
    expect(existsSync(`${units}/remote-fs.target.requires`)).toBe(false); // no boot depends on it
  });

  it("tell whether somebody takes a connection", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await connects("127.0.0.1", port, 1_000, signal)).toBe(true);
    expect(await connects("127.0.0.1", 1, 1_000, signal)).toBe(false);
    await expect(connects("127.0.0.1", port, 1_000, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});
