import type { Proof, ProofKind } from "@cowherd/proto";
import { expect, it } from "vitest";
import { evidenceOf } from "./evidence.ts";

const proof = (kind: ProofKind, failure?: string): Proof => ({ kind, failure, durationMs: 7 });
const asked = ["name", "login", "identity"] as const;

it("takes what was asked for, in its own order, and nothing beside it", () => {
  const proofs = [proof("login"), proof("identity"), proof("message"), proof("name")];
  const taken = [proof("name"), proof("login"), proof("identity")];
  expect(evidenceOf(asked, { proofs, strange: undefined })).toEqual({ proofs: taken, answered: true });
});

it("takes nothing behind the first that does not hold", () => {
  const proofs = [proof("name"), proof("login", "refused"), proof("identity")];
  const taken = [proof("name"), proof("login", "refused")];
  expect(evidenceOf(asked, { proofs, strange: undefined })).toEqual({ proofs: taken, answered: true });
});

it("takes what was left out for a failure that nobody told of", () => {
  const missing: Proof = { kind: "login", failure: "the answer does not tell of it", durationMs: 0 };
  const taken = { proofs: [proof("name"), missing], answered: false };
  expect(evidenceOf(asked, { proofs: [proof("name")], strange: undefined })).toEqual(taken);
});

it("K7: gives the reason of an agent that does not know what it was asked", () => {
  const missing = (failure: string) => ({ proofs: [{ kind: "name", failure }], answered: false });
  expect(evidenceOf(asked, { proofs: [], strange: "unknown" })).toMatchObject(missing("unknown"));
  const tooOld = [proof("peers", "the agent is too old")];
  expect(evidenceOf(asked, { proofs: tooOld, strange: undefined })).toMatchObject(missing("the agent is too old"));
});

it("keeps a hostile reason short, in one line and off a terminal's controls", () => {
  const {
    proofs: [name],
  } = evidenceOf(asked, {
    proofs: [proof("name", `a\u001b[2J\nb${"x".repeat(9_000)}`)],
    strange: undefined,
  });
  expect(name?.failure).toMatch(/^a\?\[2J bx+…$/);
  expect(name?.failure).toHaveLength(300);
});

it("keeps a failure without words a failure", () => {
  const {
    proofs: [name],
  } = evidenceOf(asked, { proofs: [proof("name", " \n")], strange: undefined });
  expect(name?.failure).toBe("it failed, and nothing says why");
});
