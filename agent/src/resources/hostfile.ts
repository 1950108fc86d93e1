import { type HostfileForm, hostfileMark, parseHostfileForm, renderHostfile, type SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFile } from "./owned-file.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { guard, isNodeName, RefusedSpecError } from "./spec-guard.ts";

type Observed = { readonly stored: StoredFile | undefined; readonly ids: Ids | undefined };

const mode = 0o644; // whoever launches ranks must be able to read it
const maxSlots = 65_536;

/** A hostfile in one of the forms that launchers read. The last guard: what would mislead mpirun is refused before the disk is touched. */
export const hostfileResource: Resource<SpecOf<"hostfile">, Observed, OwnedChange> = {
  async read({ path, owner, group }, host) {
    return { stored: await host.files.read(path), ids: await idsOf({ user: owner, group }, host) };
  },

  plan(spec, observed) {
    refuseMisleading(spec);
    refuseForeign(spec.path, observed);
    const content = Buffer.from(renderHostfile(spec, formOf(spec)));
    return planFile({ path: spec.path, content, mode, owner: { user: spec.owner, group: spec.group } }, observed);
  },

  apply: applyOwned,

  describe: describeOwned,

  watches: ({ path }) => [path],
};

/**
 * Throws ConflictError for a file that neither Cowherd wrote nor the hostfile's owner owns.
 * One that the owner wrote by hand is replaced.
 */
function refuseForeign(path: string, { stored, ids }: Observed): void {
  if (stored === undefined || stored.uid === ids?.uid) return;
  if (!stored.content.toString("latin1").startsWith(hostfileMark))
    throw new ConflictError(`${path} is another user's file and no hostfile of Cowherd's`);
}

/** Throws RefusedSpecError for a form of a later version: in another one the file would mislead its reader. */
function formOf({ form }: SpecOf<"hostfile">): HostfileForm {
  const known = parseHostfileForm(form);
  if (known === undefined) throw new RefusedSpecError(`hostfile form ${JSON.stringify(form)} is not known here`);
  return known;
}

/** Throws RefusedSpecError for entries that mpirun would misread or die of. */
function refuseMisleading({ entries }: SpecOf<"hostfile">): void {
  guard(entries.length > 0, () => "a hostfile without entries");
  const seen = new Set<string>();
  for (const { node, slots } of entries) {
    guard(isNodeName(node), () => `hostfile entry ${JSON.stringify(node)} is not a name that mpirun reads`);
    guard(!seen.has(node), () => `hostfile entry ${node} is there twice`);
    guard(
      Number.isInteger(slots) && slots >= 1 && slots <= maxSlots,
      () => `hostfile entry ${node} has ${slots} slots, wanted 1 to ${maxSlots}`,
    );
    seen.add(node);
  }
}
