import { describe, expect, it } from "vitest";
import { collectFacts } from "./collect-facts.ts";
import { createLinuxMachine } from "./linux-machine.ts";
import type { Machine } from "./machine.ts";
import { upstreamVersion } from "./mpi-launcher.ts";

const key = `ssh-ed25519 ${"A".repeat(68)}`;
const sshKey = {
  id: "key",
  requires: [],
  kind: "sshKey",
  user: "mpihpc",
  path: "/home/mpihpc/.ssh/id_ed25519",
} as const;

type Texts = Readonly<Record<string, string>>;

function machine(files: Texts, links: Texts = {}, packages: Texts = {}): Machine {
  return {
    readText: async (path) => files[path],
    readUserText: async (path) => files[path],
    list: async (folder) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
    realPath: async (path) => (path in files || path in links ? (links[path] ?? path) : undefined),
    packageVersion: async (name) => packages[name],
    hostname: () => "secondary1",
    kernel: () => ({ release: "6.1.0", architecture: "x86_64" }),
    interfaces: async () => [],
    memory: async () => 1024,
    parallelism: () => 4,
  };
}

describe("collectFacts", () => {
  it("gathers what the machine's files tell", async () => {
    const facts = await collectFacts(
      machine({
        "/etc/os-release": "ID=ubuntu\nVERSION_ID=24.04\n",
        "/etc/machine-id": "0123\n",
        "/sys/devices/system/cpu/online": "0-7\n",
        "/proc/1/status": "Cpus_allowed_list:\t0-3\n",
        "/sys/fs/cgroup/cpu.max": "max 100000\n",
        "/sys/fs/cgroup/user.slice/cpu.max": "250000 100000\n",
        "/etc/ssh/ssh_host_ed25519_key.pub": `${key} root@x\n`,
        "/etc/ssh/ssh_host_ed25519_key": "secret",
        "/etc/ssh/ssh_host_dsa_key.pub": `ssh-dss ${"A".repeat(68)} root@x\n`, // which the controller would refuse
        "/home/mpihpc/.ssh/id_ed25519.pub": `${key} mpihpc@x\n`,
        "/usr/sbin/netplan": "",
        "/etc/netplan": "",
        "/proc/filesystems": "nodev\tsysfs\n\text4\nnodev\tnfsd\n",
      }),
      [sshKey],
      "1.2.3",
    );
    expect(facts).toEqual({
      hostname: "secondary1",
      machineId: "0123",
      os: { id: "ubuntu", versionId: "24.04", kernel: "6.1.0", architecture: "x86_64" },
      processors: { online: 8, schedulable: 4, quota: 2.5, cores: 8 },
      memoryBytes: 1024,
      interfaces: [],
      hostKeys: [key],
      userKeys: [{ user: "mpihpc", key }],
      agentVersion: "1.2.3",
      nfs: { server: true, client: false },
      netplan: true,
      mpirun: undefined,
      tlsRequests: [],
    });
  });

  it("bears a machine that tells next to nothing", async () => {
    const facts = await collectFacts(machine({}), [sshKey], "1.2.3");
    expect(facts.processors).toEqual({ online: 4, schedulable: 4, quota: undefined, cores: 4 });
    expect(facts.userKeys).toEqual([]);
    expect(facts).toMatchObject({ nfs: { server: false, client: false }, netplan: false, mpirun: undefined });
  });

  it("C2, C3, C4: tells apart what is online, what init may use and what a quota leaves, and leaves its own unit's limits out", async () => {
    const { processors } = await collectFacts(
      machine({
        "/sys/devices/system/cpu/online": "0-2,4-7\n",
        "/proc/1/status": "Cpus_allowed_list:\t0-2,4\n",
        "/proc/self/status": "Cpus_allowed_list:\t0\n",
        "/sys/fs/cgroup/cpu.max": "50000 100000\n",
        "/sys/fs/cgroup/cowherd.slice/cpu.max": "10000 100000\n",
      }),
      [],
      "1",
    );
    expect(processors).toEqual({ online: 7, schedulable: 4, quota: 0.5, cores: 7 });
  });

  it.runIf(process.platform === "linux")(
    "finds this machine to have a processor, memory and an architecture",
    async () => {
      const facts = await collectFacts(createLinuxMachine(), [], "1.2.3");
      expect(facts.processors.schedulable).toBeGreaterThan(0);
      expect(facts.processors.cores).toBeGreaterThan(0);
      expect(facts.memoryBytes).toBeGreaterThan(64 * 1024 * 1024);
      expect(facts.os.architecture).not.toBe("");
    },
  );
});

describe("what a kernel can do with NFS", () => {
  const modules = "/lib/modules/6.1.0";
  const ability = async (files: Texts) => (await collectFacts(machine(files), [], "1")).nfs;

  it("is found among its modules that are not loaded, however they are compressed", async () => {
    const [server, client] = [`${modules}/kernel/fs/nfsd/nfsd.ko.zst`, `${modules}/kernel/fs/nfs/nfsv4.ko`];
    expect(await ability({ [server]: "" })).toEqual({ server: true, client: false });
    expect(await ability({ [client]: "" })).toEqual({ server: false, client: true });
  });

  it("is found among what is built in", async () => {
    const builtIn = "kernel/fs/ext4/ext4.ko\nkernel/fs/nfs/nfsv4.ko\nkernel/fs/nfsd/nfsd.ko\n";
    expect(await ability({ [`${modules}/modules.builtin`]: builtIn })).toEqual({ server: true, client: true });
  });

  it("is what is loaded, in a container only where the kernel's modules are there too", async () => {
    const loaded = { "/proc/filesystems": "nodev\tsysfs\nnodev\tnfsd\nnodev\tnfs4\n" };
    const container = { ...loaded, "/run/systemd/container": "systemd-nspawn\n" };
    expect(await ability(loaded)).toEqual({ server: true, client: true });
    expect(await ability(container)).toEqual({ server: false, client: false });
    const others = { "/lib/modules/6.2.0/modules.dep": "" };
    expect(await ability({ ...container, ...others })).toEqual({ server: false, client: false });
    const own = { [`${modules}/modules.dep`]: "" };
    expect(await ability({ ...container, ...own })).toEqual({ server: true, client: true });
  });

  it("is nothing with the modules of another kernel, as a container has them, or of other file systems", async () => {
    expect(await ability({ "/lib/modules/6.2.0/kernel/fs/nfsd/nfsd.ko": "" })).toEqual({
      server: false,
      client: false,
    });
    const others = { [`${modules}/kernel/fs/nfsd/nfsdx.ko`]: "", [`${modules}/kernel/fs/nfs/nfsv3.ko`]: "" };
    expect(await ability({ ...others, "/proc/filesystems": "nodev\tnfs\n" })).toEqual({ server: false, client: false });
  });
});

describe("netplan", () => {
  it("takes both the program and its folder", async () => {
    expect(await collectFacts(machine({ "/etc/netplan": "" }), [], "1")).toMatchObject({ netplan: false });
    expect(await collectFacts(machine({ "/usr/sbin/netplan": "" }), [], "1")).toMatchObject({ netplan: false });
  });
});

describe("what starts at the name mpirun", () => {
  const launcher = async (links: Texts, packages: Texts = {}, files: Texts = {}) =>
    (await collectFacts(machine(files, links, packages), [], "1")).mpirun;
  const both = { "openmpi-bin": "4.1.4-3+b1", mpich: "4.0.2-3" };

  it.each([
    ["/usr/bin/orterun", "Open MPI", "4.1.4"],
    ["/usr/bin/mpirun.openmpi", "Open MPI", "4.1.4"],
    ["/usr/bin/mpiexec.hydra", "MPICH", "4.0.2"],
    ["/usr/bin/mpirun.mpich", "MPICH", "4.0.2"],
  ])("K9: is what the alternatives lead to, %s, where both MPIs are installed", async (path, vendor, version) => {
    expect(await launcher({ "/usr/bin/mpirun": path }, both)).toEqual({ vendor, version });
  });

  it("K8: is told with upstream's version alone, so that a rebuilt package is no other MPI", () => {
    const versions = ["4.1.4-3+b1", "1:4.1.4-3ubuntu2", "4.1.4", "4.1.4+dfsg-1", "4.1.4~ds1-1"];
    expect(versions.map(upstreamVersion)).toEqual(versions.map(() => "4.1.4"));
    expect(upstreamVersion("5.0.0~rc9-2")).toBe("5.0.0~rc9");
  });

  it("is an installation of one's own before the packaged one, as on the PATH", async () => {
    const links = { "/usr/local/bin/mpirun": "/opt/ompi/bin/mpirun", "/usr/bin/mpirun": "/usr/bin/orterun" };
    const files = { "/opt/ompi/bin/../lib/pkgconfig/ompi.pc": "Name: Open MPI\nVersion: 5.0.7\n" };
    expect(await launcher(links, both, files)).toEqual({ vendor: "Open MPI", version: "5.0.7" });
  });

  it("is named by its file where it is of no MPI that is known here, without a version made up", async () => {
    expect(await launcher({ "/usr/local/bin/mpirun": "/opt/x/bin/launch" }, both)).toEqual({
      vendor: "launch",
      version: "",
    });
    expect(await launcher({ "/usr/local/bin/mpirun": "/opt/ompi/bin/orterun" }, both)).toEqual({
      vendor: "Open MPI",
      version: "",
    });
  });

  it("is nothing where there is none, whatever packages there are", async () => {
    expect(await launcher({}, both)).toBeUndefined();
  });
});
