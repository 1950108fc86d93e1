import { describe, expect, it } from "vitest";
import type { Nic } from "./nic.ts";
import { type NetplanFile, ownPath, wantedFiles } from "./wanted-files.ts";

const cloudPath = "/etc/netplan/50-cloud-init.yaml";
const spec = { address: "192.168.56.11/24", mac: undefined, nameservers: ["1.1.1.1", "8.8.8.8"], demanded: true };

function nic(name: string, addresses: readonly string[], more: Partial<Nic> = {}): Nic {
  const mac = `52:54:00:00:00:0${name.slice(-1)}`;
  const rest = { driver: "virtio_net", device: true, master: undefined, link: "up", leased: [] } as const;
  return { name, mac, addresses, leadsOut: false, ...rest, ...more };
}

const cluster = nic("ens3", ["192.168.56.101/24"]);
const nat = nic("ens4", ["10.0.2.15/24"], { leadsOut: true });
const file = (path: string, text: string, mode = 0o600) => ({ path, content: Buffer.from(text), mode, uid: 0, gid: 0 });
const yaml = (...lines: readonly string[]) => ["network:", "  version: 2", "  ethernets:", ...lines, ""].join("\n");
const installer = yaml("    ens3:", "      dhcp4: true", "    ens4:", "      dhcp4: true");

function wanted(files: readonly NetplanFile[], nics: readonly Nic[] = [cluster, nat]) {
  const found = wantedFiles(spec, nics, files);
  if (found === undefined) throw new Error("the machine's network would be left as it is");
  const { writes, backups, ...rest } = found;
  const text = (of: typeof writes) => Object.fromEntries(of.map((one) => [one.path, one.file.content.toString()]));
  return { ...rest, raw: writes, writes: text(writes), backups: text(backups) };
}

describe("netplan's files as they are to be", () => {
  it("E3, E11: give the cluster's NIC its address alone, no lease and no route, by its MAC", () => {
    expect(wanted([file(cloudPath, installer)]).writes).toEqual({
      [ownPath]: `# Managed by Cowherd; edits are replaced.
network:
  version: 2
  ethernets:
    "00-cowherd":
      match:
        macaddress: "52:54:00:00:00:03"
      optional: true
      dhcp4: false
      dhcp6: false
      addresses: ["192.168.56.11/24"]
    "ens4":
      nameservers:
        addresses: ["1.1.1.1","8.8.8.8"]
`,
      [cloudPath]: yaml("    ens4:", "      dhcp4: true"),
    });
  });

  it("E7: are closed to others, and keep the original beside them where netplan does not read it", () => {
    const { raw, backups } = wanted([file(cloudPath, installer, 0o644)]);
    expect(raw.map((one) => one.file.mode)).toEqual([0o600, 0o600]);
    expect(backups).toEqual({ "/etc/netplan/50-cloud-init.yaml.before-cowherd": installer });
  });

  it("E9: take no lease on the cluster's network, where clones with one machine-id would get one between them", () => {
    expect(wanted([file(cloudPath, installer)]).writes[ownPath]).not.toMatch(/dhcp4: true|dhcp-identifier/);
  });

  it("are right once written, and again when the NIC holds its address", () => {
    const { raw } = wanted([file(cloudPath, installer)]);
    const after = raw.map((one) => ({ path: one.path, ...one.file }));
    expect(wanted(after).writes).toEqual({});
    expect(wanted(after, [nic("ens3", ["192.168.56.11/24"]), nat]).writes).toEqual({});
  });

  it("are mended where Cowherd's own is open to others", () => {
    const { raw } = wanted([file(cloudPath, installer)]);
    const open = raw.map((one) => ({ path: one.path, ...one.file, mode: 0o644 }));
    expect(Object.keys(wanted(open).writes)).toEqual([ownPath]);
  });

  it("E7: are disarmed by match as by name, in every file, before and after Cowherd's own", () => {
    const byMac = yaml("    lan:", "      match: {macaddress: '52:54:00:00:00:03'}", "      set-name: ens3");
    const merged = yaml("    lan:", "      addresses: [192.168.56.77/24]");
    const late = yaml("    ens3:", "      addresses: [192.168.56.78/24]");
    const files = [
      file(cloudPath, byMac),
      file("/etc/netplan/60-a.yaml", merged),
      file("/etc/netplan/99-b.yaml", late),
    ];
    const bare = "network:\n  version: 2\n";
    const { [ownPath]: own, ...others } = wanted(files).writes;
    expect(own).toContain("00-cowherd");
    expect(others).toEqual({ [cloudPath]: bare, "/etc/netplan/60-a.yaml": bare, "/etc/netplan/99-b.yaml": bare });
  });

  it("leave alone a definition that is for other NICs too, before which Cowherd's comes", () => {
    const every = yaml("    all-en:", "      match: {name: 'en*'}", "      dhcp4: true");
    const { writes } = wanted([file(cloudPath, every)]);
    expect(Object.keys(writes)).toEqual([ownPath]);
    expect(writes[ownPath]).toContain('"all-en":\n      nameservers:');
    expect("00-cowherd" < "all-en").toBe(true);
    const desktop = every.replace("version: 2", "version: 2\n  renderer: NetworkManager");
    expect(() => wanted([file(cloudPath, desktop)])).toThrow("NetworkManager needs one definition for each");
  });

  it("name only the nameservers that are not named yet", () => {
    const theirs = yaml("    ens4:", "      dhcp4: true", "      nameservers: {addresses: [8.8.8.8]}");
    expect(wanted([file(cloudPath, theirs)]).writes[ownPath]).toContain('addresses: ["1.1.1.1"]\n');
    const all = theirs.replace("[8.8.8.8]", "[8.8.8.8, 1.1.1.1]");
    expect(wanted([file(cloudPath, all)]).writes[ownPath]).not.toContain("nameservers");
  });

  it("keep the machine's renderer", () => {
    const desktop = "network:\n  version: 2\n  renderer: NetworkManager\n";
    const { writes } = wanted([file("/etc/netplan/01-network-manager-all.yaml", desktop)]);
    expect(Object.keys(writes)).toEqual([ownPath]);
    expect(writes[ownPath]).not.toContain("renderer");
  });

  it.each([
    ["a file that is no YAML", "network: [\n", "cannot be read as YAML and is left alone"],
    [
      "a NIC that is part of a bridge",
      `${yaml("    ens3: {}")}  bridges:\n    br0: {interfaces: [ens3]}\n`,
      "ens3 is a part of br0",
    ],
    ["a NIC of another kind", "network:\n  wifis:\n    ens3: {access-points: {}}\n", "ens3 is configured under wifis"],
  ])("refuse %s, naming the file", (_what, text, reason) => {
    expect(() => wanted([file(cloudPath, text)])).toThrow(reason);
    expect(() => wanted([file(cloudPath, text)])).toThrow(cloudPath);
  });

  it("E11: refuse to take the only way out from a machine, and take a second one", () => {
    const only = nic("ens3", ["192.168.56.11/24"], { leadsOut: true });
    expect(() => wanted([], [only])).toThrow("ens3 is the machine's only way out");
    expect(wantedFiles({ ...spec, demanded: false }, [only], [file(cloudPath, "network: [\n")])).toBeUndefined();
    expect(wanted([file(cloudPath, installer)], [only, nat]).writes[cloudPath]).not.toContain("ens3");
  });

  it("E8: find the NIC again by its MAC when a clone's own file names another's", () => {
    const own = wanted([]).writes[ownPath] ?? "";
    const clone = [nic("ens3", [], { mac: "52:54:00:00:00:99" }), nat];
    expect(wanted([file(ownPath, own)], clone).writes[ownPath]).toContain('macaddress: "52:54:00:00:00:99"');
  });
});
