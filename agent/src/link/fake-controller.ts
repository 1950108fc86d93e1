import type { ErrorReason, Outcome, Proof } from "@cowherd/proto";
import type { Facts } from "../facts/facts.ts";
import type { Version } from "../journal/version.ts";
import type { Run, SessionMessage } from "./controller-link.ts";

/** The other end of a link in tests: it does what it is told and remembers what it heard. */
export type FakeController = {
  readonly heard: {
    readonly sessions: (Version | undefined)[];
    readonly activities: string[];
    /** Of the signs of life that told of ranks. */
    readonly ranks: number[];
    readonly facts: Facts[];
    readonly runs: Run[];
    readonly checks: { readonly id: string; readonly outcomes: readonly Outcome[] }[];
    readonly proofs: { readonly id: string; readonly proofs: readonly Proof[] }[];
    readonly hooks: { readonly id: string; readonly failure: string | undefined }[];
    readonly renewals: Uint8Array[];
  };
  /** Sends a message in the session that is open, or in the next one. */
  tell(message: SessionMessage): void;
  /** Ends the session that is open without an error. */
  endSession(): void;
  /** Asks in every answer from now on for the ranks of this user; undefined ends that. */
  askForRanks(uid: number | undefined): void;
  /** Fails every call from now on, with this reason or as an unreachable one; undefined ends that. */
  fail(reason: ErrorReason | "UNREACHABLE" | undefined): void;
};

/** Nothing heard so far. */
export function nothingHeard(): FakeController["heard"] {
  return {
    sessions: [],
    activities: [],
    ranks: [],
    facts: [],
    runs: [],
    checks: [],
    proofs: [],
    hooks: [],
    renewals: [],
  };
}
