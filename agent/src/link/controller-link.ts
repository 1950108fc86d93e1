import type { DesiredState, HookRequest, Outcome, Probe, Proof, ResourceSpec } from "@cowherd/proto";
import type { Facts } from "../facts/facts.ts";
import type { Version } from "../journal/version.ts";

/** A connection to the controller, as one node. Every method rejects with LinkError alone, or with the signal's reason. */
export interface ControllerLink {
  /**
   * Opens the session: the complete desired state first, then what is newer.
   *
   * Ends without an error when the controller ends it. `holds` is the state that the agent has already.
   */
  session(holds: Version | undefined, signal: AbortSignal): AsyncIterable<SessionMessage>;

  /** Gives a sign of life. */
  heartbeat(sign: SignOfLife, signal: AbortSignal): Promise<NextSign>;

  reportFacts(facts: Facts, signal: AbortSignal): Promise<void>;

  reportRun(run: Run, signal: AbortSignal): Promise<void>;

  reportCheck(id: string, outcomes: readonly Outcome[], signal: AbortSignal): Promise<void>;

  reportProof(id: string, proofs: readonly Proof[], signal: AbortSignal): Promise<void>;

  /** `failure` is undefined where the hook ended well. */
  reportHook(id: string, failure: string | undefined, signal: AbortSignal): Promise<void>;

  /** Turns a certificate request (PKCS #10, DER) of a fresh key into a certificate (PEM). */
  renew(request: Uint8Array, signal: AbortSignal): Promise<string>;

  /** Ends every call and the connection. */
  close(): void;
}

export type SignOfLife = {
  /** What the agent does right now; empty at rest. */
  readonly activity: string;
  /** How many ranks run here. Undefined where nobody asked, or has counted. */
  readonly ranks: number | undefined;
};

/** What the controller wants of the next sign of life. */
export type NextSign = {
  /** The milliseconds until it is due. */
  readonly periodMs: number;
  /** The user whose ranks are to be counted for it. Undefined for nobody's. */
  readonly countRanksOf: number | undefined;
};

/** What the controller tells in a session. */
export type SessionMessage =
  | { readonly type: "desired-state"; readonly state: DesiredState }
  /** A desired state that this version cannot take whole. `resources` are the ids it named. */
  | {
      readonly type: "invalid-desired-state";
      readonly version: Version;
      readonly revision: string;
      readonly resources: readonly string[];
      readonly problem: string;
    }
  | { readonly type: "check"; readonly id: string; readonly resources: readonly ResourceSpec[] }
  | {
      readonly type: "invalid-check";
      readonly id: string;
      readonly resources: readonly string[];
      readonly problem: string;
    }
  | { readonly type: "probe"; readonly id: string; readonly probe: Probe }
  /** A probe of a kind that this version does not know. */
  | { readonly type: "invalid-probe"; readonly id: string; readonly problem: string }
  | { readonly type: "hook"; readonly request: HookRequest }
  /** The controller stops; it will be back. */
  | { readonly type: "going-away" };

/** One pass of the agent over a desired state. */
export type Run = Version & {
  readonly revision: string;
  readonly durationMs: number;
  readonly outcomes: readonly Outcome[];
};
