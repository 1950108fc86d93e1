import { constants } from "node:fs";
import { type FileHandle, open, readdir, rmdir, unlink } from "node:fs/promises";

/** The name under which something is made before it takes its place. `era` is a UUID of the agent's life. */
export function draftName(name: string, era: string): string {
  return `.${name}.cowherd-${era}`;
}

/** Finds what an agent that was killed between draft and rename could not tidy up. Anyone who may write in `folder` can plant such a name. */
export async function staleDrafts(folder: string, name: string, era: string): Promise<readonly string[]> {
  const entries = await readdir(folder);
  return entries
    .filter((entry) => entry !== draftName(name, era) && isDraftOf(name, entry))
    .map((entry) => `${folder}/${entry}`);
}

/**
 * Removes a file's draft, if it is there. A folder of its name was never ours and stays.
 *
 * By unlink and nothing else: rm() looks first and then removes folders by their paths, and
 * whoever owns the folder could put a link where it looked.
 */
export async function removeDraft(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isUnlinkRefusal(error)) throw error;
  }
}

/** Removes a home's draft, if it is there, with what is in it. Its user may change it meanwhile: each folder is entered by its handle, never through a link. */
export async function removeHomeDraft(path: string): Promise<void> {
  await removeDraft(path);
  const folder = await openFolderIfAny(path);
  if (folder === undefined) return;
  try {
    const inside = `/proc/self/fd/${folder.fd}`;
    for (const entry of await readdir(inside)) await removeHomeDraft(`${inside}/${entry}`);
  } finally {
    await folder.close();
  }
  await rmdir(path);
}

async function openFolderIfAny(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Nothing is there, or a folder, as unlink(2) has it on Linux and elsewhere. */
function isUnlinkRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ENOENT", "EISDIR", "EPERM"].some((code) => code === error.code);
}

function isDraftOf(name: string, entry: string): boolean {
  const prefix = draftName(name, "");
  return entry.startsWith(prefix) && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(entry.slice(prefix.length));
}
