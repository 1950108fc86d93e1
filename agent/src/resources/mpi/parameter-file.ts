import type { StoredFile } from "../../host/files.ts";
import { type BlockPlace, foreignText, splitLines, withBlock } from "../managed-block.ts";
import { ConflictError } from "../resource.ts";

/** What one library's system-wide settings must hold. */
export type ParameterFile = {
  readonly path: string;
  /** Cowherd's lines, `name = value`. None where the library is not installed. */
  readonly lines: readonly string[];
  /** Where they stand among the operator's: wherever they win. */
  readonly place: BlockPlace;
  /** Settings of the operator's that cannot stand beside ours. */
  readonly conflicts: readonly string[];
  /** Lines, `name = value`, each of which gives way to the operator's own setting of that name. */
  readonly suggestions?: readonly Suggestion[];
};

/** A line that stands unless the operator sets one of `names`, which are all that decide the same. */
export type Suggestion = { readonly line: string; readonly names: readonly string[] };

/** What the file is to become. */
export type ParameterChange = { readonly path: string; readonly file: StoredFile };

/**
 * Plans one library's file: the operator's lines are kept, and no file is made for the sake
 * of no lines. Throws ConflictError where the operator's settings cannot stand beside ours.
 */
export function planParameterFile(want: ParameterFile, stored: StoredFile | undefined): readonly ParameterChange[] {
  const { path, place, conflicts, suggestions = [] } = want;
  const before = stored?.content.toString("latin1") ?? "";
  const own = [...want.lines, ...suggestions.map(({ line }) => line)];
  const settings = settingsIn(foreignText(before, own));
  if (want.lines.length > 0) refuseConflicts(path, settings, conflicts);
  const welcome = suggestions.filter(({ names }) => !names.some((name) => settings.includes(name)));
  const lines = [...want.lines, ...welcome.map(({ line }) => line)];
  const after = withBlock(before, lines, place);
  if (after === before) return [];
  const { mode, uid, gid } = stored ?? { mode: 0o644, uid: 0, gid: 0 };
  return [{ path, file: { content: Buffer.from(after, "latin1"), mode, uid, gid } }];
}

function refuseConflicts(path: string, settings: readonly string[], conflicts: readonly string[]): void {
  const found = settings.find((name) => conflicts.includes(name));
  if (found !== undefined)
    throw new ConflictError(`${path} sets ${found}, which cannot stand beside the cluster's network`);
}

/** Names what a text sets, comments left out. */
function settingsIn(text: string): readonly string[] {
  return splitLines(text).flatMap((line) => /^\s*(\w+)\s*=/.exec(line)?.[1] ?? []);
}
