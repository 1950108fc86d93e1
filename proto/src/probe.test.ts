import fc from "fast-check";
import { expect, it } from "vitest";
import { InvalidProbeError, type Probe, parseProbe, toWireProbe } from "./probe.ts";
import { Probe as WireProbe } from "./wire.ts";

const text = fc.string({ maxLength: 12 });
const uint32 = fc.nat(2 ** 32 - 1);

const probes: fc.Arbitrary<Probe> = fc.oneof(
  fc.record({
    kind: fc.constant("launch" as const),
    node: text,
    address: text,
    user: text,
    uid: uint32,
    gid: uint32,
    sharedPath: fc.option(text, { nil: undefined }),
    primary: text,
    boundMs: uint32,
  }),
  fc.record({ kind: fc.constant("peers" as const), peers: fc.array(fc.record({ name: text, address: text })) }),
  fc.record({ kind: fc.constant("remnants" as const), user: text, end: fc.boolean() }),
);

it("brings a probe over the wire as it went", () => {
  fc.assert(
    fc.property(probes, text, (probe, id) => {
      const wire = WireProbe.decode(WireProbe.encode(toWireProbe(id, probe)).finish());
      expect(parseProbe(wire)).toEqual(probe);
      expect(wire.id).toBe(id);
    }),
  );
});

it("refuses a probe of a kind from the future", () => {
  expect(() => parseProbe({ id: "1" })).toThrow(InvalidProbeError);
});
