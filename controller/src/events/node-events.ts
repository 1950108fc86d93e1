import type { Event } from "@cowherd/proto";
import type { NodeState, RunRecord } from "../state/cluster-state.ts";

/** Tells whether two states of a node are of one machine: each next certificate is beside the one before for a while. */
export function isSameMachine(before: NodeState, after: NodeState): boolean {
  return before.certificates.some((certificate) => after.certificates.includes(certificate));
}

/**
 * Tells what became different of one node, but for where it stands. Pure.
 *
 * `before` is undefined for a machine that was not this node before: of its runs and proofs
 * nothing is known.
 */
export function nodeEvents(before: NodeState | undefined, after: NodeState): readonly Event[] {
  if (before === after) return [];
  return [
    ...certificateEvents(before, after),
    ...runEvents(after.name, before?.lastRun, after.lastRun),
    ...proofEvents(before, after),
    ...undrainEvents(before, after),
  ];
}

function certificateEvents(before: NodeState | undefined, after: NodeState): readonly Event[] {
  const { name: node, certificates, expiry } = after;
  if (expiry === undefined) return [];
  const [newest, newestBefore] = [certificates.at(-1), before?.certificates.at(-1)];
  const renewed = before !== undefined && newest !== newestBefore && !before.certificates.includes(newest ?? "");
  const said = newest === newestBefore && before?.expiry?.told === true;
  return [
    ...(renewed ? [{ type: "certificate.renewed", node, expiresAt: expiry.at } as const] : []),
    ...(expiry.told && !said ? [{ type: "certificate.expiring", node, expiresAt: expiry.at } as const] : []),
  ];
}

function runEvents(node: string, before: RunRecord | undefined, after: RunRecord | undefined): readonly Event[] {
  if (before === after) return [];
  const [failedBefore, failed] = [failuresOf(before), failuresOf(after)];
  return [
    ...[...failed]
      .filter(([resource]) => !failedBefore.has(resource))
      .map(([resource, reason]) => ({ type: "run.failed", node, resource, reason }) as const),
    ...[...failedBefore.keys()]
      .filter((resource) => !failed.has(resource))
      .map((resource) => ({ type: "run.recovered", node, resource }) as const),
  ];
}

/** The reasons by the resources. What was skipped follows from one that failed. */
function failuresOf(run: RunRecord | undefined): ReadonlyMap<string, string> {
  return new Map(
    run?.failures.flatMap((outcome) => (outcome.end === "failed" ? [[outcome.resource, outcome.reason] as const] : [])),
  );
}

function proofEvents(before: NodeState | undefined, after: NodeState): readonly Event[] {
  if (before?.proofs === after.proofs) return [];
  const failedBefore = new Set(before?.proofs.filter(({ failure }) => failure !== undefined).map(({ kind }) => kind));
  return after.proofs.flatMap(({ kind, failure }): readonly Event[] =>
    failure === undefined || failedBefore.has(kind)
      ? []
      : [{ type: "proof.failed", node: after.name, proof: kind, reason: failure }],
  );
}

function undrainEvents(before: NodeState | undefined, after: NodeState): readonly Event[] {
  return before?.drain !== undefined && after.drain === undefined ? [{ type: "node.undrained", node: after.name }] : [];
}
