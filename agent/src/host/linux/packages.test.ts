import { existsSync } from "node:fs";
import { appendFile, mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type Job, type JobEnd, JobLostError, type Jobs } from "../../jobs/jobs.ts";
import { createManualClock } from "../../manual-clock.ts";
import type { LockHolder } from "./apt-progress.ts";
import { createLinuxPackages } from "./packages.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const signal = new AbortController().signal;
const hourMs = 3_600_000;
const done: JobEnd = { exitCode: 0, output: "" };
const failed = (output: string): JobEnd => ({ exitCode: 100, output });
const entry = (name: string, state = "install ok installed") =>
  `Package: ${name}\nStatus: ${state}\nArchitecture: all\nVersion: 1\nMaintainer: x <x@x>\nDescription: x\n\n`;

/** Jobs below `root` that end as they are told to, in turn, and remember what they were asked. */
function scriptedJobs(
  root: string,
  ...ends: readonly (JobEnd | JobLostError)[]
): Jobs & { readonly asked: readonly Job[] } {
  const asked: Job[] = [];
  return {
    asked,
    async run(job, _signal, heard) {
      asked.push(job);
      const end = ends[asked.length - 1] ?? done;
      if (end instanceof JobLostError) throw end;
      heard?.(end.output);
      if (end.exitCode === 0 && job.id.startsWith("apt-install"))
        for (const name of namesIn(job)) await appendFile(`${root}/var/lib/dpkg/status`, entry(name));
      return end;
    },
  };
}

const namesIn = ({ argv }: Job) => argv.slice(argv.indexOf("--") + 1);
const idsOf = (jobs: { readonly asked: readonly Job[] }) =>
  jobs.asked.map(({ id }) => id.replace(/-[0-9a-f]{12}$/, ""));

/** A root folder with package lists, as on a machine that has just seen an update. */
async function makeRoot(lists = true): Promise<string> {
  const root = await makeTemporaryFolder("packages");
  await mkdir(`${root}/var/lib/apt/lists/partial`, { recursive: true });
  await mkdir(`${root}/var/lib/dpkg/updates`, { recursive: true });
  await writeFile(`${root}/var/lib/dpkg/status`, "");
  if (lists) await writeFile(`${root}/var/lib/apt/lists/mirror.example_dists_bookworm_main_binary-amd64_Packages`, "");
  return root;
}

type Scene = {
  readonly root?: string;
  readonly ends?: readonly (JobEnd | JobLostError)[];
  readonly holders?: readonly LockHolder[];
};

/** A machine where the locks are held by each of `holders` for one look. */
async function machine({ root, ends = [], holders = [] }: Scene = {}) {
  const at = root ?? (await makeRoot());
  const jobs = scriptedJobs(at, ...ends);
  const clock = createManualClock(Date.now());
  const left = [...holders];
  const packages = createLinuxPackages({ root: at, jobs, clock, lockHolder: async () => left.shift() });
  const told: string[] = [];
  return { root: at, jobs, clock, packages, told, progress: (text: string) => void told.push(text) };
}

describe.runIf(existsSync("/usr/bin/dpkg-query"))("linux packages", () => {
  it("installs what is missing with apt-get, asking nothing and keeping the operator's files", async () => {
    const { root, jobs, packages } = await machine();
    await appendFile(`${root}/var/lib/dpkg/status`, entry("tmux"));
    await packages.install(["openmpi-bin", "tmux", "vim"], signal);
    expect(idsOf(jobs)).toEqual(["apt-install"]);
    const [job] = jobs.asked;
    expect(job?.argv[0]).toBe("/usr/bin/apt-get");
    expect(job?.argv.join(" ")).toContain("DPkg::Lock::Timeout=");
    expect(job?.argv.join(" ")).toContain("--force-confold");
    expect(job?.argv).toContain("--no-install-recommends");
    expect(job?.argv).toContain("--no-remove");
    expect(job && namesIn(job)).toEqual(["openmpi-bin", "vim"]);
    expect(job?.env).toMatchObject({
      DEBIAN_FRONTEND: "noninteractive",
      UCF_FORCE_CONFFOLD: "1",
      NEEDRESTART_SUSPEND: "1",
      APT_LISTCHANGES_FRONTEND: "none",
    });
  });

  it("asks for the same job again as long as the same is wanted, whatever has come meanwhile", async () => {
    const { root, jobs, packages } = await machine({ ends: [failed("E: x\n"), failed("E: x\n"), failed("E: x\n")] });
    await expect(packages.install(["vim", "tmux"], signal)).rejects.toThrow("E: x");
    await appendFile(`${root}/var/lib/dpkg/status`, entry("tmux"));
    await packages.install(["tmux", "vim"], signal);
    const installs = jobs.asked.filter(({ id }) => id.startsWith("apt-install"));
    expect(new Set(installs.map(({ id }) => id)).size).toBe(1);
    const last = installs.at(-1);
    expect(last && namesIn(last)).toEqual(["vim"]);
  });

  it("installs once more where the end that it found was that of an earlier job", async () => {
    const { root, packages } = await machine();
    const ids: string[] = [];
    const stale: Jobs = {
      async run(job) {
        ids.push(job.id);
        if (ids.length > 1) await appendFile(`${root}/var/lib/dpkg/status`, entry("vim"));
        return done;
      },
    };
    const clock = createManualClock(Date.now());
    const joining = createLinuxPackages({ root, jobs: stale, clock, lockHolder: async () => undefined });
    await joining.install(["vim"], signal);
    expect(ids).toHaveLength(2);
    expect(await packages.installed(["vim"], signal)).toEqual(new Set(["vim"]));
  });

  it("takes no trouble of another package for one of those that it installs", async () => {
    const root = await makeRoot();
    const jobs = scriptedJobs(root);
    const complaining: Jobs = {
      async run(job, ...rest) {
        await jobs.run(job, ...rest);
        return failed("dpkg: error processing package broken (--configure):\n");
      },
    };
    const clock = createManualClock(Date.now());
    const packages = createLinuxPackages({ root, jobs: complaining, clock, lockHolder: async () => undefined });
    await packages.install(["vim"], signal);
    expect(idsOf(jobs)).toEqual(["apt-install"]);
  });

  it("lets apt uninstall nobody's package for the sake of a new one, and says so where it would have to", async () => {
    const refusal = failed("E: Packages need to be removed but remove is disabled.\n");
    const { jobs, packages } = await machine({ ends: [refusal, done, refusal] });
    await expect(packages.install(["vim"], signal)).rejects.toThrow("remove is disabled");
    const installs = jobs.asked.filter(({ argv }) => argv.includes("install"));
    expect(installs.map(({ argv }) => argv.includes("--no-remove"))).toEqual([true, true]);
  });

  it("waits for who holds the lock, and says who that is", async () => {
    const holder = { pid: 812, name: "unattended-upgr", lock: "dpkg's lock", own: false };
    const { jobs, clock, packages, told, progress } = await machine({ holders: [holder, holder] });
    const installing = packages.install(["vim"], signal, progress);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(jobs.asked).toEqual([]);
    expect(told).toEqual(["waiting for unattended-upgr (process 812), which holds dpkg's lock"]);
    await clock.pass(5_000);
    await installing;
    expect(idsOf(jobs)).toEqual(["apt-install"]);
  });

  it("gives up on a lock after five minutes, with its holder's name", async () => {
    const holder = { pid: 812, name: "apt-get", lock: "dpkg's lock", own: false };
    const { jobs, clock, packages } = await machine({ holders: Array.from({ length: 400 }, () => holder) });
    const installing = packages.install(["vim"], signal).catch((error: unknown) => error);
    for (let second = 0; second < 301; second += 1) await clock.pass(1_000);
    expect(await installing).toMatchObject({
      name: "InstallError",
      message: "apt-get (process 812) held dpkg's lock for 5 minutes",
    });
    expect(jobs.asked).toEqual([]);
  });

  it("stops waiting for a lock when the run is superseded", async () => {
    const holder = { pid: 812, name: "apt-get", lock: "dpkg's lock", own: false };
    const { packages } = await machine({ holders: Array.from({ length: 9 }, () => holder) });
    const stop = new AbortController();
    const installing = packages.install(["vim"], stop.signal, () => stop.abort(new Error("superseded")));
    await expect(installing).rejects.toThrow("superseded");
  });

  it("tells how far apt has come", async () => {
    const output = "pmstatus:vim:40:Unpacking vim (amd64)\n";
    const { packages, told, progress } = await machine({ ends: [{ exitCode: 0, output }] });
    await packages.install(["vim"], signal, progress);
    expect(told).toEqual(["unpacking vim (amd64), 40 % done"]);
  });

  it("updates first on a machine without package lists, and once", async () => {
    const { jobs, packages } = await machine({ root: await makeRoot(false), ends: [done, failed("E: no\n")] });
    await expect(packages.install(["vim"], signal)).rejects.toThrow("E: no");
    expect(idsOf(jobs)).toEqual(["apt-update", "apt-install"]);
  });

  it("updates first where the lists are older than a day, and once an hour at most", async () => {
    const { root, jobs, packages } = await machine({ ends: [done, failed("E: no\n"), failed("E: no\n")] });
    const old = new Date(Date.now() - 25 * hourMs);
    for (const path of ["lists/partial", "lists"]) await utimes(`${root}/var/lib/apt/${path}`, old, old);
    await expect(packages.install(["vim"], signal)).rejects.toThrow("E: no");
    await expect(packages.install(["vim"], signal)).rejects.toThrow("E: no");
    expect(idsOf(jobs)).toEqual(["apt-update", "apt-install", "apt-install"]);
  });

  it("updates and tries again when the lists are too old", async () => {
    const { jobs, packages } = await machine({ ends: [failed("E: Failed to fetch http://deb/vim 404\n")] });
    await packages.install(["vim"], signal);
    expect(idsOf(jobs)).toEqual(["apt-install", "apt-update", "apt-install"]);
  });

  it("asks the mirror for new lists once an hour at most, however often an installation fails", async () => {
    const missing = failed("E: Unable to locate package nosuch\n");
    const { jobs, clock, packages } = await machine({
      ends: [missing, done, missing, missing, missing, done, missing],
    });
    for (const ms of [0, hourMs - 1, 1]) {
      await clock.pass(ms);
      await expect(packages.install(["nosuch"], signal)).rejects.toThrow("Unable to locate package nosuch");
    }
    const withUpdate = ["apt-install", "apt-update", "apt-install"];
    expect(idsOf(jobs)).toEqual([...withUpdate, "apt-install", ...withUpdate]);
  });

  it("asks for them again with the next attempt where the mirror was not reached", async () => {
    const missing = failed("E: Unable to locate package vim\n");
    const unreached = failed("E: Could not resolve 'mirror.example'\n");
    const { jobs, packages } = await machine({ ends: [missing, unreached, missing, missing] });
    await expect(packages.install(["vim"], signal)).rejects.toThrow("Could not resolve");
    await packages.install(["vim"], signal);
    expect(idsOf(jobs).filter((id) => id === "apt-update")).toHaveLength(2);
    // without it, apt calls an update a success that reached nobody
    expect(jobs.asked[1]?.argv).toContain("APT::Update::Error-Mode=any");
  });

  it("finishes what a power cut interrupted", async () => {
    const root = await makeRoot();
    await writeFile(`${root}/var/lib/dpkg/updates/0001`, "");
    const { jobs, packages, told, progress } = await machine({ root });
    await packages.install(["vim"], signal, progress);
    expect(idsOf(jobs)).toEqual(["dpkg-configure", "apt-install"]);
    expect(told).toContain("repairing an interrupted installation");
  });

  it("takes the work of its own job for no interruption either, and joins it", async () => {
    const root = await makeRoot();
    await writeFile(`${root}/var/lib/dpkg/updates/0001`, "");
    const own = { pid: 7, name: "apt-get", lock: "dpkg's lock", own: true };
    const { jobs, packages, told, progress } = await machine({ root, holders: [own] });
    await packages.install(["vim"], signal, progress);
    expect(idsOf(jobs)).toEqual(["apt-install"]);
    expect(told.join()).not.toMatch(/repairing|waiting/);
  });

  it("takes no other's work for an interruption", async () => {
    const root = await makeRoot();
    const jobs = scriptedJobs(root);
    await writeFile(`${root}/var/lib/dpkg/updates/0001`, "");
    const clock = createManualClock(Date.now());
    const packages = createLinuxPackages({
      root,
      jobs,
      clock,
      async lockHolder() {
        await rm(`${root}/var/lib/dpkg/updates/0001`, { force: true }); // the other's work ended while it was waited for
        return undefined;
      },
    });
    await packages.install(["vim"], signal);
    expect(idsOf(jobs)).toEqual(["apt-install"]);
  });

  it("installs again what a power cut took its job from", async () => {
    const { jobs, packages } = await machine({ ends: [new JobLostError("job left no exit code")] });
    await packages.install(["vim"], signal);
    expect(idsOf(jobs)).toEqual(["apt-install", "apt-install"]);
  });

  it("repairs packages that lack what they depend on, and says how where it cannot", async () => {
    const broken = failed(
      "E: Unmet dependencies. Try 'apt --fix-broken install' with no packages (or specify a solution).\n",
    );
    const healed = await machine({ ends: [broken] });
    await healed.packages.install(["vim"], signal);
    expect(idsOf(healed.jobs)).toEqual(["apt-install", "dpkg-configure", "apt-fix-broken", "apt-install"]);

    const beyond = await machine({ ends: [broken, done, broken, broken, done, broken] });
    await expect(beyond.packages.install(["vim"], signal)).rejects.toThrow(
      "to repair it by hand: dpkg --configure -a && apt-get --fix-broken install",
    );
  });

  it("tells why both failed, in apt's words", async () => {
    const missing = failed("pmerror:x:0:y\nE: Unable to locate package nosuch\n");
    const { packages } = await machine({ ends: [missing, failed("E: Could not resolve 'mirror.example'\n"), missing] });
    await expect(packages.install(["nosuch"], signal)).rejects.toMatchObject({
      name: "InstallError",
      message:
        "apt-get install: E: Unable to locate package nosuch; apt-get update: E: Could not resolve 'mirror.example'",
    });
  });

  it.each(["", "vim=1", "vim-", "-y", "vim*", "a b", "../x"])(
    "refuses %j as a name before anything runs",
    async (name) => {
      const { jobs, packages } = await machine();
      await expect(packages.install([name], signal)).rejects.toThrow("is not a package name");
      await expect(packages.installed([name], signal)).rejects.toThrow("is not a package name");
      expect(jobs.asked).toEqual([]);
    },
  );

  it("finds those that are installed and configured", async () => {
    const { root, packages } = await machine();
    const entries = [
      entry("whole"),
      entry("held", "hold ok installed"),
      entry("half", "install ok half-configured"),
      entry("gone", "deinstall ok config-files"),
      entry("g++"),
    ];
    await writeFile(`${root}/var/lib/dpkg/status`, entries.join(""));
    const asked = ["whole", "held", "half", "gone", "g++", "unknown"];
    expect([...(await packages.installed(asked, signal))].sort()).toEqual(["g++", "held", "whole"]);
    expect(await packages.installed([], signal)).toEqual(new Set());
  });

  it("notices what became of them meanwhile, and of others", async () => {
    const { root, packages } = await machine();
    const asked = ["one", "two"];
    await writeFile(`${root}/var/lib/dpkg/status`, entry("one"));
    expect(await packages.installed(asked, signal)).toEqual(new Set(["one"]));
    await writeFile(`${root}/var/lib/dpkg/status-new`, entry("two"));
    await rename(`${root}/var/lib/dpkg/status-new`, `${root}/var/lib/dpkg/status`); // as dpkg does
    expect(await packages.installed(asked, signal)).toEqual(new Set(["two"]));
    await appendFile(`${root}/var/lib/dpkg/status`, entry("three"));
    expect(await packages.installed([...asked, "three"], signal)).toEqual(new Set(["two", "three"]));
  });
});
