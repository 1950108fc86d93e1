import { describe, expect, it } from "vitest";
import { liveProblem } from "./live-problem.ts";
import { liveRepairs } from "./live-repairs.ts";
import { parseLiveState } from "./live-state.ts";
import type { Nic } from "./nic.ts";
import { defaultDevices, deviceTowards, parseRoutes } from "./routes.ts";
import { isWithin, parseCidr, toNumber } from "./subnet.ts";

const cidr = { address: "192.168.56.11", length: 24 };
const right: Nic = {
  name: "ens3",
  mac: "52:54:00:00:00:03",
  driver: undefined,
  device: true,
  master: undefined,
  link: "up",
  addresses: ["192.168.56.11/24"],
  leased: [],
  leadsOut: false,
};

/** As ip(8) 6.1 writes it, cut short. */
const addresses = JSON.stringify([
  {
    ifname: "lo",
    addr_info: [{ family: "inet", local: "127.0.0.1", prefixlen: 8, scope: "host", valid_life_time: 4294967295 }],
  },
  {
    ifname: "ens3",
    addr_info: [
      { family: "inet", local: "192.168.56.11", prefixlen: 24, scope: "global", valid_life_time: 4294967295 },
    ],
  },
  {
    ifname: "ens4",
    addr_info: [
      { family: "inet", local: "10.0.2.15", prefixlen: 24, scope: "global", dynamic: true, valid_life_time: 86000 },
    ],
  },
  {},
]);
const routes = JSON.stringify([
  { dst: "default", gateway: "10.0.2.2", dev: "ens4", protocol: "dhcp", prefsrc: "10.0.2.15", metric: 100, flags: [] },
  { dst: "192.168.56.0/24", dev: "ens3", protocol: "kernel", scope: "link", prefsrc: "192.168.56.11", flags: [] },
]);
const before = parseLiveState(addresses, routes);
const both = new Set(["ens3", "ens4"]);

const table =
  "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n" +
  "ens4\t00000000\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n" +
  "ens3\t0038A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n" +
  "ens5\t00000000\t00000000\t0000\t0\t0\t0\t00000000\t0\t0\t0\n";

describe("the running state of the cluster's NIC", () => {
  it.each([
    [
      "E3",
      "a second address of the subnet",
      { addresses: ["192.168.56.11/24", "192.168.56.101/24"] },
      "holds 192.168.56.101/24 beside",
    ],
    [
      "E3",
      "a leased address of another subnet",
      { addresses: ["192.168.56.11/24", "10.9.9.9/8"], leased: ["10.9.9.9"] },
      "holds 10.9.9.9/8",
    ],
    ["E11", "a default route", { leadsOut: true }, "holds a default route"],
    ["E2", "a subnet of another size", { addresses: ["192.168.56.11/16"] }, "does not hold 192.168.56.11/24"],
    ["E8", "a NIC that is down", { link: "down", addresses: [] }, "ens3 is down"],
  ] as const)("%s: is wrong with %s", (_number, _what, more, problem) => {
    expect(liveProblem(cidr, { ...right, ...more })).toContain(problem);
  });

  it("is right with the address alone, beside one that somebody set elsewhere, and without a cable", () => {
    expect(liveProblem(cidr, right)).toBeUndefined();
    expect(liveProblem(cidr, { ...right, addresses: ["192.168.56.11/24", "172.16.0.1/16"] })).toBeUndefined();
    expect(liveProblem(cidr, { ...right, link: "no-carrier", addresses: [] })).toBeUndefined();
  });
});

describe("what was in force", () => {
  it("needs nothing where it is in force", () => {
    expect(liveRepairs(before, before, both)).toEqual([]);
  });

  it("E12: comes back address by address and route by route, and nothing is taken away", () => {
    const now = parseLiveState(addresses.replaceAll("192.168.56.11", "192.168.99.1"), "[]");
    expect(liveRepairs(before, now, both)).toEqual([
      ["address", "replace", "192.168.56.11/24", "brd", "+", "dev", "ens3"],
      [
        "route",
        "replace",
        "default",
        "via",
        "10.0.2.2",
        "dev",
        "ens4",
        "proto",
        "dhcp",
        "src",
        "10.0.2.15",
        "metric",
        "100",
      ],
    ]);
  });

  it("is good again with another lease, and gets a lost one back for as long as it was good", () => {
    const other = parseLiveState(addresses.replaceAll("10.0.2.15", "10.0.2.16"), routes);
    expect(liveRepairs(before, other, both)).toEqual([]);
    const none = { ...before, addresses: before.addresses.filter(({ device }) => device !== "ens4") };
    expect(liveRepairs(before, none, both)).toEqual([
      ["address", "replace", "10.0.2.15/24", "brd", "+", "dev", "ens4", "valid_lft", "86000", "preferred_lft", "86000"],
    ]);
  });

  it("E14: is left alone on interfaces that are none of ours", () => {
    expect(liveRepairs(before, { addresses: [], routes: [] }, new Set())).toEqual([]);
  });
});

describe("routes", () => {
  it("tell which NICs lead out, and where packets to an address go", () => {
    const all = parseRoutes(table);
    expect(defaultDevices(all)).toEqual(new Set(["ens4"]));
    expect(deviceTowards("192.168.56.10", all)).toBe("ens3");
    expect(deviceTowards("192.168.57.10", all)).toBe("ens4");
    expect(deviceTowards("192.168.57.10", all.slice(1))).toBeUndefined();
  });
});

describe("a subnet", () => {
  it("holds its own addresses and no other's", () => {
    expect(isWithin(cidr, "192.168.56.255")).toBe(true);
    expect(isWithin(cidr, "192.168.57.0/24")).toBe(false);
    expect(isWithin({ ...cidr, length: 0 }, "8.8.8.8")).toBe(true);
    expect(isWithin(cidr, "fe80::1")).toBe(false);
    expect(toNumber("255.255.255.255")).toBe(2 ** 32 - 1);
    for (const wrong of ["192.168.56.11", "192.168.56.11/33", "300.1.1.1/8", "a/8"])
      expect(parseCidr(wrong)).toBeUndefined();
  });
});
