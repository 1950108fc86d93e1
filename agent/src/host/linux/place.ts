import type { Stats } from "node:fs";
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink } from "node:fs/promises";
import { posix } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { ConflictError } from "../../resources/resource.ts";
import { FilesError } from "../files.ts";

/**
 * A name in an open folder. `at` is the folder's own handle in /proc, so what is done there
 * happens in that folder even if its path is made to lead elsewhere in the meantime.
 */
export type Place = {
  readonly folder: FileHandle;
  /** A path that reaches the name through the handle. */
  readonly at: string;
  /** The name itself, and the folder's path through the handle. */
  readonly name: string;
  readonly folderAt: string;
  /** Nobody but root could have put what is here, from the root folder down. */
  readonly trusted: boolean;
  /** What is there; never a symbolic link. Undefined when nothing is. */
  readonly stats: Stats | undefined;
};

const maxLinks = 40; // as the kernel has it, path_resolution(7)

/**
 * Finds the place of `path` below `root`, and lends it to `use`.
 *
 * Follows symbolic links in trusted folders alone and rejects with ConflictError at any
 * other, as systemd's CHASE_SAFE does. Undefined when a folder on the way is missing and
 * `use` was not called.
 */
export async function atPlace<Result>(
  root: string,
  path: string,
  use: (place: Place) => Promise<Result>,
): Promise<Result | undefined> {
  let target = posix.resolve("/", path);
  for (let links = 0; links < maxLinks; links += 1) {
    const step = await walk(root, target, path, use);
    if (step === undefined || "result" in step) return step?.result;
    target = step.link;
  }
  throw new FilesError(`${path}: too many symbolic links`, { path, code: "ELOOP", cause: undefined });
}

type Step<Result> = { readonly link: string } | { readonly result: Result };

async function walk<Result>(
  root: string,
  target: string,
  path: string,
  use: (place: Place) => Promise<Result>,
): Promise<Step<Result> | undefined> {
  const names = target.split("/").filter((name) => name !== "");
  let folder = await openFolder(root === "" ? "/" : root);
  try {
    let trusted = isTrusted(await folder.stat());
    let parent = "/";
    for (const [index, name] of names.entries()) {
      const folderAt = `/proc/self/fd/${folder.fd}`;
      const at = `${folderAt}/${name}`;
      const stats = await lstatIfAny(at);
      const rest = names.slice(index + 1);
      if (stats?.isSymbolicLink()) {
        if (!trusted) throw new ConflictError(refusal(path, posix.join(parent, name)));
        return { link: posix.resolve(parent, await readlink(at), ...rest) };
      }
      if (rest.length === 0) return { result: await use({ folder, folderAt, at, name, trusted, stats }) };
      if (stats === undefined) return undefined;
      const next = await openFolder(at);
      await folder.close();
      folder = next;
      trusted &&= isTrusted(await folder.stat());
      parent = posix.join(parent, name);
    }
  } finally {
    await folder.close();
  }
  throw new FilesError(`${path}: not a path of a file`, { path, code: "EINVAL", cause: undefined });
}

function refusal(path: string, link: string): string {
  return link === path ? `${path} is a symbolic link` : `${path} leads through the symbolic link ${link}`;
}

function openFolder(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** Root's, or the agent's own where it is not root, and for nobody else to write. */
function isTrusted({ uid, mode }: Stats): boolean {
  return (uid === 0 || uid === process.geteuid?.()) && (mode & 0o022) === 0;
}

/** What is at a path, itself if it is a link. Undefined when nothing is. */
export async function lstatIfAny(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Turns the system's refusal, which names our handle, into one that names what was done to which path. */
export function explain(verb: string, path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof FilesError) return error;
  const why =
    error instanceof Error && "errno" in error && typeof error.errno === "number"
      ? getSystemErrorMessage(error.errno)
      : code;
  return new FilesError(`${verb} ${path}: ${why}`, { path, code, cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
