import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createJoinLine, initCluster, installProduct, type ProductPackages } from "../cluster/operate.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages, buildProduct } from "../packaging/build-packages.ts";

const services = ["cowherd-agent.service", "cowherd-controller.service"] as const;
const slices = ["cowherd.slice", "cowherdjobs.slice"];
const nextVersion = "9.0.0";

let work: string;
let packages: ProductPackages;
let upgraded: ProductPackages;
let lab: Lab;
let host: LabHost;

/** One plain host for all tests here, which follow one another: each leaves it as the next one needs it. */
beforeAll(async () => {
  work = await mkdtemp(`${tmpdir()}/cowherd-package-test-`);
  packages = await buildPackages();
  upgraded = { ...packages, product: await buildProduct(nextVersion, { bundles: `${work}/dist`, out: work }) };
  lab = await createNspawnLab("test-package");
  host = await lab.boot("primary", { address: "192.168.56.10", cpus: 1 });
});

afterAll(async () => {
  await lab?.down();
  await rm(work, { recursive: true, force: true });
});

describe("the packages on a plain host", () => {
  it("leave no trace of an installation that was purged", async () => {
    const before = await inventory();
    await installProduct(host, packages);
    expect(await inventory()).not.toEqual(before);
    await purge();
    expect(await inventory()).toEqual(before);
  });

  it("are not installed where the login cowherd is somebody else's, which stays as it was", async () => {
    await host.check(["useradd", "--create-home", "cowherd"]);
    const login = await host.check(["getent", "passwd", "cowherd"]);
    const { exitCode, stderr } = await host.run(["dpkg", "--install", "/var/tmp/cowherd.deb"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/the user cowherd .* is not this package's/),
    });
    expect(await host.check(["getent", "passwd", "cowherd"])).toBe(login);
    await host.check(["userdel", "--remove", "cowherd"]);
  });

  it("bring the programs, the user and the folders, and start nothing", async () => {
    await installProduct(host, packages);
    expect(await host.check(["cowctl", "--version"])).toMatch(/\d+\.\d+\.\d+/);
    expect(await host.check(["getent", "passwd", "cowherd"])).toMatch(
      /^cowherd:x:\d{1,3}:\d{1,3}:[^:]*:\/var\/lib\/cowherd:\/usr\/sbin\/nologin\n$/,
    );
    expect(
      await host.check([
        "stat",
        "--format=%a %U %n",
        "/var/lib/cowherd",
        "/var/lib/cowherd/agent",
        "/var/lib/cowherd/controller",
        "/var/cache/cowherd/cowctl",
      ]),
    ).toBe(
      "755 root /var/lib/cowherd\n700 root /var/lib/cowherd/agent\n700 cowherd /var/lib/cowherd/controller\n700 root /var/cache/cowherd/cowctl\n",
    );
    for (const service of services) {
      expect(await property(service, "LoadState")).toBe("loaded");
      expect(await property(service, "ActiveState")).toBe("inactive");
      expect(await property(service, "UnitFileState")).toBe("disabled");
    }
  });

  it("bring a cowctl that root finds compiled, and anybody can start", async () => {
    const cache = ["find", "/var/cache/cowherd/cowctl", "-type", "f", "-printf", "%u %i\\n"];
    await host.check(["cowctl", "--version"]);
    const kept = await host.check(cache);
    expect(kept).toMatch(/^root /);
    expect(await host.check(["runuser", "-u", "nobody", "--", "cowctl", "--version"])).toMatch(/\d+\.\d+\.\d+/);
    await host.check(["cowctl", "--version"]);
    expect(await host.check(cache)).toBe(kept); // read, and not written again
  });

  it("bring units that systemd has nothing to say against", async () => {
    const { exitCode, stdout, stderr } = await host.run(["systemd-analyze", "verify", ...services, ...slices]);
    expect({ exitCode, said: linesAbout("cowherd", stdout + stderr) }).toEqual({ exitCode: 0, said: [] });
    expect(await exposure("cowherd-controller.service")).toBeLessThanOrEqual(1.3);
    expect(await exposure("cowherd-agent.service")).toBeLessThanOrEqual(6.0);
  });
});

describe("a primary", () => {
  it("runs both services within the limits of their units", async () => {
    await initCluster(host, "packages: [openmpi-bin]\nnodes:\n  primary: { address: 192.168.56.10 }\n");
    for (const service of services) {
      expect(await property(service, "ActiveState")).toBe("active");
      expect(await property(service, "UnitFileState")).toBe("enabled");
      expect(await property(service, "ControlGroup")).toBe(`/cowherd.slice/${service}`);
    }
    expect(await host.check(["stat", "--format=%a %U", "/run/cowherd"])).toBe("700 cowherd\n");
    await untilReady();
  });

  it("keeps its state and its jobs through an upgrade, and runs the new programs after it", async () => {
    const before = await identity();
    const former = await mainPids();
    await host.check(["systemd-run", "--unit=cowherd-job-test", "--slice=cowherdjobs.slice", "sleep", "infinity"]);
    const ofFormerRuntime = "/var/cache/cowherd/agent/v22.0.0-x64-0-0";
    await host.check(["mkdir", ofFormerRuntime]);
    await host.writeFile(`${ofFormerRuntime}/cdbceed3`, "compiled");
    await installProduct(host, upgraded);
    expect(await host.check(["cowctl", "--version"])).toContain(nextVersion);
    expect((await host.run(["stat", ofFormerRuntime])).exitCode).toBe(1);
    const latter = await mainPids();
    for (const service of services) expect(latter[service]).not.toBe(former[service]);
    expect(await identity()).toBe(before);
    expect(await property("cowherd-job-test.service", "ActiveState")).toBe("active");
    await untilReady();
  });

  it("is left alone in what the operator stopped and disabled", async () => {
    await host.check(["systemctl", "disable", "--now", "cowherd-agent.service"]);
    await installProduct(host, { ...packages, product: upgraded.product });
    await host.check(["dpkg-trigger", "--by-package=cowherd-runtime", "/usr/lib/cowherd/runtime"]);
    await host.check(["dpkg", "--configure", "--pending"]);
    expect(await property("cowherd-agent.service", "ActiveState")).toBe("inactive");
  });

  it("can have an agent that is only tried, by systemd-run", async () => {
    await host.check(["mkdir", "/opt/try"]);
    for (const file of ["cowherd-runtime.deb", "cowherd.deb"]) {
      await host.check(["dpkg-deb", "--extract", `/var/tmp/${file}`, "/opt/try"]);
    }
    const node = "/opt/try/usr/lib/cowherd/runtime/node";
    const agent = "/opt/try/usr/lib/cowherd/cowherd-agent.mjs";
    const state = ["--state-dir", "/run/try-agent"];
    const answers = async () => ((await host.run(["cowctl", "status"])).exitCode === 0 ? true : undefined);
    await waitFor("the controller to answer after its restart", answers, { timeoutMs: 60_000, everyMs: 500 });
    const [, , address = "", token = ""] = (await createJoinLine(host, "primary")).split(" ");
    await host.check([node, agent, "join", "--no-start", ...state, address, token], { timeoutMs: 60_000 });
    const limits = ["--service-type=exec", "--property=Restart=always", "--property=MemoryMax=256M"];
    await host.check(["systemd-run", "--unit=try-agent", ...limits, node, agent, "run", ...state]);
    await untilReady();
    await host.check(["systemctl", "stop", "try-agent.service"]);
    expect(await property("try-agent.service", "LoadState")).toBe("not-found");
    await host.check(["rm", "-r", "/opt/try", "/run/try-agent"]);
  });

  it("keeps its state when the packages are removed, and runs nothing of them", async () => {
    const before = await identity();
    const patience = ["-o", "DPkg::Lock::Timeout=60"]; // the agent may be installing the broker's package
    await host.check(["apt-get", "remove", "--yes", ...patience, "cowherd", "cowherd-runtime"], { timeoutMs: 120_000 });
    expect(await unitsNamed("cowherd", "--state=active,activating,failed")).toEqual([]);
    expect(await identity()).toBe(before);
  });

  it("has nothing of the packages left after a purge, and all that was made for the operator", async () => {
    await purge();
    for (const path of ["/var/lib/cowherd", "/var/cache/cowherd", "/run/cowherd", "/usr/lib/cowherd"]) {
      expect((await host.run(["test", "-e", path])).exitCode, path).toBe(1);
    }
    expect(await host.check(["find", "/etc", "/usr", "/var/lib/systemd", "/run/systemd", "-name", "cowherd*"])).toBe(
      "",
    );
    expect((await host.run(["getent", "passwd", "cowherd"])).exitCode).toBe(2);
    expect((await host.run(["getent", "group", "cowherd"])).exitCode).toBe(2);
    expect(await unitsNamed("cowherd", "--all")).toEqual([]);
    expect(await host.check(["stat", "--format=%U", "/home/mpihpc"])).toBe("mpihpc\n");
    expect(await host.readFile("/etc/hosts")).toContain("192.168.56.10");
  });
});

async function purge(): Promise<void> {
  await host.check(["apt-get", "purge", "--yes", "cowherd", "cowherd-runtime"], { timeoutMs: 120_000 });
}

/** Everything that an installation could leave behind: files, logins, groups and units. */
async function inventory(): Promise<{ files: string[]; logins: string; groups: string; units: string }> {
  const notOurs = ["/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", "/var/log", "/var/cache/apt", "/var/lib/apt"];
  const apts = ["/var/lib/dpkg", "/var/lib/systemd", "/var/cache/debconf", "/etc/*-", "/etc/.pwd.lock"];
  const prune = [...notOurs, ...apts].flatMap((path) => ["-path", path, "-prune", "-o"]);
  const found = await host.check(["find", "/", ...prune, "-printf", "%M %u %p\\n"]);
  return {
    files: found.split("\n").toSorted(),
    logins: await host.readFile("/etc/passwd"),
    groups: await host.readFile("/etc/group"),
    units: await host.check(["systemctl", "list-unit-files", "--no-legend", "--plain", "--type=service,slice"]),
  };
}

/** What must outlive everything but a purge: the CA's pin is in it, through the node's own certificate. */
async function identity(): Promise<string> {
  return host.check([
    "sh",
    "-c",
    "cat /var/lib/cowherd/agent/controller.json && cat /var/lib/cowherd/agent/identity-*/ca.pem",
  ]);
}

async function mainPids(): Promise<Record<string, string>> {
  const pids = services.map(async (service) => [service, await property(service, "MainPID")] as const);
  return Object.fromEntries(await Promise.all(pids));
}

/** A controller that has just been restarted does not answer yet. */
function untilReady(): Promise<unknown> {
  const look = async () => {
    const { stdout } = await host.run(["cowctl", "status"]);
    return /^primary +ready /m.exec(stdout) ?? undefined;
  };
  return waitFor("the primary to be ready", look, { timeoutMs: 120_000 });
}

async function property(unit: string, name: string): Promise<string> {
  return (await host.check(["systemctl", "show", "--value", `--property=${name}`, unit])).trim();
}

async function unitsNamed(prefix: string, which: string): Promise<readonly string[]> {
  const units = await host.check(["systemctl", "list-units", which, "--plain", "--no-legend", `${prefix}*`]);
  return units.split("\n").filter((line) => line !== "");
}

async function exposure(unit: string): Promise<number> {
  const table = await host.check(["systemd-analyze", "security", "--no-pager", unit]);
  return Number(/Overall exposure level for \S+: ([\d.]+)/.exec(table)?.[1]);
}

function linesAbout(word: string, text: string): readonly string[] {
  return text.split("\n").filter((line) => line.includes(word));
}
