import { type ExplainNodeResponse, Phase, ProofKind, ProofResult, type ProofStatus } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { FakeRefusal } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeAsk(createFakeRun(createGrpcOperatorLink));

const status: ExplainNodeResponse["status"] = {
  node: "secondary1",
  phase: Phase.PHASE_DEGRADED,
  slots: 2,
  address: "192.168.56.11",
  leaseMs: 6_900,
  observedRevision: "0123456789abcdef",
  desiredRevision: "0123456789abcdef",
  reason: "login: permission denied: see ssh",
  primary: false,
  activity: "",
};

function proof(kind: ProofKind, result: ProofResult, over: Partial<ProofStatus> = {}): ProofStatus {
  const at = new Date("2026-01-31T12:00:00Z");
  return { kind, result, failure: "", at, ageMs: 4_900n, durationMs: 120, tries: 0, ...over };
}

const missing = { at: undefined, ageMs: undefined, durationMs: undefined };
const explanation: ExplainNodeResponse = {
  status,
  obstacles: ["login: permission denied: see ssh", "facts refused: hostname"],
  next: "see what ssh says",
  proofs: [
    proof(ProofKind.PROOF_KIND_PEERS, ProofResult.PROOF_RESULT_HOLDS),
    proof(ProofKind.PROOF_KIND_NAME, ProofResult.PROOF_RESULT_STALE, { ageMs: 200_000n }),
    proof(ProofKind.PROOF_KIND_LOGIN, ProofResult.PROOF_RESULT_FAILED, {
      failure: "permission denied\x1b[2J",
      tries: 3,
      ageMs: 7_500_000n,
    }),
    proof(ProofKind.PROOF_KIND_MESSAGE, ProofResult.PROOF_RESULT_MISSING, missing),
  ],
};

describe("cowctl explain", () => {
  it("shows where a node stands, each proof, all that is in its way and one next step", async () => {
    const { exitCode, out, err } = await run(["explain", "secondary1"], {
      explainNode: ({ node }) => ({ ...explanation, status: { ...status, node } }),
    });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toBe(
      [
        "secondary1: degraded, login: permission denied: see ssh",
        "",
        "PROOF    RESULT   WHEN                     AGE    TOOK  FAILURE",
        "peers    holds    2026-01-31 12:00:00 UTC  4s     0.1s",
        "name     stale    2026-01-31 12:00:00 UTC  3m20s  0.1s",
        "login    failed   2026-01-31 12:00:00 UTC  2h5m   0.1s  permission denied\u{fffd}[2J (3 times in a row)",
        "message  missing  -                        -      -",
        "",
        "in its way, in this order:",
        "  1. login: permission denied: see ssh",
        "  2. facts refused: hostname",
        "",
        "next: see what ssh says",
        "",
      ].join("\n"),
    );
  });

  it("has little to say of a node that nobody joined as", async () => {
    const absent = { ...status, phase: Phase.PHASE_ABSENT, reason: "not joined" };
    const { out } = await run(["explain", "secondary1"], {
      explainNode: () => ({ status: absent, obstacles: ["not joined"], next: "", proofs: [] }),
    });
    expect(out).toBe("secondary1: absent, not joined\n");
  });

  it("says nothing of reasons where a node is ready", async () => {
    const ready = { ...status, phase: Phase.PHASE_READY, reason: "" };
    const { out } = await run(["explain", "secondary1"], {
      explainNode: () => ({ status: ready, obstacles: [], next: "", proofs: [] }),
    });
    expect(out).toBe("secondary1: ready\n");
  });

  it("writes JSON whose keys never go", async () => {
    const { out } = await run(["explain", "secondary1", "-o", "json"], { explainNode: () => explanation });
    expect(JSON.parse(out)).toMatchObject({
      status: { node: "secondary1", phase: "degraded" },
      obstacles: ["login: permission denied: see ssh", "facts refused: hostname"],
      next: "see what ssh says",
      proofs: [
        { kind: "peers", result: "holds", failure: null, at: "2026-01-31T12:00:00.000Z", ageMs: 4900, tries: 0 },
        { kind: "name", result: "stale" },
        { kind: "login", result: "failed", failure: "permission denied\u{fffd}[2J", tries: 3 },
        { kind: "message", result: "missing", at: null, ageMs: null, durationMs: null },
      ],
    });
  });

  it("names what a newer controller says and this version does not know", async () => {
    const proofs = [
      proof(ProofKind.PROOF_KIND_UNSPECIFIED, ProofResult.PROOF_RESULT_UNSPECIFIED),
      proof(ProofKind.UNRECOGNIZED, ProofResult.UNRECOGNIZED),
    ];
    const { out } = await run(["explain", "x"], { explainNode: () => ({ ...explanation, proofs }) });
    expect(out).toMatch(/^unknown {2}unknown /m);
  });

  it("refuses an answer that holds nothing", async () => {
    const nothing = () => ({ status: undefined, obstacles: [], next: "", proofs: [] });
    expect((await run(["explain", "x"], { explainNode: nothing })).exitCode).toBe(76);
  });

  it("ends with the code of an unknown name for a node outside the spec", async () => {
    const refuse = () => {
      throw new FakeRefusal("NOT_FOUND", 'no node "x" in the cluster spec', { reason: "NODE_UNKNOWN" });
    };
    const { exitCode, err } = await run(["explain", "x"], { explainNode: refuse });
    expect(exitCode).toBe(68);
    expect(err).toBe(
      'cowctl: no node "x" in the cluster spec\nnext: "cowctl status" shows the nodes; "cowctl apply" adds one\n',
    );
  });
});
