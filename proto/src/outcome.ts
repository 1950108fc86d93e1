import type { Outcome as WireOutcome } from "./gen/cowherd/v1/agent.ts";

/** How one resource ended. In a check, `changed` means "would change". */
export type Outcome =
  | { readonly resource: string; readonly end: "in-sync" }
  /** `handEdit` says in words what somebody had changed by hand and is taken back. */
  | {
      readonly resource: string;
      readonly end: "changed";
      readonly changes: readonly string[];
      readonly handEdit?: string;
    }
  | { readonly resource: string; readonly end: "failed"; readonly reason: string }
  | { readonly resource: string; readonly end: "skipped"; readonly because: string };

/** Brings an outcome into the wire's form. */
export function toWireOutcome(outcome: Outcome): WireOutcome {
  const { resource } = outcome;
  switch (outcome.end) {
    case "in-sync":
      return { resource, end: { $case: "inSync", value: {} } };
    case "changed": {
      const { changes, handEdit } = outcome;
      return { resource, end: { $case: "changed", value: { changes: [...changes], handEdit } } };
    }
    case "failed":
      return { resource, end: { $case: "failed", value: { reason: outcome.reason } } };
    case "skipped":
      return { resource, end: { $case: "skipped", value: { because: outcome.because } } };
  }
}

/** Parses an outcome from the wire. An end that this version does not know is a failure, never a success. */
export function parseOutcome({ resource, end }: WireOutcome): Outcome {
  switch (end?.$case) {
    case "inSync":
      return { resource, end: "in-sync" };
    case "changed": {
      const { changes, handEdit } = end.value;
      return { resource, end: "changed", changes, ...(handEdit !== undefined && { handEdit }) };
    }
    case "failed":
      return { resource, end: "failed", reason: end.value.reason };
    case "skipped":
      return { resource, end: "skipped", because: end.value.because };
    case undefined:
      return { resource, end: "failed", reason: "ended in a way that this version does not know" };
  }
}
