import { createHash } from "node:crypto";

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

/** Reads the generation that a hostfile's first line names. Undefined where Cowherd did not write that line. */
export function claimedGeneration(text: string): bigint | undefined {
  const [, digits] = /^# Managed by Cowherd, generation (\d{1,20});/.exec(text) ?? [];
  return digits === undefined ? undefined : BigInt(digits);
}

/** Returns the SHA-256 of a hostfile's text, in lower-case hexadecimal, by which an agent knows a text of ours. */
export function hostfileDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
