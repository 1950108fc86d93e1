import { describe, expect, it } from "vitest";
import { relevantInterfaces } from "./network-interfaces.ts";
import { parseOsRelease } from "./os-release.ts";
import { countAllowedProcessors, countPhysicalCores, countProcessorList } from "./processor-counts.ts";
import { parseCpuMax, tightestQuota } from "./processor-quota.ts";
import { parsePublicKey } from "./public-key.ts";

describe("os-release", () => {
  it("reads values with and without quotes", () => {
    const values = parseOsRelease("NAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID='12'\n# ID=no\n");
    expect(Object.fromEntries(values)).toEqual({ NAME: "Debian GNU/Linux", ID: "debian", VERSION_ID: "12" });
  });
});

describe("processors", () => {
  it("counts ranges and single ones", () => {
    expect(countProcessorList("0-3,8\n")).toBe(5);
    expect(countProcessorList("0")).toBe(1);
  });

  it("counts nothing in what is no list", () => {
    expect(countProcessorList("")).toBe(0);
    expect(countProcessorList("0-")).toBe(0);
    expect(countProcessorList("all")).toBe(0);
  });

  it("C2: reads the affinity of a process", () => {
    expect(countAllowedProcessors("Name:\tsystemd\nCpus_allowed:\tf\nCpus_allowed_list:\t0-1\nMems:\t0\n")).toBe(2);
    expect(countAllowedProcessors("Name:\tsystemd\n")).toBeUndefined();
  });

  it("C1, C5: counts two threads of a core once, and the same core of two sockets twice", () => {
    const threads = [
      [0, 0],
      [0, 0],
      [1, 0],
    ].map(([socket, core], index) => `processor\t: ${index}\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`);
    expect(countPhysicalCores(threads.join("\n"))).toBe(2);
  });

  it("C8: counts a core without a second thread, as efficient ones are, for one as well", () => {
    const threads = [0, 0, 4, 4, 8, 9].map(
      (core, index) => `processor\t: ${index}\nphysical id\t: 0\ncore id\t\t: ${core}\n`,
    );
    expect(countPhysicalCores(threads.join("\n"))).toBe(4);
  });

  it("C5: counts the cores of all sockets, and not those that the kernel names for each", () => {
    const sockets = [0, 1].map(
      (socket) => `processor\t: ${socket}\nphysical id\t: ${socket}\ncore id\t\t: 0\ncpu cores\t: 1\n`,
    );
    expect(countPhysicalCores(sockets.join("\n"))).toBe(2);
  });

  it("knows no cores where the kernel does not tell", () => {
    expect(countPhysicalCores("processor\t: 0\nBogoMIPS\t: 48.00\n")).toBeUndefined();
  });

  it("C3: reads a limit of one and a half processors, and one below a processor", () => {
    expect(parseCpuMax("150000 100000\n")).toBe(1.5);
    expect(parseCpuMax("25000 100000\n")).toBe(0.25);
  });

  it("finds no limit where there is none", () => {
    expect(parseCpuMax("max 100000\n")).toBeUndefined();
    expect(parseCpuMax("")).toBeUndefined();
    expect(parseCpuMax("1 0\n")).toBeUndefined();
  });

  it("holds the tightest of several limits", () => {
    expect(tightestQuota([undefined, 2, 1.5])).toBe(1.5);
    expect(tightestQuota([undefined])).toBeUndefined();
  });
});

describe("network interfaces", () => {
  const nic = {
    name: "enp0s8",
    mac: "08:00:27:00:00:01",
    addresses: ["192.168.56.11/24"],
    device: true,
    loopback: false,
  };

  it("tells of devices with or without an address, in the order of their names", () => {
    const bare = { ...nic, name: "enp0s3", addresses: [] };
    expect(relevantInterfaces([nic, bare]).map(({ name }) => name)).toEqual(["enp0s3", "enp0s8"]);
  });

  it("leaves out the loopback and what has no address beyond its link", () => {
    const loopback = { ...nic, name: "lo", device: false, loopback: true };
    const container = { ...nic, name: "veth1", device: false, addresses: ["fe80::1/64"] };
    expect(relevantInterfaces([loopback, container])).toEqual([]);
  });

  it("tells of an interface that is no device and has an address", () => {
    expect(relevantInterfaces([{ ...nic, device: false }])).toEqual([
      { name: "enp0s8", mac: "08:00:27:00:00:01", addresses: ["192.168.56.11/24"] },
    ]);
  });
});

describe("public keys", () => {
  const key = `ssh-ed25519 ${"A".repeat(68)}`;

  it("leaves the comment out", () => {
    expect(parsePublicKey(`${key} root@primary\n`)).toBe(key);
    expect(parsePublicKey(key)).toBe(key);
  });

  it("takes nothing else for a key", () => {
    expect(parsePublicKey("root:$6$abc:19000:0:99999:7:::\n")).toBeUndefined();
    expect(parsePublicKey(`${key}\n${key}\n`)).toBeUndefined();
    expect(parsePublicKey(`command="x" ${key}\n`)).toBeUndefined();
  });
});
