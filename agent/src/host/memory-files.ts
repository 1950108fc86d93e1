import { posix } from "node:path";
import { ConflictError } from "../resources/resource.ts";
import { type Access, type Files, FilesError, type StoredFile } from "./files.ts";

const rootFolder: Access = { mode: 0o755, uid: 0, gid: 0 };

/** Files that live in memory. Symbolic links are there to be seen alone, and lead nowhere. A text is a file of root's with mode 0644; folders on the way are root's. */
export function createMemoryFiles(seed: {
  readonly files?: Readonly<Record<string, string | StoredFile>>;
  readonly folders?: Readonly<Record<string, Access>>;
  /** Paths of symbolic links. */
  readonly links?: readonly string[];
}): Files {
  const files = new Map<string, StoredFile>();
  const folders = new Map<string, Access>();
  const stamps = new Map<string, number>(); // how often each path was written

  const addFolders = (path: string) => {
    for (let at = path; !folders.has(at); at = posix.dirname(at)) folders.set(at, rootFolder);
  };
  const requireFolder = (path: string) => {
    if (!folders.has(posix.dirname(path))) throw missing(path);
  };
  for (const folder of ["/etc", "/var/lib"]) addFolders(folder);
  for (const [path, access] of Object.entries(seed.folders ?? {})) {
    addFolders(posix.dirname(path));
    folders.set(path, access);
  }
  for (const [path, file] of Object.entries(seed.files ?? {})) {
    addFolders(posix.dirname(path));
    files.set(path, typeof file === "string" ? { ...rootFolder, mode: 0o644, content: Buffer.from(file) } : file);
  }

  return {
    async read(path) {
      if (folders.has(path)) throw new ConflictError(`${path} is not a regular file`);
      return files.get(path);
    },
    async stat(path) {
      const file = files.get(path);
      if (file !== undefined) return { type: "file", mode: file.mode, uid: file.uid, gid: file.gid };
      const folder = folders.get(path);
      return folder && { type: "folder", ...folder };
    },
    async list(path) {
      if (!folders.has(path)) return undefined;
      const at = [...files.keys(), ...folders.keys()].filter((one) => one !== path && posix.dirname(one) === path);
      return at.map((one) => posix.basename(one));
    },
    async firstLink(path) {
      return seed.links?.toSorted().find((link) => `${path}/`.startsWith(`${link}/`));
    },
    async stamp(path) {
      return files.has(path) || folders.has(path) ? `${stamps.get(path) ?? 0}` : undefined;
    },
    async replace(path, { content, mode, uid, gid }) {
      requireFolder(path);
      if (folders.has(path)) throw new ConflictError(`${path} is not a regular file`);
      files.set(path, { content: Buffer.from(content), mode, uid, gid });
      stamps.set(path, (stamps.get(path) ?? 0) + 1);
    },
    async makeFolder(path, { mode, uid, gid }) {
      requireFolder(path);
      if (files.has(path)) throw new ConflictError(`${path} is not a folder`);
      folders.set(path, { mode, uid, gid });
    },
    async remove(path) {
      if (folders.has(path)) throw new ConflictError(`${path} is not a regular file`);
      if (files.delete(path)) stamps.delete(path);
    },
    async setAccess(path, { mode, uid, gid }) {
      const file = files.get(path);
      if (file !== undefined) files.set(path, { ...file, mode, uid, gid });
      else if (folders.has(path)) folders.set(path, { mode, uid, gid });
      else throw missing(path);
    },
  };
}

function missing(path: string): FilesError {
  return new FilesError(`${path}: no such file or directory`, { path, code: "ENOENT", cause: undefined });
}
