import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, opendir, rename, unlink } from "node:fs/promises";
import { posix } from "node:path";
import { ConflictError } from "../../resources/resource.ts";
import { type Access, type Files, FilesError, type Standing, type StoredFile } from "../files.ts";
import { draftName, removeDraft, staleDrafts } from "./draft.ts";
import { atPlace, explain, lstatIfAny, type Place } from "./place.ts";

const maxBytes = 4 * 1024 * 1024;
const maxNames = 10_000;

/** Files on the real disk, below `root`: "" for the machine itself; tests pass a temporary folder. */
export function createLinuxFiles(root: string): Files {
  const era = randomUUID();
  const at = async <Result>(verb: string, path: string, use: (place: Place) => Promise<Result>) => {
    try {
      return await atPlace(root, path, use);
    } catch (error) {
      throw explain(verb, path, error);
    }
  };
  const mustBeAt = async <Result>(verb: string, path: string, use: (place: Place) => Promise<Result>) => {
    const used = await at(verb, path, async (place) => ({ result: await use(place) }));
    if (used === undefined) throw missing(verb, path);
    return used.result;
  };
  return {
    read: (path) => at("read", path, (place) => read(place, path)),

    stat: (path) => at("stat", path, async ({ stats }) => stats && standing(stats)),

    list: (path) => at("list", path, ({ at: place, stats }) => (stats?.isDirectory() ? list(place) : none)),

    async firstLink(path) {
      for (const folder of fromRoot(path)) {
        const stats = await lstatIfAny(root + folder).catch((error: unknown) => {
          throw explain("stat", folder, error);
        });
        if (stats === undefined) return undefined;
        if (stats.isSymbolicLink()) return folder;
      }
      return undefined;
    },

    stamp: (path) => at("stat", path, ({ at: place, stats }) => (stats === undefined ? none : stamp(place))),

    replace: (path, file) => mustBeAt("write", path, (place) => replace(place, path, file, era)),

    makeFolder: (path, access) =>
      mustBeAt("make folder", path, async (place) => {
        if (place.stats === undefined) await mkdir(place.at, 0o700);
        else if (!place.stats.isDirectory()) throw new ConflictError(`${path} is not a folder`);
        await setAccess(place, path, access);
        await place.folder.sync();
      }),

    remove: (path) =>
      at("remove", path, async (place) => {
        if (place.stats === undefined) return;
        if (!place.stats.isFile()) throw new ConflictError(`${path} is not a regular file`);
        await unlink(place.at);
        await place.folder.sync(); // or a power cut may bring it back
      }),

    setAccess: (path, access) =>
      mustBeAt("set the access of", path, async (place) => {
        if (place.stats === undefined) throw missing("set the access of", path);
        await setAccess(place, path, access);
      }),
  };
}

/** The folders that lead to a path, from the first below the root on, and the path itself. */
function fromRoot(path: string): readonly string[] {
  const names = posix.resolve("/", path).split("/").slice(1);
  return names.map((_name, index) => `/${names.slice(0, index + 1).join("/")}`);
}

function missing(verb: string, path: string): FilesError {
  return new FilesError(`${verb} ${path}: no such file or directory`, { path, code: "ENOENT", cause: undefined });
}

function standing(stats: Stats): Standing {
  return { ...accessOf(stats), type: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other" };
}

function accessOf({ mode, uid, gid }: Stats): Access {
  return { mode: mode & 0o7777, uid, gid };
}

const none = Promise.resolve(undefined);

/** Through a handle, or what became a link in the meantime would be followed. */
async function list(at: string): Promise<readonly string[]> {
  await using folder = await open(at, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const names: string[] = [];
  for await (const { name } of await opendir(`/proc/self/fd/${folder.fd}`)) {
    if (names.push(name) >= maxNames) break;
  }
  return names;
}

/** The time of the last change comes from the kernel: nobody can set it back, as they can that of the last write. */
async function stamp(at: string): Promise<string> {
  const { dev, ino, size, ctimeNs } = await lstat(at, { bigint: true });
  return `${dev} ${ino} ${size} ${ctimeNs}`;
}

async function read({ at, stats }: Place, path: string): Promise<StoredFile | undefined> {
  if (stats === undefined) return undefined;
  await using file = await openNoFollow(at);
  const now = await file.stat();
  if (!now.isFile()) throw new ConflictError(`${path} is not a regular file`);
  const content = await readAtMost(file, maxBytes);
  if (content === undefined) throw new ConflictError(`${path} is larger than 4 MiB`);
  return { ...accessOf(now), content };
}

/** Undefined where there is more. The size that stat tells may be another by now, and is zero in /proc. */
async function readAtMost(file: FileHandle, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    total += bytesRead;
    if (total > limit) return undefined;
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

async function replace(place: Place, path: string, file: StoredFile, era: string): Promise<void> {
  const { folder, folderAt, at, name, stats } = place;
  if (stats !== undefined && !stats.isFile()) throw new ConflictError(`${path} is not a regular file`);
  for (const stale of await staleDrafts(folderAt, name, era)) await removeDraft(stale);
  const draft = `${folderAt}/${draftName(name, era)}`; // in the same folder: rename is atomic only within one file system
  try {
    await writeDraft(draft, file);
    await rename(draft, at);
    await folder.sync(); // or a power cut may bring the old file back
  } finally {
    await removeDraft(draft);
  }
}

async function writeDraft(draft: string, { content, mode, uid, gid }: StoredFile): Promise<void> {
  await using file = await open(draft, "wx", 0o600);
  await file.chown(uid, gid);
  await file.chmod(mode); // after chown, which clears set-uid bits; and open() leaves the umask's bits out
  await file.writeFile(content); // goes on after a short write
  await file.sync();
}

async function setAccess({ at, trusted }: Place, path: string, { mode, uid, gid }: Access): Promise<void> {
  await using entry = await openNoFollow(at);
  const now = await entry.stat();
  if (now.isFile() && now.nlink > 1 && !trusted) throw new ConflictError(`${path} has a second name (hard link)`);
  if (!now.isFile() && !now.isDirectory()) throw new ConflictError(`${path} is neither a file nor a folder`);
  await entry.chown(uid, gid);
  await entry.chmod(mode);
  await entry.sync();
}

/** O_NONBLOCK: a pipe that someone put there must not hold the agent. */
function openNoFollow(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}
