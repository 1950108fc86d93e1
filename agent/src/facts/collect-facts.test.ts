import { describe, expect, it } from "vitest";
import { collectFacts } from "./collect-facts.ts";
import { createLinuxMachine } from "./linux-machine.ts";
import type { Machine } from "./machine.ts";

const key = `ssh-ed25519 ${"A".repeat(68)}`;
const sshKey = {
  id: "key",
  requires: [],
  kind: "sshKey",
  user: "mpihpc",
  path: "/home/mpihpc/.ssh/id_ed25519",
} as const;

function machine(files: Readonly<Record<string, string>>): Machine {
  return {
    readText: async (path) => files[path],
    readUserText: async (path) => files[path],
    list: async (folder) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
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
        "/home/mpihpc/.ssh/id_ed25519.pub": `${key} mpihpc@x\n`,
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
    });
  });

  it("bears a machine that tells next to nothing", async () => {
    const facts = await collectFacts(machine({}), [sshKey], "1.2.3");
    expect(facts.processors).toEqual({ online: 4, schedulable: 4, quota: undefined, cores: 4 });
    expect(facts.userKeys).toEqual([]);
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
