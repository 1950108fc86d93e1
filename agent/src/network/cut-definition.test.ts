import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { cutDefinition } from "./cut-definition.ts";

const cloudInit = `# This file is generated from information provided by the datasource.
network:
    version: 2
    renderer:   networkd # theirs
    ethernets:
        # the NAT
        enp0s3:
            dhcp4: true
            nameservers:
                addresses: [ 1.1.1.1,  '8.8.8.8' ]
        enp0s8:
            dhcp4: true
            match: {macaddress: 08:00:27:00:00:08}
            set-name: enp0s8
    bridges:  # of the virtual machines
        br0: {interfaces: []}
`;

const cut = (text: string, id: string) => cutDefinition("/etc/netplan/x.yaml", text, "ethernets", id);

describe("taking a definition out of a file", () => {
  it("E7: keeps every other byte", () => {
    const [before = "", after = ""] = cloudInit.split(/ {8}enp0s8:[\s\S]*set-name: enp0s8\n/);
    expect(cut(cloudInit, "enp0s8")).toBe(before + after);
  });

  it("keeps comments and order where a mapping has no lines of its own", () => {
    const flow = "network: {version: 2, ethernets: {ens3: {dhcp4: true}, ens4: {dhcp4: true}}} # one line\n";
    expect(cut(flow, "ens4")).toBe("network: { version: 2, ethernets: { ens3: { dhcp4: true } } } # one line\n");
  });

  it("takes no neighbour along that stands on the same line", () => {
    const text = "network:\n  ethernets: {\n    ens3: {dhcp4: true}, ens4: {dhcp4: true}\n  }\n";
    expect(parseDocument(cut(text, "ens3"), { schema: "failsafe" }).toJS()).toEqual({
      network: { ethernets: { ens4: { dhcp4: "true" } } },
    });
  });

  it("takes the section along when it is the last", () => {
    const one = "network:\n  version: 2\n  ethernets:\n    ens3:\n      dhcp4: true\n";
    expect(cut(one, "ens3")).toBe("network:\n  version: 2\n");
  });

  it("takes one that says nothing, at the end of a file without a line's end", () => {
    const text = "network:\n  ethernets:\n    ens3: {}\n    ens4:";
    expect(parseDocument(cut(text, "ens4"), { schema: "failsafe" }).toJS()).toEqual({
      network: { ethernets: { ens3: {} } },
    });
  });

  it("refuses one that another one points to", () => {
    const text = "network:\n  ethernets:\n    ens3: &a\n      dhcp4: true\n    ens4: *a\n";
    expect(() => cut(text, "ens3")).toThrow("ens3 cannot be taken out of /etc/netplan/x.yaml, which is left alone");
  });

  it("leaves a file that says all the same but for that definition, however it is laid out", () => {
    const id = fc.stringMatching(/^[a-z]{1,3}[0-9]{1,2}$/);
    const body = fc.record({
      dhcp4: fc.constantFrom("true", "false", "yes"),
      addresses: fc.array(fc.constantFrom("10.0.0.1/24", "10.0.0.2/24"), { maxLength: 2 }),
    });
    const layout = fc.record({ step: fc.integer({ min: 1, max: 5 }), flow: fc.boolean(), comment: fc.boolean() });
    fc.assert(
      fc.property(fc.dictionary(id, body, { minKeys: 1, maxKeys: 4 }), layout, fc.nat(), (ethernets, how, pick) => {
        const text = laidOut(ethernets, how);
        const ids = Object.keys(ethernets);
        const gone = ids[pick % ids.length] ?? "";
        const { [gone]: _gone, ...rest } = ethernets;
        const want = Object.keys(rest).length === 0 ? { version: "2" } : { version: "2", ethernets: rest };
        expect(parseDocument(cut(text, gone), { schema: "failsafe" }).toJS()).toEqual({ network: want });
      }),
    );
  });
});

type Body = { readonly dhcp4: string; readonly addresses: readonly string[] };

function laidOut(
  ethernets: Readonly<Record<string, Body>>,
  { step, flow, comment }: { readonly step: number; readonly flow: boolean; readonly comment: boolean },
): string {
  const pad = (depth: number) => " ".repeat(depth * step);
  const note = comment ? [`${pad(2)}# a note`] : [];
  const lines = Object.entries(ethernets).flatMap(([id, { dhcp4, addresses }]) =>
    flow
      ? [...note, `${pad(2)}${id}: {dhcp4: ${dhcp4}, addresses: [${addresses.join(", ")}]}`]
      : [...note, `${pad(2)}${id}:`, `${pad(3)}dhcp4: ${dhcp4}`, `${pad(3)}addresses: [${addresses.join(", ")}]`],
  );
  return ["network:", `${pad(1)}version: 2`, `${pad(1)}ethernets:`, ...lines, ""].join("\n");
}
