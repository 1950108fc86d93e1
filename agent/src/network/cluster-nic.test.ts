import { describe, expect, it } from "vitest";
import { clusterNic } from "./cluster-nic.ts";
import type { Nic } from "./nic.ts";

const cidr = { address: "192.168.56.11", length: 24 };
const wanted = { cidr, mac: undefined, formerMac: undefined };

function nic(name: string, addresses: readonly string[] = [], more: Partial<Nic> = {}): Nic {
  const mac = `08:00:27:00:00:0${name.slice(-1)}`;
  const rest = { driver: "e1000", device: true, master: undefined, link: "up", leased: [], leadsOut: false } as const;
  return { name, mac, addresses, ...rest, ...more };
}

const nat = nic("enp0s3", ["10.0.2.15/24"], { leadsOut: true });

describe("the cluster's NIC", () => {
  it("is the one with the declared MAC, whatever it holds", () => {
    const nics = [nat, nic("enp0s8", ["192.168.56.11/24"]), nic("enp0s9")];
    expect(clusterNic(nics, { ...wanted, mac: "08:00:27:00:00:09" }).name).toBe("enp0s9");
    expect(clusterNic(nics, { ...wanted, mac: "08:00:27:00:00:08".toUpperCase() }).name).toBe("enp0s8");
  });

  it("E8: is none where the declared MAC is that of the machine it was cloned from", () => {
    expect(() => clusterNic([nat, nic("enp0s8")], { ...wanted, mac: "08:00:27:ff:ff:ff" })).toThrow(
      "no NIC has the MAC 08:00:27:ff:ff:ff that cluster.yaml declares; declare the node's mac in cluster.yaml. " +
        "NICs: enp0s3 (08:00:27:00:00:03, 10.0.2.15/24); enp0s8 (08:00:27:00:00:08)",
    );
  });

  it("E8: is the one that a clone's stale MAC left without an address", () => {
    const stale = { ...wanted, formerMac: "08:00:27:ff:ff:ff" };
    expect(clusterNic([nat, nic("enp0s8")], stale).name).toBe("enp0s8");
    expect(() => clusterNic([nat, nic("enp0s8"), nic("enp0s9")], stale)).toThrow("no NIC holds");
    expect(() => clusterNic([nat, nic("enp0s8")], { ...stale, formerMac: "08:00:27:00:00:08" })).toThrow(
      "no NIC holds",
    );
  });

  it("E8: is found under whatever name the kernel gives it", () => {
    for (const name of ["ens4", "eth1", "enp0s8", "x"]) {
      expect(clusterNic([nat, nic(name, ["192.168.56.11/24"])], wanted).name).toBe(name);
    }
  });

  it("is the one that holds the address, beside another of the subnet", () => {
    const nics = [nic("enp0s9", ["192.168.56.101/24"]), nic("enp0s8", ["192.168.56.11/16"])];
    expect(clusterNic(nics, wanted).name).toBe("enp0s8");
  });

  it("is the only one with another address in the subnet", () => {
    expect(clusterNic([nat, nic("enp0s8", ["192.168.56.101/24"])], wanted).name).toBe("enp0s8");
    const two = [nic("enp0s8", ["192.168.56.101/24"]), nic("enp0s9", ["192.168.56.102/24"])];
    expect(() => clusterNic(two, wanted)).toThrow("several NICs have an address in the subnet of 192.168.56.11");
  });

  it("E1: is never found by a default route nor by the address that all machines share", () => {
    expect(() => clusterNic([nat], wanted)).toThrow("no NIC holds 192.168.56.11 or another address in its subnet");
  });

  it("is the one in Cowherd's own file while its cable is out", () => {
    const nics = [nat, nic("enp0s8", [], { link: "no-carrier" }), nic("enp0s9", ["192.168.56.101/24"])];
    expect(clusterNic(nics, { ...wanted, formerMac: "08:00:27:00:00:08" }).name).toBe("enp0s8");
    expect(clusterNic(nics, wanted).name).toBe("enp0s9");
  });

  it("E14: is no bridge, no veth and no loopback, whatever address they hold", () => {
    const virtual = ["docker0", "virbr0", "veth12", "lo"].map((name) =>
      nic(name, ["192.168.56.11/24"], { device: false }),
    );
    expect(() => clusterNic([nat, ...virtual], wanted)).toThrow("NICs: enp0s3 (08:00:27:00:00:03, 10.0.2.15/24)");
    expect(clusterNic([...virtual, nat, nic("enp0s8", ["192.168.56.7/24"])], wanted).name).toBe("enp0s8");
  });

  it("E14: is no part of a bridge or bond", () => {
    const part = nic("enp0s8", ["192.168.56.11/24"], { master: "br0" });
    expect(() => clusterNic([nat, part], wanted)).toThrow("enp0s8 is a part of br0, which is not managed");
  });
});
