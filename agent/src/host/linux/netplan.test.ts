import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path/posix";
import { expect, it } from "vitest";
import { JobLostError, type Jobs } from "../../jobs/jobs.ts";
import { createMemoryJobs } from "../../jobs/memory-jobs.ts";
import { netplanContract } from "../netplan.contract.ts";
import { createLinuxFiles } from "./files.ts";
import { createLinuxNetplan, readCarrier } from "./netplan.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** What netplan 0.106 writes about a wrong address, with its warning before. */
const complaint = `** (process:312): WARNING **: Permissions for /etc/netplan/x.yaml are too open.
/etc/netplan/50-cloud-init.yaml:4:24: Error in network definition: malformed address 'broken', must be X.X.X.X/NN
    ens3: {addresses: [broken]}
                       ^
`;

async function create(texts: Readonly<Record<string, string>>) {
  const root = await makeTemporaryFolder("netplan");
  const seed = { "/usr/sbin/netplan": "", "/etc/netplan/.keep": "", ...texts };
  for (const [path, text] of Object.entries(seed)) {
    await mkdir(dirname(root + path), { recursive: true });
    await writeFile(root + path, text, { mode: 0o600 });
  }
  const jobs = createMemoryJobs(async ({ argv }) => {
    expect(argv.slice(0, 2)).toEqual(["/usr/bin/timeout", "--kill-after=5"]);
    expect(argv[3]).toBe("/usr/sbin/netplan");
    const text = await readFile(`${root}/etc/netplan/50-cloud-init.yaml`, "utf8").catch(() => "");
    return text.includes("broken") ? { exitCode: 1, output: complaint } : { exitCode: 0, output: "" };
  });
  return { root, netplan: createLinuxNetplan({ root, files: createLinuxFiles(root), jobs }) };
}

netplanContract("linux", async (texts) => (await create(texts)).netplan, own);

it("reads a NIC from /sys and /proc", async () => {
  const { root, netplan } = await create({
    "/sys/class/net/ens3/address": "08:00:27:AA:00:01\n",
    "/sys/class/net/ens3/flags": "0x1003\n",
    "/sys/class/net/ens3/carrier": "1\n",
    "/sys/class/net/ens3/ifindex": "2\n",
    "/sys/devices/x/.keep": "",
    "/run/systemd/netif/leases/2": "# private\nADDRESS=192.168.56.101\nNETMASK=255.255.255.0\n",
    "/sys/class/net/docker0/address": "02:42:00:00:00:01\n",
    "/sys/class/net/docker0/flags": "0x1002\n",
    "/proc/net/route":
      "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n" +
      "ens3\t00000000\t0138A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n",
  });
  await symlink("../../../devices/x", `${root}/sys/class/net/ens3/device`);
  await symlink("../../../bus/drivers/virtio_net", `${root}/sys/devices/x/driver`);
  const nics = new Map((await netplan.nics()).map((nic) => [nic.name, nic]));
  expect(nics.get("ens3")).toMatchObject({
    mac: "08:00:27:aa:00:01",
    driver: "virtio_net",
    device: true,
    link: "up",
    leased: ["192.168.56.101"],
    leadsOut: true,
  });
  expect(nics.get("docker0")).toMatchObject({ device: false, link: "down", leadsOut: false });
});

it("E12: runs a job once more that a power cut ended, and no third time", async () => {
  const { root } = await create({});
  const losing = (losses: number) => {
    const run: string[] = [];
    const jobs: Jobs = {
      async run({ id }) {
        run.push(id);
        if (run.length <= losses) throw new JobLostError("lost");
        return { exitCode: 0, output: "" };
      },
    };
    return { run, netplan: createLinuxNetplan({ root, files: createLinuxFiles(root), jobs }) };
  };
  const { signal } = new AbortController();
  const once = losing(1);
  await once.netplan.apply("a1-old", 5, signal);
  expect(once.run).toEqual(["netplan-apply-a1-old", "netplan-apply-a1-old"]);
  const twice = losing(2);
  await expect(twice.netplan.apply("a1-old", 5, signal)).rejects.toMatchObject({ name: "JobLostError" });
  expect(twice.run).toHaveLength(2);
});

it("tells which interface has a carrier", async () => {
  const { root } = await create({
    "/sys/class/net/ens3/carrier": "1\n",
    "/sys/class/net/ens4/carrier": "0\n",
    "/sys/class/net/docker0/flags": "0x1002\n", // down: carrier cannot be read
  });
  const all = await Promise.all(["ens3", "ens4", "docker0", "none"].map((device) => readCarrier(root, device)));
  expect(all).toEqual([true, false, false, false]);
});
