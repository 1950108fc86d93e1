/** What a hostfile says. */
export type HostfileContent = {
  readonly generation: bigint;
  readonly entries: readonly { readonly node: string; readonly slots: number }[];
};

/**
 * Renders a hostfile in Open MPI's form, a line a node: `secondary1 slots=2`.
 *
 * Every line ends with a newline, the comment above all: without one it is a parse error.
 * No node is without slots, since their default differs between versions. The agent writes
 * this text, and the controller shows it as what stands on the disk.
 */
export function renderHostfile({ generation, entries }: HostfileContent): string {
  const lines = entries.map(({ node, slots }) => `${node} slots=${slots}\n`);
  return `# Managed by Cowherd, generation ${generation}; edits are replaced.\n${lines.join("")}`;
}
