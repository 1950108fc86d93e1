import type { Facts } from "@cowherd/proto/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FactsRefusedError, parseFacts, type ReportedFacts } from "./parse-facts.ts";

const limits = { maxSlots: 64, per: "vcores", user: "mpihpc" } as const;
const good = {
  hostname: "secondary1",
  machineId: "0123456789abcdef0123456789abcdef",
  os: { id: "ubuntu", versionId: "24.04", kernel: "6.8.0-31-generic", architecture: "x64" },
  processors: { online: 4, schedulable: 4, quota: 1.5, cores: 2 },
  memoryBytes: 2n ** 31n,
  interfaces: [
    { name: "enp0s8", mac: "08:00:27:AA:BB:CC", addresses: ["192.168.56.11/24", "fe80::a00:27ff:feaa:bbcc/64"] },
    { name: "tun0", mac: "", addresses: [] },
  ],
  hostKeys: ["ssh-rsa AAAAB3Nz", "ssh-ed25519 AAAAC3Nz", "ecdsa-sha2-nistp256 AAAAE2Vj==", "ssh-rsa AAAAB3Nz"],
  userKeys: [
    { user: "ada", key: "ssh-ed25519 BBBB" },
    { user: "mpihpc", key: "ssh-ed25519 AAAA" },
  ],
  agentVersion: "0.1.0",
  nfs: { server: true, client: false },
  netplan: true,
  mpirun: { vendor: "Open MPI", version: "4.1.4" },
  tlsRequests: [],
} satisfies Facts;

const { processors } = good;
const card = (over: object) => ({ interfaces: [{ name: "e0", mac: "", addresses: [], ...over }] });

function refusal(over: Partial<ReportedFacts>): FactsRefusedError {
  try {
    parseFacts({ ...good, ...over }, limits);
  } catch (error) {
    if (error instanceof FactsRefusedError) return error;
    throw error;
  }
  throw new RangeError("the facts were taken");
}

describe("facts of the wire", () => {
  it("are taken with their keys in order, and the cluster user's alone", () => {
    expect(parseFacts(good, limits)).toEqual({
      hostname: "secondary1",
      machineId: good.machineId,
      os: good.os,
      processors,
      memoryBytes: 2 ** 31,
      interfaces: [
        { name: "enp0s8", mac: "08:00:27:aa:bb:cc", addresses: good.interfaces[0]?.addresses },
        good.interfaces[1],
      ],
      hostKeys: ["ecdsa-sha2-nistp256 AAAAE2Vj==", "ssh-ed25519 AAAAC3Nz", "ssh-rsa AAAAB3Nz"],
      userKey: "ssh-ed25519 AAAA",
      agentVersion: "0.1.0",
      nfs: good.nfs,
      netplan: true,
      mpirun: good.mpirun,
    });
  });

  it("may lack a quota, a machine id and the user's key", () => {
    const bare = { ...good, machineId: "", userKeys: [], processors: { online: 4, schedulable: 4, cores: 2 } };
    expect(parseFacts(bare, limits)).toMatchObject({
      machineId: "",
      userKey: undefined,
      processors: { quota: undefined },
    });
  });

  it("may lack what an older agent does not tell, which then counts for nothing", () => {
    const { nfs: _nfs, mpirun: _mpirun, ...older } = good;
    const parsed = parseFacts({ ...older, netplan: false }, limits);
    expect(parsed).toMatchObject({ nfs: undefined, netplan: undefined, mpirun: undefined });
  });

  it("may tell of more processors than slots are allowed, where slots go by cores", () => {
    const wide = { online: 128, schedulable: 128, quota: undefined, cores: 64 };
    expect(parseFacts({ ...good, processors: wide }, { ...limits, per: "cores" }).processors).toEqual(wide);
    expect(() => parseFacts({ ...good, processors: wide }, limits)).toThrow("128 slots, and maxSlots is 64");
  });

  it("may tell of more processors than slots are allowed, where a quota keeps the slots below", () => {
    const wide = { online: 128, schedulable: 128, quota: 64, cores: 64 };
    expect(parseFacts({ ...good, processors: wide }, limits).processors).toEqual(wide);
  });
});

it.each<[string, Partial<ReportedFacts>, string]>([
  [
    "a newline in the hostname",
    { hostname: "a\nb slots=99" },
    'hostname: "a\\nb slots=99" is not a host name of printable ASCII',
  ],
  ["no hostname", { hostname: "" }, "hostname: "],
  ["a machine id that is none", { machineId: "../../etc" }, "machineId: "],
  ["no operating system", { os: undefined }, "os: is missing"],
  ["a terminal's escape in the kernel", { os: { ...good.os, kernel: "\u001b[2J" } }, 'os.kernel: "\\u001b[2J" is not'],
  ["no processors", { processors: undefined }, "processors: is missing"],
  [
    "a million cores",
    { processors: { ...processors, cores: 1e6 } },
    "processors.cores: expected a whole number from 1 to 65536",
  ],
  ["C6: a million online", { processors: { ...processors, online: 1e6 } }, "processors.online: "],
  ["C6: no processor", { processors: { ...processors, schedulable: 0 } }, "processors.schedulable: "],
  ["C6: less than none", { processors: { ...processors, online: -1 } }, "processors.online: "],
  ["C6: not a number", { processors: { ...processors, cores: Number.NaN } }, "processors.cores: "],
  ["C3: a quota of nothing", { processors: { ...processors, quota: 0 } }, "processors.quota: expected more than 0"],
  ["C3: a quota that is no number", { processors: { ...processors, quota: Number.NaN } }, "processors.quota: "],
  ["a quota without end", { processors: { ...processors, quota: Number.POSITIVE_INFINITY } }, "processors.quota: "],
  [
    "more slots than allowed",
    { processors: { online: 65, schedulable: 65, cores: 65 } },
    "processors: 65 slots, and maxSlots is 64",
  ],
  ["no memory", { memoryBytes: 0n }, "memoryBytes: expected more than 0 bytes"],
  ["memory without end", { memoryBytes: 2n ** 63n }, "memoryBytes: more bytes than any machine has"],
  ["a path as interface", card({ name: "../x" }), "interfaces.0.name: "],
  ["a hardware address that is none", card({ mac: "x" }), "interfaces.0.mac: "],
  [
    "an address without prefix",
    card({ addresses: ["192.168.56.11"] }),
    'interfaces.0.addresses.0: "192.168.56.11" is no address in CIDR form',
  ],
  ["an address with two prefixes", card({ addresses: ["192.168.56.11/24/1"] }), "interfaces.0.addresses.0: "],
  ["too long a prefix", card({ addresses: ["192.168.56.11/33"] }), "interfaces.0.addresses.0: "],
  ["too long a prefix of IPv6", card({ addresses: ["fe80::1/129"] }), "interfaces.0.addresses.0: "],
  ["an address in words", card({ addresses: ["here/24"] }), "interfaces.0.addresses.0: "],
  [
    "very many addresses",
    card({ addresses: Array(65).fill("10.0.0.1/8") }),
    "interfaces.0.addresses: more than 64 items",
  ],
  ["a key with options", { hostKeys: ['command="sh" ssh-ed25519 AAAA'] }, "hostKeys.0: "],
  ["two keys in one text", { hostKeys: ["ssh-ed25519 AAAA\nssh-ed25519 BBBB"] }, "hostKeys.0: "],
  ["a key with a newline after it", { hostKeys: ["ssh-ed25519 AAAA\n"] }, "hostKeys.0: "],
  ["a key of a kind of its own", { hostKeys: ["ssh-dss AAAA"] }, "hostKeys.0: "],
  ["very many host keys", { hostKeys: Array(17).fill("ssh-ed25519 AAAA") }, "hostKeys: more than 16 items"],
  ["a user's key with a comment", { userKeys: [{ user: "mpihpc", key: "ssh-ed25519 AAAA x" }] }, "userKeys.0.key: "],
  ["a user with a space", { userKeys: [{ user: "a b", key: "ssh-ed25519 AAAA" }] }, "userKeys.0.user: "],
  [
    "two keys of the cluster's user",
    { userKeys: ["AAAA", "BBBB"].map((key) => ({ user: "mpihpc", key: `ssh-ed25519 ${key}` })) },
    "userKeys: two keys of mpihpc",
  ],
  [
    "an ability that is a number",
    { nfs: Object.assign({ server: true, client: true }, { client: 1 }) },
    "nfs.client: expected true",
  ],
  [
    "an MPI with a newline in its name",
    { mpirun: { vendor: "Open\nMPI", version: "4" } },
    'mpirun.vendor: "Open\\nMPI" is not',
  ],
  ["an MPI without a name", { mpirun: { vendor: "", version: "4" } }, "mpirun.vendor: "],
  ["an MPI with a name without end", { mpirun: { vendor: "M".repeat(65), version: "4" } }, "mpirun.vendor: "],
  ["a version of an MPI in words", { mpirun: { vendor: "MPICH", version: "4 (new)" } }, "mpirun.version: "],
  ["a version without end", { agentVersion: "1".repeat(129) }, "agentVersion: "],
])("refuses %s and names it", (_, over, message) => {
  expect(refusal(over).message).toContain(message);
});

it("tells the field apart from the problem", () => {
  expect(refusal({ memoryBytes: 0n }).field).toBe("memoryBytes");
});

it("refuses in one printable line, whatever a machine says", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const { message } = refusal({ hostKeys: [text], hostname: "a" });
      expect(message).toMatch(/^[^\p{Cc}]+$/u);
    }),
    { numRuns: 40 },
  );
});
