import type { Event } from "@cowherd/proto";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterState, PublishedHostfile } from "../state/cluster-state.ts";
import { isSameMachine, nodeEvents } from "./node-events.ts";
import { type Standings, standingsOf } from "./standing.ts";

/** What is looked at of a record. */
export type Observed = {
  readonly state: ClusterState;
  /** By id. */
  readonly tokens: ReadonlyMap<string, ObservedToken>;
};

type ObservedToken = { readonly id: string; readonly node: string; readonly spentBy: string | undefined };

/** A record, and where its nodes stand, which takes a look at all of them: once a record is enough. */
export type Viewed = { readonly record: Observed; readonly standings: Standings };

/** Looks at a record. Pure. */
export function viewOf(record: Observed): Viewed {
  return { record, standings: standingsOf(record.state) };
}

/**
 * Tells what became different between two records, in an order in which it makes sense. Pure.
 *
 * Level-based: it looks at what is and at what was, never at what happened, so whatever is
 * different is told of and nothing else, whichever way it came about.
 */
export function eventsBetween(before: Viewed, after: Viewed): readonly Event[] {
  const [was, is] = [before.record.state, after.record.state];
  return [
    ...specEvents(was.spec, is.spec),
    ...(was.nodes === is.nodes ? [] : removals(was, is)),
    ...tokenEvents(before.record.tokens, after.record.tokens),
    ...[...is.nodes.keys()].flatMap((name) => eventsOfNode(before, after, name)),
    ...hostfileEvents(was.hostfile, is.hostfile),
  ];
}

function specEvents(before: ClusterSpec, after: ClusterSpec): readonly Event[] {
  if (before === after || textOf(before) === textOf(after)) return [];
  const added = [...after.nodes.keys()].filter((name) => !before.nodes.has(name));
  const removed = [...before.nodes.keys()].filter((name) => !after.nodes.has(name));
  return [{ type: "spec.applied", added, removed }];
}

/** The keys of a spec stand in one order, as its parser gives them. */
function textOf(spec: ClusterSpec): string {
  return JSON.stringify({ ...spec, nodes: [...spec.nodes.values()] });
}

function removals(before: ClusterState, after: ClusterState): readonly Event[] {
  return [...before.nodes.keys()]
    .filter((node) => !after.nodes.has(node))
    .map((node) => ({ type: "node.removed", node }));
}

function tokenEvents(before: Observed["tokens"], after: Observed["tokens"]): readonly Event[] {
  if (before === after) return [];
  return [...after.values()]
    .filter(({ id, spentBy }) => spentBy !== undefined && before.get(id)?.spentBy === undefined)
    .map(({ id, node }) => ({ type: "token.used", node, id }));
}

function eventsOfNode(before: Viewed, after: Viewed, name: string): readonly Event[] {
  const [was, is] = [before.record.state.nodes.get(name), after.record.state.nodes.get(name)];
  if (is === undefined) return [];
  const standing = after.standings.get(name);
  if (was !== undefined && (was === is || isSameMachine(was, is))) {
    const moved = standing !== undefined && standing.type !== before.standings.get(name)?.type;
    return [...nodeEvents(was, is), ...(moved ? [standing] : [])];
  }
  const address = after.record.state.spec.nodes.get(name)?.address ?? "";
  return [
    { type: "node.enrolled", node: name, address },
    ...nodeEvents(undefined, is),
    ...(standing === undefined ? [] : [standing]),
  ];
}

function hostfileEvents(before: PublishedHostfile | undefined, after: PublishedHostfile | undefined): readonly Event[] {
  if (after === undefined || after === before || after.generation === before?.generation) return [];
  const slotsBefore = new Map(before?.entries.map(({ node, slots }) => [node, slots]));
  const listed = new Set(after.entries.map(({ node }) => node));
  return [
    {
      type: "hostfile.published",
      generation: after.generation,
      slots: after.entries.reduce((sum, { slots }) => sum + slots, 0),
      added: after.entries.filter(({ node }) => !slotsBefore.has(node)),
      removed: [...slotsBefore.keys()].filter((node) => !listed.has(node)),
      changed: after.entries.flatMap(({ node, slots }) => {
        const slotsOnce = slotsBefore.get(node);
        return slotsOnce === undefined || slotsOnce === slots ? [] : [{ node, before: slotsOnce, after: slots }];
      }),
    },
  ];
}
