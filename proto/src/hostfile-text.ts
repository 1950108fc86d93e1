import { createHash } from "node:crypto";

/** What a hostfile says. */
export type HostfileContent = {
  readonly generation: bigint;
  readonly entries: readonly { readonly node: string; readonly slots: number }[];
};

/**
 * How a hostfile writes a node: "secondary1 slots=2" for Open MPI, "secondary1:2" for Hydra,
 * the launcher of MPICH and of Intel MPI. Each form misleads or stops the other's reader.
 */
export type HostfileForm = "open-mpi" | "hydra";

/** Reads a form's name from the wire; undefined for one that this version does not know. */
export function parseHostfileForm(text: string | undefined): HostfileForm | undefined {
  switch (text) {
    case undefined:
    case "open-mpi":
      return "open-mpi";
    case "hydra":
      return "hydra";
    default:
      return undefined;
  }
}

/** What the first line of every hostfile of Cowherd's begins with, in every form and of every version. */
export const hostfileMark = "# Managed by Cowherd, generation ";

/**
 * Renders a hostfile, a line a node, in the order of the entries; in Open MPI's form where
 * none is named.
 *
 * Every line ends with a newline, the comment above all: without one it is a parse error.
 * The comment stands alone in its line and at the top, where every parser passes over it.
 * No node is without slots, since their default differs between versions. The agent writes
 * this text, and the controller shows it as what stands on the disk.
 */
export function renderHostfile({ generation, entries }: HostfileContent, form: HostfileForm = "open-mpi"): string {
  const lines = entries.map((entry) => `${lineOf(entry, form)}\n`);
  return `${hostfileMark}${generation}; edits are replaced.\n${lines.join("")}`;
}

function lineOf({ node, slots }: HostfileContent["entries"][number], form: HostfileForm): string {
  switch (form) {
    case "open-mpi":
      return `${node} slots=${slots}`;
    case "hydra":
      return `${node}:${slots}`;
  }
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
