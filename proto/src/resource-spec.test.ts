import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createDesiredState,
  InvalidDesiredStateError,
  parseDesiredState,
  type ResourceSpec,
  toWireDesiredState,
} from "./resource-spec.ts";
import { DesiredState } from "./wire.ts";

const text = fc.string({ maxLength: 12 });
const texts = fc.array(text, { maxLength: 3 });
const uint32 = fc.nat(2 ** 32 - 1);
const owned = { path: text, owner: text, group: text };

const kinds: fc.Arbitrary<ResourceSpec> = fc.oneof(
  kind("hostname", { name: text }),
  kind("hostsBlock", { entries: fc.array(fc.record({ name: text, address: text })), ownName: text }),
  kind("user", { name: text, uid: uint32, gid: uint32, home: text, shell: text, groups: texts }),
  kind("sshKey", { user: text, path: text }),
  kind("authorizedKeys", { user: text, path: text, keys: texts }),
  kind("knownHosts", { hosts: fc.array(fc.record({ names: texts, keys: texts })) }),
  kind("packageSet", { packages: texts, quietUnits: texts }),
  kind("mpiParameters", {
    subnet: text,
    defaultHostfile: fc.option(text, { nil: undefined }),
    overloads: fc.boolean(),
  }),
  kind("directory", { ...owned, mode: uint32 }),
  kind("file", { ...owned, content: text, mode: uint32 }),
  kind("hostfile", {
    ...owned,
    generation: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    entries: fc.array(fc.record({ node: text, slots: uint32 })),
    formerSha256: fc.array(text),
    form: fc.option(text, { nil: undefined }),
  }),
  kind("staleHostfiles", { paths: texts }),
  kind("tlsKey", { path: text, group: text }),
  kind("eventBroker", {
    cluster: text,
    address: text,
    port: uint32,
    program: text,
    certificate: text,
    keyPath: text,
    publisher: text,
    users: fc.array(fc.record({ name: text, key: text })),
    storeMegabytes: uint32,
  }),
  kind("staleEventBroker", {}),
);

/** Lists with unique ids in which each resource requires the one before it. */
const resourceLists = fc
  .array(kinds, { maxLength: 8 })
  .map((specs) => specs.map((spec, at) => ({ ...spec, id: `r${at}`, requires: at === 0 ? [] : [`r${at - 1}`] })));

const version = { epoch: 1n, generation: 7n };
const hostname: ResourceSpec = { id: "hostname", requires: [], kind: "hostname", name: "primary" };

describe("a desired state", () => {
  it("comes back from the wire as it went", () => {
    fc.assert(
      fc.property(resourceLists, (resources) => {
        const state = createDesiredState(version, resources);
        const bytes = DesiredState.encode(toWireDesiredState(state)).finish();
        expect(parseDesiredState(DesiredState.decode(bytes))).toEqual(state);
      }),
    );
  });

  it("has the same revision for the same content, whatever its version", () => {
    const older = createDesiredState(version, [hostname]);
    const newer = createDesiredState({ epoch: 2n, generation: 9n }, [{ ...hostname }]);
    expect(newer.revision).toBe(older.revision);
  });

  it("has another revision for other content", () => {
    const other = createDesiredState(version, [{ ...hostname, name: "secondary1" }]);
    expect(other.revision).not.toBe(createDesiredState(version, [hostname]).revision);
  });

  const wire = (...resources: ResourceSpec[]) => toWireDesiredState(createDesiredState(version, resources));

  it.each([
    ["a kind from the future", { ...wire(hostname), resources: [{ id: "x", requires: [] }] }],
    ["a resource without an id", wire({ ...hostname, id: "" })],
    ["an id twice", wire(hostname, hostname)],
    ["a requirement that comes later", wire({ ...hostname, requires: ["user"] })],
    ["a revision of other content", { ...wire(hostname), revision: "00" }],
  ])("is refused whole for %s", (_, state) => {
    expect(() => parseDesiredState(state)).toThrow(InvalidDesiredStateError);
  });
});

function kind<Kind extends ResourceSpec["kind"], Fields extends object>(
  name: Kind,
  fields: { readonly [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> },
): fc.Arbitrary<{ id: string; requires: readonly string[]; kind: Kind } & Fields> {
  return fc.record(fields).map((values) => ({ id: "", requires: [], kind: name, ...values }));
}
