import type { SpecOf } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import type { Host } from "../host/host.ts";
import { createMemoryHost, type MemoryHostSeed } from "../host/memory-host.ts";
import type { MemoryNic } from "../host/memory-netplan.ts";
import { networkResource } from "./network.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const spec: SpecOf<"network"> = {
  id: "network",
  requires: [],
  kind: "network",
  address: "192.168.56.11/24",
  mac: undefined,
  nameservers: ["1.1.1.1"],
  confirmSeconds: 60,
  demanded: true,
};
const installer =
  "network:\n  version: 2\n  ethernets:\n    ens3: {dhcp4: true} # lan\n    ens4: {dhcp4: true} # out\n";
const nics: readonly MemoryNic[] = [
  { name: "ens3", mac: "52:54:00:00:00:03", lease: "192.168.56.101/24" },
  { name: "ens4", mac: "52:54:00:00:00:04", lease: "10.0.2.15/24", gateway: true },
  { name: "docker0", mac: "02:42:00:00:00:01", device: false, holds: ["192.168.56.11/24"] },
];
const cloudFile = "/etc/netplan/50-cloud-init.yaml";
const ownFile = "/etc/netplan/90-cowherd.yaml";
const dropIn = "/etc/cloud/cloud.cfg.d/99-cowherd-network.cfg";

function machine(text = installer, more: MemoryHostSeed["network"] = {}, seed: MemoryHostSeed = {}): Host {
  return createMemoryHost({ ...seed, network: { files: { [cloudFile]: text }, nics, ...more } });
}

async function planned(host: Host, of: Parameters<typeof networkResource.plan>[0] = spec) {
  return networkResource.plan(of, await networkResource.read(of, host, signal));
}

async function converge(host: Host): Promise<void> {
  for (const change of await planned(host)) await networkResource.apply(change, host, signal);
}

async function fileOf(host: Host, path: string): Promise<string | undefined> {
  return (await host.network.read()).files.find((file) => file.path === path)?.content.toString();
}

describe("network", () => {
  resourceContract(networkResource, {
    "E3: takes a cluster NIC from DHCP to its address": { spec, host: () => machine() },
    "E7: disarms an older address": {
      spec,
      host: () => machine(installer.replace("{dhcp4: true} # lan", "{addresses: [192.168.56.99/24]}")),
      foreign: async (host) => (await fileOf(host, cloudFile))?.includes("ens4: {dhcp4: true} # out"),
    },
    "E6: keeps cloud-init from reverting it": {
      spec,
      host: () => machine(installer, {}, { folders: { "/etc/cloud": { mode: 0o755, uid: 0, gid: 0 } } }),
    },
    "applies files that are right and not in force": {
      spec: { ...spec, nameservers: [] },
      host: () => {
        const own = `network:\n  version: 2\n  ethernets:\n    "00-cowherd":\n`;
        return machine("network: {version: 2}\n", {
          files: { [ownFile]: own },
          nics: [{ name: "ens3", mac: "52:54:00:00:00:03", holds: ["192.168.56.7/24"] }],
        });
      },
    },
  });

  it("leaves the cluster's NIC with its address alone, and the NAT with its lease", async () => {
    const host = machine();
    await converge(host);
    const { nics: after } = await host.network.read();
    expect(after.map(({ name, addresses, leadsOut }) => [name, addresses, leadsOut])).toEqual([
      ["ens3", ["192.168.56.11/24"], false],
      ["ens4", ["10.0.2.15/24"], true],
      ["docker0", [], false],
    ]);
    expect(await fileOf(host, cloudFile)).toBe(installer.replace("    ens3: {dhcp4: true} # lan\n", ""));
  });

  it("E6, E7: tells cloud-init to leave the network alone", async () => {
    const host = machine(installer, {}, { folders: { "/etc/cloud": { mode: 0o755, uid: 0, gid: 0 } } });
    await converge(host);
    expect((await host.files.read(dropIn))?.content.toString()).toBe(
      "# Managed by Cowherd; edits are replaced.\nnetwork: {config: disabled}\n",
    );
  });

  it("says what it would write, and changes nothing for it", async () => {
    const host = machine();
    const [change, ...rest] = await planned(host);
    expect(rest).toEqual([]);
    expect(change && networkResource.describe(change)).toBe(
      `write ${ownFile} and ${cloudFile}, and apply: 192.168.56.11/24 on ens3`,
    );
    expect(await fileOf(host, ownFile)).toBeUndefined();
  });

  it("E12: does not try again at once what was taken back, and says when it will", async () => {
    const host = machine(installer, { reachable: false });
    await expect(converge(host)).rejects.toThrow("not reached over 192.168.56.11 within 60 s");
    expect(await fileOf(host, cloudFile)).toBe(installer);
    expect(await fileOf(host, ownFile)).toBeUndefined();
    await expect(planned(host)).rejects.toMatchObject({
      name: "NetworkPausedError",
      message: expect.stringMatching(
        /not reached over .* the old configuration is back; tried again in 60 min, or once the spec/,
      ),
    });
    expect(await planned(host, { ...spec, nameservers: [] })).toHaveLength(1);
  });

  it("E12: applies once more what does not hold, and then pauses", async () => {
    const host = machine();
    await converge(host);
    const view = await host.network.read();
    const drifted = view.nics.map((nic) => (nic.name === "ens3" ? { ...nic, addresses: ["192.168.56.9/24"] } : nic));
    const observed = { view: { ...view, nics: drifted }, cloud: undefined };
    const [change] = networkResource.plan(spec, observed);
    expect(change && networkResource.describe(change)).toContain("ens3 does not hold 192.168.56.11/24");
    if (change?.action === "change") await host.network.change(change.change, signal);
    const { last, nowMs } = await host.network.read();
    const later = (ms: number) =>
      networkResource.plan(spec, { ...observed, view: { ...observed.view, last, nowMs: nowMs + ms } });
    expect(() => later(0)).toThrow("ens3 does not hold 192.168.56.11/24: it was applied a moment ago and did not help");
    expect(later(5 * 60_000)).toHaveLength(1);
    const again = last && { ...last, times: 3 };
    const view3 = { ...observed.view, last: again, nowMs: nowMs + 2 * 3_600_000 };
    expect(() => networkResource.plan(spec, { ...observed, view: view3 })).toThrow(
      "applied 3 times and did not help; tried again in 4 h",
    );
  });

  it("E12: waits for a change that is pending, and plans nothing beside it", async () => {
    const view = { ...(await machine().network.read()), pending: "192.168.56.11/24" };
    const [change, ...rest] = networkResource.plan(spec, { view, cloud: undefined });
    expect(change && networkResource.describe(change)).toBe(
      "wait until the pending change to 192.168.56.11/24 is confirmed or taken back",
    );
    expect(rest).toEqual([]);
  });

  it("E11: leaves a machine as it is whose only way out is that NIC, unless its network was asked for", async () => {
    const seed = { nics: [{ name: "ens3", mac: "52:54:00:00:00:03", lease: "192.168.56.101/24", gateway: true }] };
    const host = machine(installer, seed, { folders: { "/etc/cloud": { mode: 0o755, uid: 0, gid: 0 } } });
    expect(await planned(host, { ...spec, demanded: false })).toEqual([]);
    await expect(planned(host)).rejects.toMatchObject({
      name: "ConflictError",
      message: expect.stringContaining("ens3 is the machine's only way out"),
    });
    expect(await planned(machine(), { ...spec, demanded: false })).toHaveLength(1);
  });

  it("refuses a machine without netplan", async () => {
    await expect(planned(machine(installer, { present: false }))).rejects.toThrow("netplan is not installed");
  });

  it.each([
    ["an address without its length", { address: "192.168.56.11" }],
    ["a name for a MAC", { mac: "ens3" }],
    ["text in a nameserver", { nameservers: ["1.1.1.1]\n  renderer: x"] }],
    ["no time to confirm", { confirmSeconds: 0 }],
  ])("refuses %s", async (_what, more) => {
    await expect(planned(machine(), { ...spec, ...more })).rejects.toMatchObject({ name: "RefusedSpecError" });
  });
});
