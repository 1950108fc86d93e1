import type { Outcome as WireOutcome } from "./gen/cowherd/v1/agent.ts";

/** How one resource ended. In a check, `changed` means "would change". */
export type Outcome =
  | { readonly resource: string; readonly end: "in-sync" }
  | { readonly resource: string; readonly end: "changed"; readonly changes: readonly string[] }
  | { readonly resource: string; readonly end: "failed"; readonly reason: string }
  | { readonly resource: string; readonly end: "skipped"; readonly because: string };

/** Brings an outcome into the wire's form. */
export function toWireOutcome(outcome: Outcome): WireOutcome {
  const { resource } = outcome;
  switch (outcome.end) {
    case "in-sync":
      return { resource, end: { $case: "inSync", value: {} } };
    case "changed":
      return { resource, end: { $case: "changed", value: { changes: [...outcome.changes] } } };
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
    case "changed":
      return { resource, end: "changed", changes: end.value.changes };
    case "failed":
      return { resource, end: "failed", reason: end.value.reason };
    case "skipped":
      return { resource, end: "skipped", because: end.value.because };
    case undefined:
      return { resource, end: "failed", reason: "ended in a way that this version does not know" };
  }
}
