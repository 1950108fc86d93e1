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
};

/** What the file is to become. */
export type ParameterChange = { readonly path: string; readonly file: StoredFile };

/**
 * Plans one library's file: the operator's lines are kept, and no file is made for the sake
 * of no lines. Throws ConflictError where the operator's settings cannot stand beside ours.
 */
export function planParameterFile(want: ParameterFile, stored: StoredFile | undefined): readonly ParameterChange[] {
  const { path, lines, place, conflicts } = want;
  const before = stored?.content.toString("latin1") ?? "";
  if (lines.length > 0) refuseConflicts(path, foreignText(before, lines), conflicts);
  const after = withBlock(before, lines, place);
  if (after === before) return [];
  const { mode, uid, gid } = stored ?? { mode: 0o644, uid: 0, gid: 0 };
  return [{ path, file: { content: Buffer.from(after, "latin1"), mode, uid, gid } }];
}

function refuseConflicts(path: string, foreign: string, conflicts: readonly string[]): void {
  for (const line of splitLines(foreign)) {
    const name = /^\s*(\w+)\s*=/.exec(line)?.[1];
    if (name !== undefined && conflicts.includes(name))
      throw new ConflictError(`${path} sets ${name}, which cannot stand beside the cluster's network`);
  }
}
