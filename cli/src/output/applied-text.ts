import type { AppliedSpec } from "../link/operator-link.ts";

/** Tells in words what became of a spec. Pure. */
export function renderApplied({ added, removed, changed }: AppliedSpec): string {
  const sentences = [
    ...sentence("added", added),
    ...sentence("removed", removed),
    ...sentence("to be changed", changed),
  ];
  return `${sentences.length === 0 ? "nothing changed: the cluster spec was this already" : sentences.join("\n")}\n`;
}

function sentence(what: string, nodes: readonly string[]): readonly string[] {
  return nodes.length === 0 ? [] : [`${what}: ${nodes.join(", ")}`];
}
