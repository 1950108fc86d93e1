import { type Outcome, parseOutcome } from "@cowherd/proto";
import type { Run } from "@cowherd/proto/wire";
import { hostfileResource } from "../hostfile/hostfile-resource.ts";
import { oneLine } from "../spec/printable.ts";
import type { RunRecord } from "../state/cluster-state.ts";

const mostFailures = 100;
const longestText = 500; // characters

/**
 * Takes from a reported run what is worth keeping: how it failed.
 *
 * It goes to the store, so a node can make it neither long nor able to steer a terminal.
 */
export function toRunRecord({ generation, revision, outcomes }: Run): RunRecord {
  const failures = outcomes.map(parseOutcome).filter(({ end }) => end === "failed" || end === "skipped");
  return { generation, revision: oneLine(revision, 64), failures: failures.slice(0, mostFailures).map(cut) };
}

/** Takes from a reported run what somebody had edited in the hostfile by hand, in words; undefined where nobody had. */
export function toHandEdit({ outcomes }: Run): string | undefined {
  const words = outcomes
    .map(parseOutcome)
    .flatMap((outcome) =>
      outcome.end === "changed" && outcome.resource === hostfileResource ? (outcome.handEdit ?? []) : [],
    );
  const [first] = words;
  return first === undefined ? undefined : oneLine(first, longestText);
}

function cut(outcome: Outcome): Outcome {
  const resource = oneLine(outcome.resource, longestText);
  switch (outcome.end) {
    case "failed":
      return { ...outcome, resource, reason: oneLine(outcome.reason, longestText) };
    case "skipped":
      return { ...outcome, resource, because: oneLine(outcome.because, longestText) };
    case "in-sync":
    case "changed":
      return { resource, end: "in-sync" };
  }
}
