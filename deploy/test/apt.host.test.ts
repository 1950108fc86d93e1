import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost, RunResult } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { bundleForHost } from "./bundle-for-host.ts";
import { type MadePackage, offerPackages } from "./made-packages.ts";

/** It holds the lock for a while longer than until the agent's installer has come. */
const slow =
  '#!/bin/sh\ntouch "/srv/begun-$DPKG_MAINTSCRIPT_PACKAGE"; until pgrep -f installer.mjs; do sleep 0.1; done; sleep 5\n';
const endless = "#!/bin/sh\n[ -e /srv/again ] && exit 0\ntouch /srv/begun-endless; sleep 600\n";
const question =
  "#!/bin/sh -e\n. /usr/share/debconf/confmodule\ndb_input critical asking/word || true\ndb_go || true\n";
const templates = "Template: asking/word\nType: string\nDescription: Which word?\n";
const asking = (version: string): MadePackage => ({
  name: "asking",
  version,
  control: { config: question, templates, conffiles: "/etc/asking.conf\n", postinst: question },
  files: { "/etc/asking.conf": `of version ${version}\n` },
});
const packages: readonly MadePackage[] = [
  { name: "slow", version: "1", control: { postinst: slow } },
  { name: "plain", version: "1" },
  { name: "endless", version: "1", depends: "plain-too", control: { postinst: endless } },
  { name: "plain-too", version: "1" },
  asking("2"),
  { name: "needing", version: "1", depends: "asking (>= 2)" },
];

let work: string;
let lab: Lab;
let host: LabHost;

beforeAll(async () => {
  work = await mkdtemp(`${tmpdir()}/cowherd-apt-test-`);
  const installer = new URL("../../agent/src/host/linux/package-installer.fixture.ts", import.meta.url);
  await bundleForHost(installer, `${work}/installer.mjs`);
  lab = await createNspawnLab("test-apt");
  host = await lab.boot("worker", { address: "192.168.56.20" });
  await host.copyIn(process.execPath, "/opt/node", 0o755);
  await host.copyIn(`${work}/installer.mjs`, "/opt/installer.mjs");
  await offerPackages(host, packages);
});

afterAll(async () => {
  await lab?.down();
  await rm(work, { recursive: true, force: true });
});

const install = (...names: string[]): Promise<RunResult> =>
  host.run(["/opt/node", "/opt/installer.mjs", ...names], { timeoutMs: 120_000 });

const stateOf = (name: string) => host.check(["dpkg-query", "--show", "--showformat", "${Status}", name]);

const begun = (name: string) =>
  waitFor(
    `the installation of ${name}`,
    async () => ((await host.run(["test", "-e", `/srv/begun-${name}`])).exitCode === 0 ? true : undefined),
    { timeoutMs: 30_000 },
  );

describe("the agent's apt on a real host", () => {
  it("waits for a foreign process that holds the lock, says which, and goes on with one refresh for all", async () => {
    const archive = "/srv/repository/slow_1_all.deb";
    await host.check(["systemd-run", "--quiet", "--unit=foreign", "dpkg", "--install", archive]);
    await begun("slow");
    const { exitCode, stdout, stderr } = await install("plain");
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toMatch(/^waiting for dpkg \(process \d+\), which holds dpkg's lock$/);
    expect(lines.filter((line) => line === "refreshing the package lists")).toHaveLength(1);
    expect(await stateOf("slow")).toBe("install ok installed");
    expect(await stateOf("plain")).toBe("install ok installed");
  });

  it("repairs at the next run what a power cut left of an installation", async () => {
    const cut = install("endless").catch((error: unknown) => error);
    await begun("endless");
    await host.cutPower();
    await cut;
    await host.powerOn();
    expect(await stateOf("endless")).not.toBe("install ok installed");
    await host.writeFile("/srv/again", "");
    const { exitCode, stdout, stderr } = await install("endless");
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("repairing an interrupted installation\n");
    expect(await stateOf("endless")).toBe("install ok installed");
    expect(await host.check(["dpkg", "--audit"])).toBe("");
  });

  it("answers nobody's question: a package that asks is installed, and a file that was edited stays", async () => {
    const [former] = await offerPackages(host, [asking("1")]);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await host.check(["dpkg", "--install", former ?? ""], { env });
    await offerPackages(host, packages);
    await host.writeFile("/etc/asking.conf", "the operator's\n");
    const { exitCode, stderr } = await install("needing");
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(await stateOf("needing")).toBe("install ok installed");
    expect(await host.readFile("/etc/asking.conf")).toBe("the operator's\n");
    expect(await host.readFile("/etc/asking.conf.dpkg-dist")).toBe("of version 2\n");
  });

  it("says in apt's words why a package cannot be had", async () => {
    const { exitCode, stderr } = await install("nosuch");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Unable to locate package nosuch");
  });
});
