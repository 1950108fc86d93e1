import type { PublishedHostfile } from "../state/cluster-state.ts";

/**
 * Renders the hostfile in Open MPI's form, as it stands on the primary's disk: `secondary1 slots=2`.
 *
 * Every line ends with a newline: a comment without one is a parse error. No node is without
 * slots, since their default differs between versions.
 */
export function renderOpenMpi({ generation, entries }: PublishedHostfile): string {
  const lines = entries.map(({ node, slots }) => `${node} slots=${slots}\n`);
  return `# Managed by Cowherd, generation ${generation}; edits are replaced.\n${lines.join("")}`;
}
