import {
  claimedGeneration,
  describeHostfileChanges,
  type HostfileForm,
  hostfileDigest,
  hostfileMark,
  hostfilePointer,
  parseHostfileForm,
  renderHostfile,
  type SpecOf,
  writtenEntries,
} from "@cowherd/proto";
import type { Standing, StoredFile } from "../host/files.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFile, planFolder } from "./owned-file.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { guard, isNodeName, RefusedSpecError } from "./spec-guard.ts";

type Observed = {
  readonly stored: StoredFile | undefined;
  readonly ids: Ids | undefined;
  /** The file that says where the hostfile is, and its folder. */
  readonly pointer: StoredFile | undefined;
  readonly pointerFolder: Standing | undefined;
};

type Change =
  | { readonly action: "keep-edit"; readonly path: string; readonly file: StoredFile }
  /** `handEdit` says what somebody had edited there, in words. */
  | { readonly action: "own"; readonly change: OwnedChange; readonly handEdit?: string };

const mode = 0o644; // whoever launches ranks must be able to read it
const maxSlots = 65_536;
const root = { user: "root", group: "root" } as const;
const rootIds: Ids = { uid: 0, gid: 0 };
const pointerFolder = hostfilePointer.slice(0, hostfilePointer.lastIndexOf("/"));

/**
 * A hostfile in one of the forms that launchers read. The last guard: what would mislead mpirun is refused before the disk is touched.
 *
 * An edit by hand is taken back; what was edited stays beside it with the ending ".edited".
 * In Open MPI's form, the one that can be adopted, it is named too, and the file at
 * hostfilePointer says where that one is.
 */
export const hostfileResource: Resource<SpecOf<"hostfile">, Observed, Change> = {
  async read({ path, owner, group }, host) {
    return {
      stored: await host.files.read(path),
      ids: await idsOf({ user: owner, group }, host),
      pointer: await host.files.read(hostfilePointer),
      pointerFolder: await host.files.stat(pointerFolder),
    };
  },

  plan(spec, observed) {
    refuseMisleading(spec);
    refuseForeign(spec.path, observed);
    const form = formOf(spec);
    return [...planHostfile(spec, form, observed), ...(form === "open-mpi" ? planPointer(spec, observed) : [])];
  },

  async apply(change, host) {
    switch (change.action) {
      case "keep-edit":
        return host.files.replace(change.path, change.file);
      case "own":
        return applyOwned(change.change, host);
    }
  },

  describe(change) {
    switch (change.action) {
      case "keep-edit":
        return `keep what was edited in ${change.path}`;
      case "own": {
        const edited = change.handEdit === undefined ? "" : `, edited by hand: ${change.handEdit}`;
        return `${describeOwned(change.change)}${edited}`;
      }
    }
  },

  handEdit: (change) => (change.action === "own" ? change.handEdit : undefined),

  watches: ({ path }) => [path],
};

/** What was edited is kept before the hostfile is written: a power cut between the two loses nothing. */
function planHostfile(spec: SpecOf<"hostfile">, form: HostfileForm, { stored, ids }: Observed): readonly Change[] {
  const { path } = spec;
  const content = Buffer.from(renderHostfile(spec, form));
  const owner = { user: spec.owner, group: spec.group };
  const changes = planFile({ path, content, mode, owner }, { stored, ids });
  if (stored === undefined || stored.content.equals(content)) return changes.map(toOwn);
  const text = stored.content.toString();
  const origin = originOf(text, spec);
  const kept: readonly Change[] =
    origin === "ours" || text.trim() === "" ? [] : [{ action: "keep-edit", path: `${path}.edited`, file: stored }];
  if (origin !== "edited" || form !== "open-mpi") return [...kept, ...changes.map(toOwn)];
  const words = describeHostfileChanges(spec.entries, writtenEntries(text));
  const handEdit = words === "" ? "no entry, its words alone" : words;
  return [...kept, ...changes.map((change): Change => ({ action: "own", change, handEdit }))];
}

/** Told from the hashes of the generations before, which the controller keeps: the file itself can claim anything. */
function originOf(text: string, { generation, formerSha256 }: SpecOf<"hostfile">): "ours" | "edited" | "unknown" {
  if (formerSha256.includes(hostfileDigest(text))) return "ours";
  const claimed = claimedGeneration(text);
  const oldestKnown = generation - BigInt(formerSha256.length);
  // Perhaps it slept through more generations than are kept: that nobody edited it cannot be told, nor that somebody did.
  return claimed !== undefined && claimed < oldestKnown ? "unknown" : "edited";
}

function planPointer({ path }: SpecOf<"hostfile">, observed: Observed): readonly Change[] {
  const content = Buffer.from(`${path}\n`);
  const folder = planFolder(
    { path: pointerFolder, mode: 0o755, owner: root },
    { standing: observed.pointerFolder, ids: rootIds },
  );
  const file = planFile(
    { path: hostfilePointer, content, mode: 0o644, owner: root },
    { stored: observed.pointer, ids: rootIds },
  );
  return [...folder, ...file].map(toOwn);
}

function toOwn(change: OwnedChange): Change {
  return { action: "own", change };
}

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
