import { exitRecorder, type Job, parseExitRecord, recordExitScript, startCommand, unitOf } from "@cowherd/agent";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";

let lab: Lab;
let host: LabHost;

beforeAll(async () => {
  lab = await createNspawnLab("test-jobs");
  host = await lab.boot("worker", { address: "192.168.56.20", cpus: 1 });
});

afterAll(() => lab?.down());

const folderOf = (job: Job) => `/var/lib/cowherd/agent/jobs/${job.id}`;

/** Makes the job's folder as the agent does. */
async function makeFolder(job: Job): Promise<void> {
  await host.writeFile(`${folderOf(job)}/${exitRecorder}`, recordExitScript, 0o600);
}

/** The exit code of systemd-run is not asked for: a job that ends at once with a failure shows there too. */
async function start(job: Job): Promise<void> {
  await makeFolder(job);
  await host.run(startCommand(job, folderOf(job)));
}

/** Waits for the record that the agent waits for, by the same signs and without asking systemd. */
async function exitOf(job: Job): Promise<number | undefined> {
  await host.check(["timeout", "20", "sh", "-c", 'until [ -e "$1/exit" ]; do sleep 0.1; done', "sh", folderOf(job)]);
  return parseExitRecord(await host.readFile(`${folderOf(job)}/exit`));
}

async function isLoaded(job: Job): Promise<boolean> {
  return (await host.run(["test", "-e", `/run/systemd/transient/${unitOf(job.id)}`])).exitCode === 0;
}

const shell = (id: string, script: string, ...args: string[]): Job => ({
  id,
  argv: ["/bin/sh", "-c", script, "sh", ...args],
  env: {},
});

describe("a job's unit under a real systemd", () => {
  it("leaves the exit code and what was written", async () => {
    const job = shell("plain", "echo out; echo err >&2; exit 7");
    await start(job);
    expect(await exitOf(job)).toBe(7);
    expect(await host.readFile(`${folderOf(job)}/output`)).toBe("out\nerr\n");
  });

  it("gets arguments and environment as they are", async () => {
    const words = ["$HOME", "${HOME}", "$$", "%n", "%%", "a b", '"', "'", "\\n", "ü", ""];
    const job: Job = { ...shell("words", 'printf "[%s]" "$@" "$WORD"', ...words), env: { WORD: "$HOME %n 'x' \"y\"" } };
    await start(job);
    expect(await exitOf(job)).toBe(0);
    const expected = [...words, job.env["WORD"]].map((word) => `[${word}]`).join("");
    expect(await host.readFile(`${folderOf(job)}/output`)).toBe(expected);
  });

  it("tells of a signal", async () => {
    const job = shell("shot", 'kill -KILL "$$"');
    await start(job);
    expect(await exitOf(job)).toBe(137);
  });

  it("leaves its exit code although systemd reads its units again meanwhile, and as root also for a user's job", async () => {
    const job: Job = { ...shell("reloaded", "id --user; sleep 2; exit 3"), as: { uid: 65_534, gid: 65_534 } };
    await start(job);
    await host.check(["systemctl", "daemon-reload"]);
    expect(await exitOf(job)).toBe(3);
    expect(await host.readFile(`${folderOf(job)}/output`)).toBe("65534\n");
    expect(await host.check(["stat", "--format=%U", `${folderOf(job)}/exit`])).toBe("root\n");
  });

  it("is not started, and leaves no trace, when there is no such program", async () => {
    const job: Job = { id: "absent", argv: ["/nowhere/program"], env: {} };
    await makeFolder(job);
    const { exitCode, stderr } = await host.run(startCommand(job, folderOf(job)));
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("/nowhere/program");
    expect(await isLoaded(job)).toBe(false);
    expect(await host.check(["ls", folderOf(job)])).toBe(`${exitRecorder}\n`);
  });

  it("is known to run by its file while it runs, and outside of every slice of the agent", async () => {
    const job = shell("slow", "cat /proc/self/cgroup; until [ -e /run/enough ]; do sleep 0.1; done");
    await start(job);
    expect(await isLoaded(job)).toBe(true);
    const output = `${folderOf(job)}/output`;
    await host.check(["timeout", "20", "sh", "-c", 'until [ -s "$1" ]; do sleep 0.1; done', "sh", output]);
    expect(await host.readFile(output)).toContain("/cowherdjobs.slice/cowherd-job-slow.service");
    expect((await host.run(startCommand(job, folderOf(job)))).exitCode).not.toBe(0);
    await host.check(["touch", "/run/enough"]);
    expect(await exitOf(job)).toBe(0);
    await host.check(["timeout", "10", "sh", "-c", 'while [ -e "$1" ]; do sleep 0.1; done', "sh", unitFile(job)]);
  });

  it("is gone without a record after a power cut", async () => {
    const job = shell("cut", "echo begun; sleep 600");
    await start(job);
    await host.cutPower();
    await host.powerOn();
    expect(await isLoaded(job)).toBe(false);
    expect((await host.run(["test", "-e", `${folderOf(job)}/exit`])).exitCode).toBe(1);
  });
});

const unitFile = (job: Job) => `/run/systemd/transient/${unitOf(job.id)}`;
