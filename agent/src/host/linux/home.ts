import { randomUUID } from "node:crypto";
import { chmod, cp, lchown, lstat, mkdir, open, readdir, rename } from "node:fs/promises";
import { ConflictError } from "../../resources/resource.ts";
import { FilesError } from "../files.ts";
import { draftName, removeHomeDraft, staleDrafts } from "./draft.ts";
import { atPlace, explain } from "./place.ts";

/** Makes a home from `root`/etc/skel: as a draft beside it first, so that a kill or a power cut leaves no half home. */
export async function makeHome(
  root: string,
  home: string,
  access: { readonly uid: number; readonly gid: number; readonly mode: number },
): Promise<void> {
  const era = randomUUID();
  const made = await atPlace(root, home, async ({ folder, folderAt, at, name, trusted, stats }) => {
    if (stats !== undefined) throw new ConflictError(`${home} is there already`);
    // Where others may write, anyone could have made what bears the name of a draft.
    if (trusted) for (const stale of await staleDrafts(folderAt, name, era)) await removeHomeDraft(stale);
    const draft = `${folderAt}/${draftName(name, era)}`;
    try {
      await mkdir(draft, 0o700);
      await copySkeleton(`${root}/etc/skel`, draft);
      await give(draft, access.uid, access.gid);
      await chmod(draft, access.mode);
      await rename(draft, at);
      await folder.sync();
    } finally {
      await removeHomeDraft(draft);
    }
    return true;
  }).catch((error) => {
    throw explain("make the home", home, error);
  });
  if (made === undefined) {
    throw new FilesError(`make the home ${home}: its folder is missing`, {
      path: home,
      code: "ENOENT",
      cause: undefined,
    });
  }
}

async function copySkeleton(skeleton: string, home: string): Promise<void> {
  const hasSkeleton = (await lstat(skeleton).catch(() => undefined))?.isDirectory(); // a machine may have none
  if (hasSkeleton) await cp(skeleton, home, { recursive: true, verbatimSymlinks: true });
}

async function give(path: string, uid: number, gid: number): Promise<void> {
  const stats = await lstat(path);
  if (stats.isDirectory()) for (const entry of await readdir(path)) await give(`${path}/${entry}`, uid, gid);
  if (!stats.isSymbolicLink()) await sync(path);
  await lchown(path, uid, gid);
}

async function sync(path: string): Promise<void> {
  await using entry = await open(path, "r");
  await entry.sync();
}
