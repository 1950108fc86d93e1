import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Job, JobEnd, Jobs } from "../../jobs/jobs.ts";
import { createLinuxPackages } from "./packages.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const signal = new AbortController().signal;
const now = () => 0;
const hourMs = 3_600_000;
const done: JobEnd = { exitCode: 0, output: "" };
const failed = (output: string): JobEnd => ({ exitCode: 100, output });

/** Jobs that end as they are told to, in turn, and remember what they were asked. */
function scriptedJobs(...ends: readonly JobEnd[]): Jobs & { readonly asked: readonly Job[] } {
  const asked: Job[] = [];
  return {
    asked,
    async run(job) {
      asked.push(job);
      return ends[asked.length - 1] ?? done;
    },
  };
}

const names = (jobs: { readonly asked: readonly Job[] }) =>
  jobs.asked.map(({ id }) => id.replace(/-[0-9a-f]{12}$/, ""));

/** A root folder with package lists, as on a machine that has seen an update. */
async function makeRoot(): Promise<string> {
  const root = await makeTemporaryFolder("packages");
  await mkdir(`${root}/var/lib/apt/lists`, { recursive: true });
  await mkdir(`${root}/var/lib/dpkg/updates`, { recursive: true });
  await writeFile(`${root}/var/lib/apt/lists/deb.debian.org_dists_bookworm_main_binary-amd64_Packages`, "");
  return root;
}

describe("linux packages", () => {
  it("installs with apt-get, asking nothing and keeping the operator's files", async () => {
    const jobs = scriptedJobs();
    await createLinuxPackages({ root: await makeRoot(), jobs, now }).install(["openmpi-bin", "vim"], signal);
    expect(names(jobs)).toEqual(["apt-install"]);
    const [job] = jobs.asked;
    expect(job?.argv[0]).toBe("/usr/bin/apt-get");
    expect(job?.argv.join(" ")).toContain("DPkg::Lock::Timeout=");
    expect(job?.argv.join(" ")).toContain("--force-confold");
    expect(job?.argv.slice(-2)).toEqual(["openmpi-bin", "vim"]);
    expect(job?.argv).toContain("--no-install-recommends");
    expect(job?.env["DEBIAN_FRONTEND"]).toBe("noninteractive");
  });

  it("lets apt uninstall nobody's package for the sake of a new one, and says so where it would have to", async () => {
    const refusal = failed("E: Packages need to be removed but remove is disabled.\n");
    const jobs = scriptedJobs(refusal, done, refusal);
    await expect(createLinuxPackages({ root: await makeRoot(), jobs, now }).install(["vim"], signal)).rejects.toThrow(
      "remove is disabled",
    );
    const installs = jobs.asked.filter(({ argv }) => argv.includes("install"));
    expect(installs.map(({ argv }) => argv.includes("--no-remove"))).toEqual([true, true]);
  });

  it("updates first on a machine without package lists", async () => {
    const jobs = scriptedJobs();
    await createLinuxPackages({ root: await makeTemporaryFolder("packages"), jobs, now }).install(["vim"], signal);
    expect(names(jobs)).toEqual(["apt-update", "apt-install"]);
  });

  it("updates and tries again when the lists are too old", async () => {
    const jobs = scriptedJobs(failed("E: Failed to fetch http://deb/vim 404\n"));
    await createLinuxPackages({ root: await makeRoot(), jobs, now }).install(["vim"], signal);
    expect(names(jobs)).toEqual(["apt-install", "apt-update", "apt-install"]);
  });

  it("asks the mirror for new lists once an hour at most, however often an installation fails", async () => {
    let time = 0;
    const missing = failed("E: Unable to locate package nosuch\n");
    const jobs = scriptedJobs(missing, done, missing, missing, missing, done, missing);
    const packages = createLinuxPackages({ root: await makeRoot(), jobs, now: () => time });
    for (time of [0, hourMs - 1, hourMs]) {
      await expect(packages.install(["nosuch"], signal)).rejects.toThrow("Unable to locate package nosuch");
    }
    const withUpdate = ["apt-install", "apt-update", "apt-install"];
    expect(names(jobs)).toEqual([...withUpdate, "apt-install", ...withUpdate]);
  });

  it("asks for them again with the next attempt where the mirror was not reached", async () => {
    const missing = failed("E: Unable to locate package vim\n");
    const jobs = scriptedJobs(missing, failed("E: Could not resolve 'deb.debian.org'\n"), missing, missing);
    const packages = createLinuxPackages({ root: await makeRoot(), jobs, now });
    await expect(packages.install(["vim"], signal)).rejects.toThrow("Could not resolve");
    await packages.install(["vim"], signal);
    expect(names(jobs).filter((name) => name === "apt-update")).toHaveLength(2);
    // without it, apt calls an update a success that reached nobody
    expect(jobs.asked[1]?.argv).toContain("APT::Update::Error-Mode=any");
  });

  it("finishes what a power cut interrupted", async () => {
    const root = await makeRoot();
    await writeFile(`${root}/var/lib/dpkg/updates/0001`, "");
    const jobs = scriptedJobs();
    await createLinuxPackages({ root, jobs, now }).install(["vim"], signal);
    expect(names(jobs)).toEqual(["dpkg-configure", "apt-install"]);
  });

  it("tells why both failed, in apt's words", async () => {
    const missing = failed("E: Unable to locate package nosuch\n");
    const jobs = scriptedJobs(missing, failed("E: Could not resolve 'deb.debian.org'\n"), missing);
    await expect(
      createLinuxPackages({ root: await makeRoot(), jobs, now }).install(["nosuch"], signal),
    ).rejects.toMatchObject({
      name: "InstallError",
      message:
        "apt-get install: E: Unable to locate package nosuch; apt-get update: E: Could not resolve 'deb.debian.org'",
    });
  });

  it.each(["", "vim=1", "vim-", "-y", "vim*", "a b", "../x"])(
    "refuses %j as a name before anything runs",
    async (name) => {
      const jobs = scriptedJobs();
      const packages = createLinuxPackages({ root: await makeRoot(), jobs, now });
      await expect(packages.install([name], signal)).rejects.toThrow("is not a package name");
      await expect(packages.installed([name], signal)).rejects.toThrow("is not a package name");
      expect(jobs.asked).toEqual([]);
    },
  );

  it.runIf(existsSync("/usr/bin/dpkg-query"))("finds those that are installed and configured", async () => {
    const root = await makeRoot();
    const entry = (name: string, state: string) =>
      `Package: ${name}\nStatus: ${state}\nArchitecture: all\nVersion: 1\nMaintainer: x <x@x>\nDescription: x\n`;
    const entries = [
      entry("whole", "install ok installed"),
      entry("held", "hold ok installed"),
      entry("half", "install ok half-configured"),
      entry("gone", "deinstall ok config-files"),
      entry("g++", "install ok installed"),
    ];
    await writeFile(`${root}/var/lib/dpkg/status`, entries.join("\n"));
    const packages = createLinuxPackages({ root, jobs: scriptedJobs(), now });
    const asked = ["whole", "held", "half", "gone", "g++", "unknown"];
    expect([...(await packages.installed(asked, signal))].sort()).toEqual(["g++", "held", "whole"]);
    expect(await packages.installed([], signal)).toEqual(new Set());
  });
});
