import type { SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFile } from "./owned-file.ts";
import type { Resource } from "./resource.ts";
import { guard, isNodeName } from "./spec-guard.ts";

type Observed = { readonly stored: StoredFile | undefined; readonly ids: Ids | undefined };

const mode = 0o644; // whoever launches ranks must be able to read it
const maxSlots = 65_536;

/**
 * Words of the hostfile's own grammar, and the name that is every machine's: a host so named
 * is a parse error or another host.
 *
 * From the lexers of Open MPI 4.1 and of PRRTE 3, which Open MPI 5 uses (hostfile_lex.l);
 * 4.1.4 was seen to fail with each of its own.
 */
const misreadWords = new Set([
  "boards",
  "cores",
  "cores-per-socket",
  "count",
  "count-max",
  "cpu",
  "cpu-max",
  "cpu-set",
  "localhost",
  "max-count",
  "max-cpu",
  "max-slots",
  "port",
  "rank",
  "slot",
  "slots",
  "slots-max",
  "sockets",
  "sockets-per-board",
  "user-name",
  "username",
]);

/** The hostfile that mpirun reads. The last guard: what would mislead mpirun is refused before the disk is touched. */
export const hostfileResource: Resource<SpecOf<"hostfile">, Observed, OwnedChange> = {
  async read({ path, owner, group }, host) {
    return { stored: await host.files.read(path), ids: await idsOf({ user: owner, group }, host) };
  },

  plan(spec, observed) {
    const content = Buffer.from(renderHostfile(spec));
    const onDisk = generationOf(observed.stored?.content.toString("latin1") ?? "");
    guard(
      onDisk === undefined || onDisk <= spec.generation,
      () => `hostfile generation ${spec.generation} is older than ${onDisk} in ${spec.path}`,
    );
    return planFile({ path: spec.path, content, mode, owner: { user: spec.owner, group: spec.group } }, observed);
  },

  apply: applyOwned,

  describe: describeOwned,

  watches: ({ path }) => [path],
};

/** Writes the hostfile. Throws RefusedSpecError for entries that mpirun would misread or die of. */
export function renderHostfile({ generation, entries }: Pick<SpecOf<"hostfile">, "generation" | "entries">): string {
  guard(entries.length > 0, () => "a hostfile without entries");
  const seen = new Set<string>();
  for (const { node, slots } of entries) {
    guard(
      isNodeName(node) && !misreadWords.has(node),
      () => `hostfile entry ${JSON.stringify(node)} is not a name that mpirun reads`,
    );
    guard(!seen.has(node), () => `hostfile entry ${node} is there twice`);
    guard(
      Number.isInteger(slots) && slots >= 1 && slots <= maxSlots,
      () => `hostfile entry ${node} has ${slots} slots, wanted 1 to ${maxSlots}`,
    );
    seen.add(node);
  }
  const lines = entries.map(({ node, slots }) => `${node} slots=${slots}\n`);
  return `# Managed by Cowherd, generation ${generation}; edits are replaced.\n${lines.join("")}`;
}

/** The generation that the text says it is. Undefined for a text of someone else's. */
export function generationOf(text: string): bigint | undefined {
  const digits = /^# Managed by Cowherd, generation (\d{1,20});/.exec(text)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}
