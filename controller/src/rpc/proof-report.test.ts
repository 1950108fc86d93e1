import { ProofKind } from "@cowherd/proto/wire";
import { expect, it } from "vitest";
import { toAnswer } from "./proof-report.ts";

const wire = (kind: ProofKind, failure = "") => ({ kind, failure, durationMs: 7 });

it("reads proofs of the kinds that it knows", () => {
  const answer = toAnswer([wire(ProofKind.PROOF_KIND_NAME), wire(ProofKind.PROOF_KIND_LOGIN, "refused")]);
  expect(answer).toEqual({
    proofs: [
      { kind: "name", failure: undefined, durationMs: 7 },
      { kind: "login", failure: "refused", durationMs: 7 },
    ],
    strange: undefined,
  });
});

it("keeps what is said of the first kind that it does not know, and takes it for no proof", () => {
  const strange = [wire(ProofKind.PROOF_KIND_UNSPECIFIED, "unknown probe"), wire(ProofKind.UNRECOGNIZED, "later")];
  expect(toAnswer(strange)).toEqual({ proofs: [], strange: "unknown probe" });
  expect(toAnswer([wire(ProofKind.UNRECOGNIZED)]).strange).toMatch(/of a kind that this version does not know/);
});

it("reads no more of an endless report than there are kinds", () => {
  expect(toAnswer(Array.from({ length: 5_000 }, () => wire(ProofKind.PROOF_KIND_NAME))).proofs).toHaveLength(8);
});
