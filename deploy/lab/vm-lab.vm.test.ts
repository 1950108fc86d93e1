import { afterAll, beforeAll, expect, it } from "vitest";
import { labContract } from "./lab.contract.ts";
import type { Lab, VmHost } from "./lab.ts";
import { createVmLab } from "./vm-lab.ts";

let lab: Lab<VmHost>;
let first: VmHost;
let second: VmHost;

beforeAll(async () => {
  lab = await createVmLab("lab-test-vm", { report: console.log });
  [first, second] = await Promise.all([
    lab.boot("first", { address: "192.168.56.11" }),
    lab.boot("second", { address: "192.168.56.12" }),
  ]);
});

afterAll(() => lab?.down());

labContract(() => ({ lab, first, second }), 3000);

it("gives a host two NICs that netplan set up, with the same address behind NAT", async () => {
  const addresses = await first.check(["ip", "-4", "-oneline", "address"]);
  expect(addresses).toContain("inet 10.0.2.15/24");
  expect(addresses).toContain(`inet ${first.address}/24`);
  expect(await first.check(["stat", "-c", "%a", "/etc/netplan/50-cloud-init.yaml"])).toBe("600\n");
});

it("has a kernel and a clock of its own", async () => {
  await first.check(["modprobe", "nfsd"]);
  await first.setClock(new Date("2020-01-01T00:00:00Z"));
  expect(await first.check(["date", "--utc", "+%Y"])).toBe("2020\n");
  expect(await second.check(["date", "--utc", "+%Y"])).toBe(`${new Date().getUTCFullYear()}\n`);
});
