import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "./build-program.ts";
import { labContract } from "./lab.contract.ts";
import type { Lab, LabHost } from "./lab.ts";
import { CommandFailedError, LabRequestError } from "./lab-error.ts";
import { openCgroup } from "./machine/cgroup.ts";
import { checkCommand } from "./machine/command.ts";
import { readMountTable } from "./machine/mount-table.ts";
import { createNspawnLab, listLabs, openLab } from "./nspawn-lab.ts";
import { installPrerequisites } from "./prerequisites.ts";

let lab: Lab;
let first: LabHost;
let second: LabHost;

beforeAll(async () => {
  await installPrerequisites(console.log);
  lab = await createNspawnLab("lab-test", { report: console.log });
  [first, second] = await Promise.all([
    lab.boot("first", { address: "192.168.56.11" }),
    lab.boot("second", { address: "192.168.56.12", cpus: 1 }),
  ]);
});

afterAll(() => lab?.down());

describe("hosts booted at the same time", () => {
  it("are plain servers on which nothing failed", async () => {
    expect(await first.check(["systemctl", "--failed", "--plain", "--no-legend"])).toBe("");
    expect(await first.check(["hostname"])).toBe("debian\n");
    expect(await first.readFile("/etc/hosts")).toContain("127.0.1.1\tdebian\n");
  });

  it("have machine ids and SSH keys of their own", async () => {
    for (const path of ["/etc/machine-id", "/etc/ssh/ssh_host_ed25519_key.pub"]) {
      expect(await first.readFile(path)).not.toBe(await second.readFile(path));
    }
  });

  it("reach each other, and the other's sshd answers", async () => {
    await first.check(["ping", "-c", "1", "-W", "2", second.address]);
    expect(await first.check(["ssh-keyscan", "-t", "ed25519", second.address])).toContain("ssh-ed25519");
  });

  it("have the two NICs of the manual, with the same address behind NAT", async () => {
    for (const host of [first, second]) {
      const addresses = await host.check(["ip", "-4", "-oneline", "address"]);
      expect(addresses).toMatch(/enp0s3 +inet 10\.0\.2\.15\/24/);
      expect(addresses).toContain(`enp0s8    inet ${host.address}/24`);
      expect((await host.check(["ls", "/sys/class/net"])).split(/\s+/)).toEqual(["enp0s3", "enp0s8", "lo", ""]);
    }
  });

  it("reach nothing outside, and learn so at once", async () => {
    const started = performance.now();
    expect((await first.run(["ping", "-c", "1", "-W", "5", "192.0.2.1"])).exitCode).not.toBe(0);
    expect((await first.run(["getent", "hosts", "example.org"])).exitCode).not.toBe(0);
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it("have the CPUs that they were given", async () => {
    expect(await second.check(["nproc"])).toBe("1\n");
  });
});

labContract(() => ({ lab, first, second }), 300);

it("serves packages and files to its hosts", async () => {
  await first.check(["apt-get", "update"]);
  await first.check(["apt-get", "install", "--yes", "libnuma1"], { env: { DEBIAN_FRONTEND: "noninteractive" } });
  expect(await first.check(["dpkg", "--status", "libnuma1"])).toContain("Status: install ok installed");
  const folder = await mkdtemp(`${tmpdir()}/lab-test-`);
  await writeFile(`${folder}/file`, "served\n");
  const url = await lab.serve("more", folder);
  await first.check(["/usr/lib/apt/apt-helper", "download-file", `${url}/file`, "/tmp/file"]);
  expect(await first.readFile("/tmp/file")).toBe("served\n");
  await rm(folder, { recursive: true });
});

it("compiles an MPI program that its hosts can run", async () => {
  const folder = await mkdtemp(`${tmpdir()}/lab-test-`);
  const source = `${folder}/alone.c`;
  await writeFile(
    source,
    '#include <mpi.h>\n#include <stdio.h>\nint main(int c, char **v) { MPI_Init(&c, &v); int n; MPI_Comm_size(MPI_COMM_WORLD, &n); printf("%d\\n", n); return MPI_Finalize(); }\n',
  );
  const program = await buildProgram(source, console.log);
  expect(await buildProgram(source)).toBe(program);
  await writeFile(source, "int main(void) { return wrong; }\n");
  await expect(buildProgram(source)).rejects.toThrow(/wrong.*undeclared/);
  await rm(folder, { recursive: true });

  const install = ["apt-get", "install", "--yes", "--no-install-recommends", "openmpi-bin"];
  await first.check(install, { env: { DEBIAN_FRONTEND: "noninteractive" } });
  await first.copyIn(program, "/usr/local/bin/alone");
  expect(await first.check(["mpirun", "-n", "1", "alone"], { user: "visitor", timeoutMs: 60_000 })).toBe("1\n");
});

it("boots a host again that was told to reboot", async () => {
  await second.writeFile("/run/lost", "lost\n");
  await second.check(["systemctl", "reboot"]);
  await second.powerOn();
  await expect(second.readFile("/run/lost")).rejects.toThrow(CommandFailedError);
});

it("freezes a host with what runs in it, and can cut its power even so", async () => {
  const ticking = ["sh", "-c", "while true; do date +%s%N > /run/tick; sleep 0.02; done"];
  const running = second.run(ticking);
  await second.check(["sh", "-c", "until test -s /run/tick; do sleep 0.02; done"]);
  await second.freeze();
  expect((await first.run(["ssh-keyscan", "-T", "1", second.address])).stdout).toBe("");
  await second.thaw();
  const before = await second.readFile("/run/tick");
  await second.check(["sh", "-c", 'until test "$(cat /run/tick)" != "$0"; do sleep 0.02; done', before.trim()]);
  await second.freeze();
  await second.cutPower();
  await running;
  await second.powerOn();
});

it("pulls a host's cable and plugs it in again", async () => {
  await second.partition();
  expect(await second.check(["ip", "link", "show", "enp0s8"])).toContain("NO-CARRIER");
  expect((await first.run(["ping", "-c", "1", "-W", "1", second.address])).exitCode).not.toBe(0);
  await second.heal();
  await first.check(["ping", "-c", "1", "-W", "5", second.address]);
});

it("refuses what cannot be", async () => {
  await expect(lab.boot("first", { address: "192.168.56.20" })).rejects.toThrow(LabRequestError);
  await expect(lab.boot("third", { address: first.address })).rejects.toThrow("is that of first");
  await expect(lab.boot("third", { address: "10.0.0.1" })).rejects.toThrow(LabRequestError);
  await expect(lab.boot("third", { address: "192.168.56.20", cpus: 1000 })).rejects.toThrow(LabRequestError);
  await expect(createNspawnLab(lab.name)).rejects.toThrow("is up already");
  await expect(openLab("no-such-lab")).rejects.toThrow(LabRequestError);
  expect([...(await openLab(lab.name)).hosts.keys()]).toEqual(["first", "second"]);
});

it("lives beside another lab with the same addresses, and goes without a trace", async () => {
  const other = await createNspawnLab("lab-test-other");
  const twin = await other.boot("first", { address: first.address });
  await twin.writeFile("/etc/whose", "theirs\n");
  await expect(first.readFile("/etc/whose")).rejects.toThrow(CommandFailedError);
  expect(await listLabs()).toEqual(expect.arrayContaining([lab.name, other.name]));
  await twin.remove();
  expect(other.hosts.size).toBe(0);
  await other.down();
  expect(await traces(other.name)).toEqual([]);
  await first.check(["true"]);
});

it("sweeps away a lab whose owner was killed when the next one is made", async () => {
  const name = "lab-test-crash";
  const fixture = fileURLToPath(new URL("crashing-lab.fixture.ts", import.meta.url));
  const owner = spawn(process.execPath, [fixture, name], { stdio: ["ignore", "pipe", "inherit"] });
  await once(owner.stdout, "data");
  owner.kill("SIGKILL");
  await once(owner, "exit");
  expect(await (await openLab(name)).hosts.get("victim")?.check(["hostname"])).toBe("debian\n");
  const next = await createNspawnLab("lab-test-next");
  await next.down();
  expect(await traces(name)).toEqual([]);
});

/** Whatever on this machine bears the lab's name, by the means of the kernel alone. */
async function traces(name: string): Promise<readonly string[]> {
  const mounts = (await readMountTable()).map(({ point }) => point).filter((point) => point.includes(`/${name}/`));
  const namespaces = (await checkCommand(["ip", "netns", "list"]))
    .split("\n")
    .filter((line) => line.includes(`.${name}`));
  const processes = await (await openCgroup(`cowherd-lab/${name}`)).processes();
  const folders = (await readdir("/var/lib/cowherd-lab")).filter((folder) => folder === name);
  const nspawn = (await readdir("/run/systemd/nspawn/propagate")).filter((folder) => folder.includes(`.${name}.`));
  return [...mounts, ...namespaces, ...processes.map(String), ...folders, ...nspawn];
}
