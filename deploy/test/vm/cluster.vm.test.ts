import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootInstalled, joinCluster } from "../../cluster/boot-installed.ts";
import {
  clusterYaml,
  initCluster,
  mpiPackages,
  readHostfile,
  runProgram,
  waitUntilReady,
} from "../../cluster/operate.ts";
import { checkRanks } from "../../cluster/ranks.ts";
import { statusOf, untilListed } from "../../cluster/status.ts";
import { waitFor } from "../../cluster/wait-for.ts";
import { buildProgram } from "../../lab/build-program.ts";
import type { Lab, VmHost } from "../../lab/lab.ts";
import { createVmLab } from "../../lab/vm-lab.ts";
import { buildPackages } from "../../packaging/build-packages.ts";
import { networkCases } from "./network-cases.ts";
import { nfsCases } from "./nfs-cases.ts";

const minutes = 60_000;
const confirmSeconds = 30;
const names = ["primary", "secondary1"] as const;
/** What every node is to have. The demo has them installed by the product; here that would be most of the time. */
const installed = [...mpiPackages, "nfs-kernel-server", "nfs-common"];
const program = "/home/mpihpc/shared/allreduce";

let lab: Lab<VmHost>;
let hosts: Record<(typeof names)[number], VmHost>;

/**
 * One cluster for all tests here, since an emulated machine boots in a minute; each test leaves it
 * ready. Of two machines, since each takes a core where it is emulated; the demo has three.
 */
beforeAll(async () => {
  const packages = await buildPackages();
  const binary = await buildProgram(fileURLToPath(new URL("../../demo/allreduce.c", import.meta.url)), () => undefined);
  lab = await createVmLab("test-vms", { installed });
  const [primary, secondary1] = await bootInstalled(lab, packages, names);
  hosts = { primary, secondary1 };
  // After each start the kernel's own minute and a half would be waited for, in which no client opens a file.
  await primary.writeFile("/etc/nfs.conf.d/grace.conf", "[nfsd]\ngrace-time = 15\nlease-time = 15\n");
  await primary.check(["systemctl", "restart", "nfs-server.service"], { timeoutMs: minutes });
  // No broker, whose package would be installed meanwhile: what is shown here is the machine's own.
  // No cool-down, since an agent that is started again is silent for longer than a lease where it is emulated.
  const more = `network: { confirm: ${confirmSeconds} }\nevents: { nats: off }\nliveness: { coolDown: 0 }\n`;
  await initCluster(primary, `${more}${clusterYaml([primary, secondary1])}`);
  await untilListed(primary, "primary", 6 * minutes); // until then it has no processor left for operators
  await joinCluster(primary, secondary1);
  await waitUntilReady(primary, "14m");
  await primary.copyIn(binary, program, 0o755);
}, 30 * minutes);

afterAll(() => lab?.down());

describe("a cluster of virtual machines", () => {
  it("E1: has the same NAT address on every machine, and none of them in a hostfile or among the hosts", async () => {
    for (const host of Object.values(hosts)) {
      expect(await host.check(["ip", "-4", "-brief", "address"])).toContain("10.0.2.15/24");
      expect(await host.readFile("/etc/hosts")).not.toContain("10.0.2.15");
    }
    expect(await readHostfile(hosts.primary)).toMatch(/^primary slots=1\nsecondary1 slots=1$/m);
  });

  it("runs a program of the shared folder on all slots with plain mpirun", async () => {
    checkRanks(await runProgram(hosts.primary, program), (await readHostfile(hosts.primary)) ?? "");
  });

  it("keeps a node whose clock is days ahead", async () => {
    const { primary, secondary1 } = hosts;
    await secondary1.setClock(new Date(Date.now() + 2 * 24 * 60 * minutes));
    await secondary1.check(["systemctl", "restart", "cowherd-agent.service"]);
    await untilListed(primary, "secondary1");
    await waitUntilReady(primary, "5m");
    expect(await statusOf(primary, "secondary1")).toMatchObject({ phase: "ready" });
    await secondary1.setClock(new Date());
  });

  it("has an agent that the kernel ends where it takes more memory than its unit may, and that starts again", async () => {
    const { primary, secondary1 } = hosts;
    const property = async (name: string) =>
      (await secondary1.check(["systemctl", "show", "--property", name, "--value", "cowherd-agent.service"])).trim();
    const group = `/sys/fs/cgroup${await property("ControlGroup")}`;
    expect(await secondary1.readFile(`${group}/memory.max`)).toBe(`${256 * 1024 * 1024}\n`);
    const before = await property("MainPID");
    // One among the agent's processes that keeps all that it reads, and never finds the end of a line.
    const hog = ["sh", "-c", 'echo $$ >"$1/cgroup.procs" && exec tail /dev/zero', "sh", group];
    expect((await secondary1.run(hog, { timeoutMs: 3 * minutes })).exitCode).toBe(137);
    await waitFor("another agent", async () => (["0", before].includes(await property("MainPID")) ? undefined : true), {
      timeoutMs: minutes,
      everyMs: 1_000,
    });
    await waitUntilReady(primary, "5m");
    await untilListed(primary, "secondary1");
  });

  networkCases(() => ({ primary: hosts.primary, secondary: hosts.secondary1, confirmSeconds }));
  nfsCases(() => ({ primary: hosts.primary, secondary: hosts.secondary1 }));
});
