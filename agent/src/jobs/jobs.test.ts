import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseExitRecord } from "./exit-record.ts";
import { jobsContract, type ScriptedJob } from "./jobs.contract.ts";
import type { Job } from "./jobs.ts";
import { createMemoryJobs, type JobWorld } from "./memory-jobs.ts";
import { createPretendSystemd } from "./pretend-systemd.ts";
import { createSystemdJobs } from "./systemd-jobs.ts";
import { startCommand, unitOf } from "./unit-command.ts";

const signal = new AbortController().signal;

describe("memory jobs", () =>
  jobsContract(async () => {
    const world: JobWorld = new Map();
    const scripts = new Map<unknown, { text: string; exitCode: number; seconds: number }>();
    const create = () =>
      createMemoryJobs(async (job, wrote) => {
        const { text = "", exitCode = 0, seconds = 0 } = scripts.get(job) ?? {};
        wrote(`${text}\n`);
        await setTimeout(seconds * 1000);
        return { exitCode, output: `${text}\n` };
      }, world);
    const scripted: ScriptedJob = (id, script) => {
      const job = { id, argv: ["/bin/echo", script.text], env: {} } as const;
      scripts.set(job, script);
      return job;
    };
    return { jobs: create(), restart: create, scripted };
  }));

describe("systemd jobs", () => {
  let root: string;
  let folder: string;
  let transientUnits: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "jobs-"));
    folder = join(root, "jobs");
    transientUnits = join(root, "transient");
    await mkdir(transientUnits);
  });
  afterEach(() => rm(root, { recursive: true }));

  const create = () => createSystemdJobs({ folder, transientUnits, execute: createPretendSystemd(transientUnits) });
  const script = 'echo "$1"; sleep "$3"; exit "$2"';
  const scripted: ScriptedJob = (id, { text, exitCode, seconds }) => ({
    id,
    argv: ["/bin/sh", "-c", script, "sh", text, `${exitCode}`, `${seconds}`],
    env: {},
  });

  jobsContract(async () => ({ jobs: create(), restart: create, scripted }));

  it("leaves nothing on the disk", async () => {
    await create().run(scripted("tidy", { text: "x", exitCode: 0, seconds: 0 }), signal);
    expect(await readdir(folder)).toEqual([]);
  });

  it("tells of a signal as a shell would", async () => {
    const end = await create().run({ id: "shot", argv: ["/bin/sh", "-c", "kill -KILL $$"], env: {} }, signal);
    expect(end.exitCode).toBe(137);
  });

  it("keeps the end of a long output", async () => {
    const argv = ["/bin/sh", "-c", "head -c 40000 /dev/zero | tr '\\0' x; echo end"] as const;
    const { output } = await create().run({ id: "long", argv, env: {} }, signal);
    expect(output).toHaveLength(16 * 1024);
    expect(output.endsWith("xend\n")).toBe(true);
  });

  it("finds a job lost whose unit is gone and left no exit code, and frees the id", async () => {
    await mkdir(join(folder, "cut"), { recursive: true });
    await writeFile(join(folder, "cut", "job.json"), "{}");
    await writeFile(join(folder, "cut", "output"), "half a li");
    const job = scripted("cut", { text: "whole", exitCode: 0, seconds: 0 });
    await expect(create().run(job, signal)).rejects.toMatchObject({ name: "JobLostError" });
    expect(await create().run(job, signal)).toEqual({ exitCode: 0, output: "whole\n" });
  });

  it("starts a job that an agent wrote down and did not come to start", async () => {
    await mkdir(join(folder, "early"), { recursive: true });
    await writeFile(join(folder, "early", "job.json"), "{}");
    const end = await create().run(scripted("early", { text: "now", exitCode: 0, seconds: 0 }), signal);
    expect(end.output).toBe("now\n");
  });

  it("starts a job anew although the unit of the former one, whose end was told, is not gone yet", async () => {
    const former = join(transientUnits, unitOf("again"));
    await writeFile(former, "");
    const running = create().run(scripted("again", { text: "anew", exitCode: 0, seconds: 0 }), signal);
    await setTimeout(100);
    await rm(former);
    expect(await running).toEqual({ exitCode: 0, output: "anew\n" });
  }, 10_000);

  it("waits for a job where the kernel has no watch left to give", async () => {
    const watch = () => {
      throw Object.assign(new Error("EMFILE: too many open files, watch"), { code: "EMFILE" });
    };
    const jobs = createSystemdJobs({ folder, transientUnits, execute: createPretendSystemd(transientUnits), watch });
    const end = await jobs.run(scripted("unwatched", { text: "x", exitCode: 0, seconds: 0.1 }), signal);
    expect(end).toEqual({ exitCode: 0, output: "x\n" });
  });

  it("says why a job could not be started, and leaves nothing", async () => {
    const execute = () => Promise.reject(new Error("systemd-run: no such program"));
    const jobs = createSystemdJobs({ folder, transientUnits, execute });
    await expect(jobs.run({ id: "none", argv: ["/nowhere"], env: {} }, signal)).rejects.toThrow("no such program");
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a job's unit", () => {
  it("gets its arguments as they are, dollars doubled for systemd", () => {
    const job = { id: "apt-1", argv: ["/usr/bin/apt-get", "install", "a b", "$HOME"], env: { LC_ALL: "C" } } as const;
    const command = startCommand(job, "/var/lib/cowherd/agent/jobs/apt-1");
    expect(command.slice(command.indexOf("--"))).toEqual(["--", "/usr/bin/apt-get", "install", "a b", "$$HOME"]);
    expect(command).toContain("--setenv=LC_ALL=C");
    expect(command).toContain("--unit=cowherd-job-apt-1.service");
  });

  it("runs as whom it is said, out of the others' way and not for ever", () => {
    const job: Job = {
      id: "build",
      argv: ["/bin/true"],
      env: {},
      as: { uid: 7777, gid: 7778 },
      gentle: true,
      maxSeconds: 9,
    };
    const properties = startCommand(job, "/jobs/build");
    expect(properties).toEqual(expect.arrayContaining(["--uid=7777", "--gid=7778", "--nice=10"]));
    expect(properties).toContain("--property=NoNewPrivileges=yes");
    expect(properties).toContain("--property=RuntimeMaxSec=9");
    // a user's record of its end would not get into root's folder
    expect(properties).toContain("--property=PermissionsStartOnly=yes");
  });

  it("records its end by plain words, which a systemd that reloads reads as it wrote them", () => {
    const job: Job = { id: "a", argv: ["/bin/true"], env: {}, as: { uid: 7777, gid: 7777 } };
    expect(startCommand(job, "/jobs/a")).toContain("--property=ExecStopPost=/bin/sh /jobs/a/record-exit /jobs/a");
  });

  it("has its end read, and nothing else taken for one", () => {
    expect(parseExitRecord("exited 100\n")).toBe(100);
    expect(parseExitRecord("killed TERM\n")).toBe(143);
    expect(parseExitRecord("dumped SEGV\n")).toBe(139);
    expect(parseExitRecord("exited \n")).toBeUndefined();
    expect(parseExitRecord(" \n")).toBeUndefined();
  });
});
