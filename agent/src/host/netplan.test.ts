import { expect, it } from "vitest";
import { createMemoryNetplan } from "./memory-netplan.ts";
import { netplanContract } from "./netplan.contract.ts";

const signal = new AbortController().signal;

netplanContract(
  "memory",
  async (texts) => {
    const files = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, text]));
    return createMemoryNetplan({ files });
  },
  { uid: 0, gid: 0 },
);

it("has of two definitions for one NIC the first by its id, as systemd-networkd has", async () => {
  const every = "network:\n  version: 2\n  ethernets:\n    all-en: {match: {name: 'en*'}, dhcp4: true}\n";
  const one =
    "network:\n  version: 2\n  ethernets:\n    00-x: {match: {macaddress: aa:00:00:00:00:01}, addresses: [192.168.56.11/24]}\n";
  const netplan = createMemoryNetplan({
    files: { "/etc/netplan/10-a.yaml": every },
    nics: [{ name: "ens3", mac: "aa:00:00:00:00:01", lease: "192.168.56.101/24" }],
  });
  expect((await netplan.nics())[0]?.addresses).toEqual(["192.168.56.101/24"]);
  await netplan.replace("/etc/netplan/90-b.yaml", { content: Buffer.from(one), mode: 0o600, uid: 0, gid: 0 });
  await netplan.apply("a1", 5, signal);
  expect((await netplan.nics())[0]?.addresses).toEqual(["192.168.56.11/24"]);
});
