import { lstat } from "node:fs/promises";

/**
 * Says why the file of a hook must not be run; undefined where it may be.
 *
 * Whoever can write the file, or put another in its place, would say what runs: that is to
 * be `owner` alone, a number of a user, which is root's on a machine.
 */
export async function hookPlaceProblem(folder: string, name: string, owner: number): Promise<string | undefined> {
  const path = `${folder}/${name}`;
  const [place, file] = [await seek(folder), await seek(path)];
  if (place === undefined || file === undefined) return `there is no ${path}`;
  if (!place.isDirectory()) return `${folder} is no folder`;
  if (file.isSymbolicLink()) return `${path} is a link: put the program itself there`;
  if (!file.isFile()) return `${path} is no file`;
  for (const [where, { uid, mode }] of [[folder, place] as const, [path, file] as const]) {
    if (uid !== owner) return `${where} is not root's: chown root:root ${where}`;
    if ((mode & 0o022) !== 0) return `${where} can be written by others than root: chmod go-w ${where}`;
  }
  return (file.mode & 0o111) === 0 ? `${path} is not executable: chmod 0755 ${path}` : undefined;
}

async function seek(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
