import { type Outcome, parseOutcome } from "@cowherd/proto";
import {
  type ApplyResponse,
  type CreateTokenResponse,
  type GetHostfileResponse,
  type GetVersionResponse,
  type IssueOperatorCertificateResponse,
  TokenState,
  type HostfileEntry as WireEntry,
  type HostfileGeneration as WireGeneration,
  type NodePlan as WireNodePlan,
  type NodeStatus as WireNodeStatus,
  Phase as WirePhase,
  type PinnedHostfile as WirePinned,
  type ClusterStatus as WireStatus,
  type Token as WireToken,
} from "@cowherd/proto/wire";
import { printable } from "../output/printable.ts";
import { UnexpectedAnswerError } from "./link-error.ts";
import type {
  AppliedSpec,
  ClusterStatus,
  ControllerVersion,
  CreatedToken,
  HostfileGeneration,
  NodePlan,
  NodeStatus,
  OperatorCertificate,
  Phase,
  PinnedHostfile,
  PublishedHostfile,
  TokenSummary,
} from "./operator-link.ts";

/** Parses who answers. */
export function parseVersion({ version, cluster }: GetVersionResponse): ControllerVersion {
  return { version: printable(version), cluster: printable(cluster) };
}

/** Parses a cluster's status; throws UnexpectedAnswerError for an empty message. */
export function parseStatus(status: WireStatus | undefined): ClusterStatus {
  if (status === undefined) throw new UnexpectedAnswerError("a status without content");
  return {
    cluster: printable(status.cluster),
    hostfileGeneration: status.hostfileGeneration,
    nodes: status.nodes.map(parseNode),
    notices: status.notices.map(printable),
    hostfileDue: status.hostfileDue,
  };
}

/** Parses where a node stands. */
export function parseNode(node: WireNodeStatus): NodeStatus {
  return {
    node: printable(node.node),
    phase: parsePhase(node.phase),
    slots: node.slots === 0 ? undefined : node.slots,
    address: printable(node.address),
    leaseMs: node.leaseMs,
    observedRevision: textOrNone(node.observedRevision),
    desiredRevision: textOrNone(node.desiredRevision),
    reason: textOrNone(node.reason),
    primary: node.primary,
    activity: textOrNone(node.activity),
  };
}

function parsePhase(phase: WirePhase): Phase {
  switch (phase) {
    case WirePhase.PHASE_ABSENT:
      return "absent";
    case WirePhase.PHASE_ENROLLED:
      return "enrolled";
    case WirePhase.PHASE_CONVERGING:
      return "converging";
    case WirePhase.PHASE_PROVING:
      return "proving";
    case WirePhase.PHASE_READY:
      return "ready";
    case WirePhase.PHASE_DEGRADED:
      return "degraded";
    case WirePhase.PHASE_UNREACHABLE:
      return "unreachable";
    case WirePhase.PHASE_DRAINING:
      return "draining";
    case WirePhase.PHASE_DRAINED:
      return "drained";
    case WirePhase.PHASE_QUARANTINED:
      return "quarantined";
    case WirePhase.PHASE_UNSPECIFIED:
    case WirePhase.UNRECOGNIZED:
      return "unknown";
  }
  return "unknown"; // protobuf enums are open: a newer controller may send another number
}

/** Parses what would change on one node. */
export function parseNodePlan({ node, unknown, outcomes, removed }: WireNodePlan): NodePlan {
  const name = printable(node);
  if (removed) return { node: name, known: "removed" };
  if (unknown !== "") return { node: name, known: "nothing", because: printable(unknown) };
  return { node: name, known: "checked", outcomes: outcomes.map((outcome) => printableOutcome(parseOutcome(outcome))) };
}

function printableOutcome(outcome: Outcome): Outcome {
  const resource = printable(outcome.resource);
  switch (outcome.end) {
    case "in-sync":
      return { ...outcome, resource };
    case "changed":
      return { ...outcome, resource, changes: outcome.changes.map(printable) };
    case "failed":
      return { ...outcome, resource, reason: printable(outcome.reason) };
    case "skipped":
      return { ...outcome, resource, because: printable(outcome.because) };
  }
}

/** Parses what became of a spec. */
export function parseApplied({ added, removed, changed }: ApplyResponse): AppliedSpec {
  return { added: added.map(printable), removed: removed.map(printable), changed: changed.map(printable) };
}

/** Parses the hostfile; undefined before the first. */
export function parseHostfile({ hostfile, text }: GetHostfileResponse): PublishedHostfile | undefined {
  if (hostfile === undefined) return undefined;
  const { generation, path, entries } = hostfile;
  return { generation, path: printable(path), entries: entries.map(parseEntry), text };
}

/** Parses one of the hostfiles that are kept. */
export function parseGeneration({ generation, publishedAt, entries }: WireGeneration): HostfileGeneration {
  const known = publishedAt !== undefined && !Number.isNaN(publishedAt.getTime());
  return { generation, publishedAt: known ? publishedAt : undefined, entries: entries.map(parseEntry) };
}

/** Parses what a pin made of the hostfile; throws UnexpectedAnswerError for an empty message. */
export function parsePinned(pinned: WirePinned | undefined): PinnedHostfile {
  if (pinned === undefined) throw new UnexpectedAnswerError("a pin without content");
  const unlisted = pinned.unlisted.map(({ node, reason }) => ({ node: printable(node), reason: printable(reason) }));
  return { generation: pinned.generation, entries: pinned.entries.map(parseEntry), unlisted };
}

function parseEntry({ node, slots }: WireEntry): PublishedHostfile["entries"][number] {
  return { node: printable(node), slots };
}

/**
 * Parses a fresh token.
 *
 * Token and address go into a line that people paste into a root shell, so anything but
 * the plainest characters is refused: throws UnexpectedAnswerError.
 */
export function parseCreatedToken({ id, token, address, expiresAt }: CreateTokenResponse): CreatedToken {
  if (!/^[\w-]+$/.test(token)) throw new UnexpectedAnswerError("a token that is not one word");
  return { id: printable(id), token, address: parseAddress(address), expiresAt: parseTime(expiresAt) };
}

/** Parses an operator's certificate. Whether it is one is seen when it is used. */
export function parseCertificate(answer: IssueOperatorCertificateResponse): OperatorCertificate {
  return { ...answer, address: parseAddress(answer.address) };
}

function parseAddress(address: string): string {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9.:-]*$/.test(address)) throw new UnexpectedAnswerError("an address that is none");
  return address;
}

/** Parses a token without its secret. */
export function parseToken({ id, node, expiresAt, state }: WireToken): TokenSummary {
  return {
    id: printable(id),
    node: printable(node),
    state: parseTokenState(state),
    expiresAt: parseTime(expiresAt),
  };
}

function parseTokenState(state: TokenState): TokenSummary["state"] {
  switch (state) {
    case TokenState.TOKEN_STATE_OPEN:
      return "open";
    case TokenState.TOKEN_STATE_USED:
      return "used";
    case TokenState.TOKEN_STATE_EXPIRED:
      return "expired";
    case TokenState.TOKEN_STATE_UNSPECIFIED:
    case TokenState.UNRECOGNIZED:
      return "unknown";
  }
  return "unknown"; // protobuf enums are open: a newer controller may send another number
}

function parseTime(time: Date | undefined): Date {
  if (time === undefined || Number.isNaN(time.getTime())) throw new UnexpectedAnswerError("a token without an end");
  return time;
}

/** Takes an empty text for none. */
export function textOrNone(text: string): string | undefined {
  return text === "" ? undefined : printable(text);
}
