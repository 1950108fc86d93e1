import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootInstalled, joinCluster } from "../cluster/boot-installed.ts";
import {
  applySpec,
  clusterUser,
  clusterYaml,
  createJoinLine,
  hostfileNodes,
  initCluster,
  pasteLine,
  readHostfile,
  waitUntilReady,
} from "../cluster/operate.ts";
import { statusOf, untilGone, untilListed, untilPhase } from "../cluster/status.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";
import { readHostfileAllTheTime } from "./hostfile-reader.ts";

const names = ["primary", "secondary1", "secondary2", "secondary3"] as const;

/** What cuts too often for a cool-down is meant to. */
const spec = (hosts: Parameters<typeof clusterYaml>[0]) => `liveness: { coolDown: 0 }\n${clusterYaml(hosts)}`;

let lab: Lab;
let hosts: Record<(typeof names)[number], LabHost>;

/** One cluster for all tests here, which follow one another: each leaves it as the next one needs it. */
beforeAll(async () => {
  const packages = await buildPackages();
  lab = await createNspawnLab("test-cluster");
  const [primary, secondary1, secondary2, secondary3] = await bootInstalled(lab, packages, names);
  hosts = { primary, secondary1, secondary2, secondary3 };
});

afterAll(() => lab?.down());

describe("before there is a cluster", () => {
  it("names every problem of cluster.yaml with its place, and changes nothing", async () => {
    const { primary } = hosts;
    const before = await snapshot(primary);
    await primary.writeFile(
      "/root/bad.yaml",
      "nodes:\n  vm_1: { address: 192.168.56.10 }\n  slots: { address: 10.0.0.1 }\n  b: { address: 192.168.56.10, cores: 4 }\n",
    );
    const { exitCode, stderr } = await primary.run(["cowctl", "init", "-f", "/root/bad.yaml"]);
    expect(exitCode).toBe(65);
    for (const place of [
      /bad\.yaml:2:3: nodes\.vm_1: /,
      /bad\.yaml:3:3: nodes\.slots: /,
      /bad\.yaml:3:21: nodes\.slots\.address: 10\.0\.0\.1 is outside the subnet/,
      /bad\.yaml:4:17: nodes\.b\.address: /,
      /bad\.yaml:4:32: nodes\.b\.cores: /,
      /bad\.yaml:1:1: nodes: no node is the primary/,
    ]) {
      expect(stderr).toMatch(place);
    }
    expect(await snapshot(primary)).toBe(before);
  });
});

describe("a cluster", () => {
  it("is made by cowctl init, with the primary in the hostfile", async () => {
    await initCluster(hosts.primary, spec(Object.values(hosts)));
    expect(await untilListed(hosts.primary, "primary")).toMatch(/^primary slots=1$/m);
  });

  it("refuses each bad token with its own message and exit code", async () => {
    const { primary, secondary1, secondary2 } = hosts;
    const line = await createJoinLine(primary, "secondary1");
    const [, , address = "", token = ""] = line.split(" ");
    const attempt = async (...command: string[]) => {
      const { exitCode, stderr } = await secondary1.run(["cowherd-join", ...command], { timeoutMs: 60_000 });
      return { exitCode, stderr };
    };
    const secret = Buffer.from(token.slice("cowherd1_".length), "base64url");
    const altered = (at: number) => {
      const other = Buffer.from(secret);
      other.writeUInt8(other.readUInt8(at) ^ 1, at);
      return `cowherd1_${other.toString("base64url")}`;
    };

    const malformed = await attempt(address, token.slice(0, -1));
    const unknown = await attempt(address, altered(0));
    const pin = await attempt(address, altered(16));
    const other = await attempt(address, token, "--node", "secondary2");
    const short = (
      await primary.check(["cowctl", "token", "create", "--node", "secondary1", "--lifetime", "1s"])
    ).trim();
    await sleep(1_500);
    const expired = await attempt(address, short.split(" ").at(-1) ?? "");
    await pasteLine(secondary1, line);
    const spent = await secondary2.run(["cowherd-join", address, token], { timeoutMs: 60_000 });

    expect(malformed.stderr).toMatch(/not a join token/);
    expect(unknown.stderr).toMatch(/unknown|no such token/);
    expect(pin.stderr).toMatch(/secret was not sent/);
    expect(other.stderr).toMatch(/secondary1/);
    expect(expired.stderr).toMatch(/expired/);
    expect(spent.stderr).toMatch(/spent by another machine/);
    const codes = [malformed, unknown, pin, other, expired, spent].map(({ exitCode }) => exitCode);
    expect(codes).not.toContain(0);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it("lists a node once it can run ranks", async () => {
    expect(await untilListed(hosts.primary, "secondary1")).toMatch(/^primary slots=1\nsecondary1 slots=1$/m);
    expect(await statusOf(hosts.primary, "secondary1")).toMatchObject({ phase: "ready", reason: null });
  });

  it("F7: refuses a node whose uid 7777 is somebody's, and leaves that user alone", async () => {
    const { primary, secondary2 } = hosts;
    await secondary2.check(["useradd", "--uid", "7777", "--create-home", "bob"]);
    const bob = await secondary2.check(["getent", "passwd", "bob"]);
    await joinCluster(primary, secondary2);
    const degraded = await untilPhase(hosts.primary, "secondary2", "degraded");
    expect(degraded.reason).toMatch(/uid 7777 .*bob/);
    expect(await secondary2.check(["getent", "passwd", "bob"])).toBe(bob);
    expect(hostfileNodes((await readHostfile(primary)) ?? "")).not.toContain("secondary2");

    await secondary2.check(["userdel", "--remove", "bob"]);
    expect(await untilListed(hosts.primary, "secondary2")).toMatch(/^secondary2 slots=1$/m);
  });

  it("S1: lets every node reach every node, itself included, with no prompt and host keys verified", async () => {
    const up = [hosts.primary, hosts.secondary1, hosts.secondary2];
    for (const from of up) {
      for (const to of up) {
        const ssh = ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", to.name, "hostname"];
        expect(await from.check(ssh, { user: clusterUser, timeoutMs: 20_000 })).toBe(`${to.name}\n`);
      }
    }
  });

  it("E4, E5: resolves every name on every node to its cluster address, the own one too", async () => {
    const up = [hosts.primary, hosts.secondary1, hosts.secondary2];
    for (const host of up) {
      expect(await host.readFile("/etc/hosts")).not.toMatch(new RegExp(`^127\\..*\\b${host.name}\\b`, "m"));
      for (const { name, address } of up) {
        const resolved = await host.check(["getent", "ahostsv4", name]);
        expect(
          new Set(
            resolved
              .split("\n")
              .filter(Boolean)
              .map((line) => line.split(" ")[0]),
          ),
        ).toEqual(new Set([address]));
      }
    }
  });

  it("S3: mends modes with which sshd takes no key", async () => {
    const { primary, secondary1 } = hosts;
    const home = "/home/mpihpc";
    const modes = () => secondary1.check(["stat", "--format=%a", home, `${home}/.ssh`, `${home}/.ssh/authorized_keys`]);
    const login = () =>
      primary.run(["ssh", "-o", "BatchMode=yes", secondary1.name, "true"], { user: clusterUser, timeoutMs: 20_000 });
    const before = await modes();
    await secondary1.check(["systemctl", "stop", "cowherd-agent.service"]); // or it mends them before anybody looks
    await secondary1.check(["chmod", "777", home, `${home}/.ssh`]);
    await secondary1.check(["chmod", "666", `${home}/.ssh/authorized_keys`]);
    expect((await login()).exitCode).toBe(255);
    await secondary1.check(["systemctl", "start", "cowherd-agent.service"]);
    await waitFor("the login to work again", async () => ((await login()).exitCode === 0 ? true : undefined), {
      timeoutMs: 30_000,
    });
    expect(await modes()).toBe(before);
    await untilListed(primary, secondary1.name);
  });

  it("S8: refuses at once, without a prompt, a host whose key nobody vouches for", async () => {
    const { primary, secondary1 } = hosts;
    const unknown = ["ssh", "-o", "BatchMode=yes", `${clusterUser}@${secondary1.address}`];
    const elsewhere = ["-o", "GlobalKnownHostsFile=/dev/null", "-o", "UserKnownHostsFile=/dev/null", "true"];
    const startedAt = performance.now();
    const { exitCode, stderr } = await primary.run([...unknown, ...elsewhere], {
      user: clusterUser,
      timeoutMs: 20_000,
    });
    expect(exitCode).toBe(255);
    expect(stderr).toContain("Host key verification failed");
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it("S6: takes several logins at once, as several jobs make them", async () => {
    const { primary, secondary1 } = hosts;
    const login = () =>
      primary.run(["ssh", "-o", "BatchMode=yes", secondary1.name, "true"], { user: clusterUser, timeoutMs: 60_000 });
    const logins = await Promise.all(Array.from({ length: 9 }, login)); // sshd drops some beyond ten that are not in yet
    expect(logins.map(({ exitCode }) => exitCode)).toEqual(logins.map(() => 0));
  });

  it("S7: ends a wait for what does not come about, and says what is missing", async () => {
    const { primary } = hosts;
    const { exitCode, stderr } = await primary.run(["cowctl", "status", "--wait", "--timeout", "2s"]);
    expect(exitCode).toBe(75);
    expect(stderr).toMatch(/secondary3: absent, not joined/);
  });

  it("has nothing to do on a converged cluster, once the broker stands, for which no node waits", async () => {
    const joined = ["primary", "secondary1", "secondary2"];
    await waitFor(
      "a plan with nothing in it",
      async () => {
        const { nodes } = JSON.parse(await hosts.primary.check(["cowctl", "plan", "-o", "json"]));
        const ends = joined.flatMap((node) => {
          const { outcomes } = nodes.find((entry: { node: string }) => entry.node === node);
          return outcomes.map(({ end }: { end: string }) => end);
        });
        return ends.every((end) => end === "in-sync") ? true : undefined;
      },
      { timeoutMs: 120_000, everyMs: 1_000 },
    );
  });

  it("mends what drifts, and keeps the lines that are not its own", async () => {
    const { secondary1 } = hosts;
    const mended = await secondary1.readFile("/etc/hosts");
    const foreign = "10.9.8.7 printer\n";
    await secondary1.writeFile("/etc/hosts", `${foreign}127.0.0.1 localhost\n`);
    const text = await waitFor(
      "the hosts block to come back",
      async () => {
        const now = await secondary1.readFile("/etc/hosts");
        return now.includes("192.168.56.12 secondary2") ? now : undefined;
      },
      { timeoutMs: 15_000 },
    );
    expect(text).toContain(foreign);
    expect(mended).toContain("192.168.56.12 secondary2");
  });

  it("loses no ready node while the last one joins", async () => {
    const { primary, secondary3 } = hosts;
    const reader = await readHostfileAllTheTime(primary, ["primary", "secondary1", "secondary2"]);
    await joinCluster(primary, secondary3);
    await untilListed(primary, "secondary3");
    expect((await reader.stop()).wrong).toEqual([]);
  });

  it("is the same after a power cut of the primary", async () => {
    const { primary } = hosts;
    const before = await readHostfile(primary);
    await primary.cutPower();
    await primary.powerOn();
    expect(await readHostfile(primary)).toBe(before);
    const table = await primary.check(["cowctl", "status", "--wait", "--timeout", "2m"], { timeoutMs: 150_000 });
    expect(table).toBeDefined();
    expect(await readHostfile(primary)).toBe(before);
  });

  it("loses no ready node while the primary stands still, nor while the controller is away for long", async () => {
    const { primary } = hosts;
    const reader = await readHostfileAllTheTime(primary, names);
    await primary.freeze();
    await sleep(15_000);
    await primary.thaw();
    await primary.check(["systemctl", "stop", "cowherd-controller.service"]);
    await sleep(30_000);
    await primary.check(["systemctl", "start", "cowherd-controller.service"]);
    await sleep(12_000); // longer than a lease: whoever was lost would be gone by now
    expect((await reader.stop()).wrong).toEqual([]);
  });

  it("takes a node that falls silent out of the file within ten seconds, and back when it returns", async () => {
    const { primary, secondary2 } = hosts;
    const startedAt = performance.now();
    await secondary2.partition();
    await untilGone(hosts.primary, "secondary2");
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    expect(await statusOf(primary, "secondary2")).toMatchObject({ phase: "unreachable" });
    await secondary2.heal();
    await untilListed(hosts.primary, "secondary2");
  });

  it("K8: leaves out a node whose mpirun is another than the primary's, and says so, until it is the same again", async () => {
    const { primary, secondary2 } = hosts;
    const alternative = (of: string) =>
      secondary2.check(["update-alternatives", "--set", "mpirun", `/usr/bin/mpirun.${of}`]);
    const install = ["apt-get", "install", "--yes", "--no-install-recommends", "mpich"];
    await secondary2.check(install, { env: { DEBIAN_FRONTEND: "noninteractive" }, timeoutMs: 120_000 });
    await alternative("mpich");
    await untilGone(primary, secondary2.name, 30_000); // told at once, and not with the next full pass
    const { phase, reason } = await statusOf(primary, secondary2.name);
    expect(phase).toBe("degraded");
    expect(reason).toMatch(/^mpirun is MPICH 4\.\S+ here and Open MPI 4\.\S+ on primary/);
    await alternative("openmpi");
    await untilListed(primary, secondary2.name);
  });

  it("E6: keeps its name and its peers' through a boot in which cloud-init sets others", async () => {
    const { primary, secondary2 } = hosts;
    const seed = "/var/lib/cloud/seed/nocloud";
    const install = ["apt-get", "install", "--yes", "--no-install-recommends", "cloud-init"];
    await secondary2.check(install, { env: { DEBIAN_FRONTEND: "noninteractive" }, timeoutMs: 120_000 });
    await secondary2.writeFile("/etc/cloud/cloud.cfg.d/99-lab.cfg", "network: { config: disabled }\n"); // the lab's own
    await secondary2.writeFile(`${seed}/meta-data`, "instance-id: one\nlocal-hostname: fromcloud\n");
    // What a user asks of cloud-init is stronger than every drop-in, so the agent mends what it brings.
    await secondary2.writeFile(`${seed}/user-data`, "#cloud-config\nhostname: fromcloud\nmanage_etc_hosts: true\n");
    await secondary2.reboot();
    expect(await secondary2.readFile("/var/log/cloud-init.log")).toContain("config-update_etc_hosts ran successfully");
    await waitFor(
      "the names to be the cluster's",
      async () => {
        const { stdout } = await secondary2.run(["getent", "ahostsv4", "primary"]);
        const names = [await secondary2.check(["hostname"]), await secondary2.readFile("/etc/hostname")];
        return stdout.startsWith(primary.address) && names.every((name) => name === "secondary2\n") ? true : undefined;
      },
      { timeoutMs: 30_000 },
    );
    await waitUntilReady(primary, "4m");
  });

  it("forgets a removed node, and refuses its certificate", async () => {
    const { primary, secondary3 } = hosts;
    await primary.check(["cowctl", "node", "remove", "secondary3", "--yes"]);
    await untilGone(hosts.primary, "secondary3");
    expect(await statusOf(primary, "secondary3")).toMatchObject({ phase: "absent" });
    const said = await waitFor(
      "the agent to say that it was removed",
      async () => {
        const log = await secondary3.check(["journalctl", "--unit", "cowherd-agent", "--no-pager", "--output", "cat"]);
        return log.includes("fresh token") || undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(said).toBe(true);
    const ssh = ["ssh", "-o", "BatchMode=yes", "primary", "true"];
    await waitFor(
      "primary to forget secondary3's key",
      async () =>
        (await secondary3.run(ssh, { user: clusterUser, timeoutMs: 20_000 })).exitCode !== 0 ? true : undefined,
      { timeoutMs: 30_000 },
    );
  });

  it("S2: takes a removed machine back with a fresh token", async () => {
    const { primary, secondary3 } = hosts;
    await joinCluster(primary, secondary3);
    expect(await untilListed(hosts.primary, "secondary3")).toMatch(/^secondary3 slots=1$/m);
  });

  it("E9: refuses a copied machine, and names the node that it is a copy of", async () => {
    const { primary } = hosts;
    const address = "192.168.56.14";
    const twin = await lab.clone("secondary1", "twin", { address, cpus: 1 });
    await twin.check(["systemctl", "stop", "cowherd-agent.service"]); // it speaks with secondary1's key, as copies do
    await applySpec(primary, spec([...Object.values(hosts), { name: "twin", address }]));
    const line = await createJoinLine(primary, "twin");
    const { exitCode, stderr } = await twin.run(["bash", "-lc", `${line} --force --node twin`], { timeoutMs: 60_000 });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/machine-?id.* is that of secondary1/i);
    expect(await statusOf(primary, "twin")).toMatchObject({ phase: "absent" });
    await twin.remove();
    await applySpec(primary, spec(Object.values(hosts)));
    await untilListed(primary, "secondary1");
  });
});

/** What a refused command might have touched: ours, the accounts, and the units that run. */
function snapshot(host: LabHost): Promise<string> {
  const places = ["/etc", "/home", "/var/lib/cowherd"];
  return host.check(["find", ...places, "-printf", "%p %m %u %s %T@\n"]);
}
