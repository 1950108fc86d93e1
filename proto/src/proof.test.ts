import fc from "fast-check";
import { expect, it } from "vitest";
import { InvalidProofError, type Proof, parseProof, proofKinds, toWireProof } from "./proof.ts";
import { Proof as WireProof, ProofKind as WireProofKind } from "./wire.ts";

const proofs: fc.Arbitrary<Proof> = fc.record({
  kind: fc.constantFrom(...proofKinds),
  failure: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  durationMs: fc.nat(2 ** 32 - 1),
});

it("brings a proof over the wire as it went", () => {
  fc.assert(
    fc.property(proofs, (proof) => {
      expect(parseProof(WireProof.decode(WireProof.encode(toWireProof(proof)).finish()))).toEqual(proof);
    }),
  );
});

it("names the kinds in the order in which the schema numbers them", () => {
  const numbers = proofKinds.map((kind) => toWireProof({ kind, failure: undefined, durationMs: 0 }).kind);
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

it("keeps a failure without words a failure", () => {
  const wire = toWireProof({ kind: "login", failure: "", durationMs: 0 });
  expect(parseProof(wire).failure).toMatch(/nothing says why/);
});

it("brings a duration that is no whole number of milliseconds, or out of bounds, to one that is", () => {
  const durations = [1.6, -1, 2 ** 40].map(
    (durationMs) => toWireProof({ kind: "name", failure: undefined, durationMs }).durationMs,
  );
  expect(durations).toEqual([2, 0, 2 ** 32 - 1]);
});

it.each([WireProofKind.PROOF_KIND_UNSPECIFIED, WireProofKind.UNRECOGNIZED])("refuses a proof of kind %s", (kind) => {
  expect(() => parseProof({ kind, failure: "", durationMs: 0 })).toThrow(InvalidProofError);
});
