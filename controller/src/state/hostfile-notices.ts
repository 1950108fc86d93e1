import { pinnedEntries } from "../hostfile/pinned-entries.ts";
import type { ClusterState, HandEdit, HostfilePin } from "./cluster-state.ts";
import { fewNames } from "./few-names.ts";

/** How long an edit by hand is told of. */
const toldMs = 24 * 60 * 60_000;

/** Tells that the hostfile is pinned, or was edited by hand lately; a line each, with what to do. `now` is the wall clock's time. */
export function hostfileNotices(state: ClusterState, now: number): readonly string[] {
  return [...pinNotices(state), ...editNotices(state, now)];
}

function pinNotices(state: ClusterState): readonly string[] {
  const { pin, nodes, spec } = state;
  if (pin === undefined) return [];
  const pinned = new Set(pin.entries.map(({ node }) => node));
  const outside = [...spec.nodes.keys()].filter((node) => !pinned.has(node) && nodes.get(node)?.admitted === true);
  const left =
    outside.length === 0 ? [] : [`${fewNames(outside)} ${outside.length === 1 ? "is" : "are"} ready and not listed`];
  const empty = pinnedEntries(state, pin).length === 0 ? ["no node of it is fit, so the last hostfile stays"] : [];
  const told = [...left, ...empty].join("; ");
  return [
    `the hostfile is pinned to ${originOf(pin)}${told === "" ? "" : `: ${told}`}; \`cowctl hostfile unpin\` ends it`,
  ];
}

function originOf({ origin }: HostfilePin): string {
  switch (origin.type) {
    case "generation":
      return `generation ${origin.generation}`;
    case "edit":
      return "an edit by hand that was adopted";
  }
}

function editNotices({ spec, handEdit }: ClusterState, now: number): readonly string[] {
  if (handEdit === undefined || now - handEdit.at > toldMs) return [];
  const when = `edited by hand ${ageOf(handEdit, now)}, which was taken back`;
  const { path } = spec.hostfile;
  return [
    `${path} was ${when}: ${handEdit.words}; the edit is in ${path}.edited, and \`cowctl hostfile adopt\` makes it hold`,
  ];
}

function ageOf({ at }: HandEdit, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return "just now"; // also where the clock was set back
  if (minutes < 60) return `${minutes} min ago`;
  return `${Math.floor(minutes / 60)} h ago`;
}
