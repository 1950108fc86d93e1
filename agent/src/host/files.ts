/**
 * Files by absolute path.
 *
 * A symbolic link is followed only where nobody but root could have placed it. In a folder
 * that someone else may write, such as a user's home, every method rejects with
 * ConflictError instead: root must not be led elsewhere by a link.
 */
export interface Files {
  /** Reads a whole regular file of at most 4 MiB. Undefined when nothing is at `path`. */
  read(path: string): Promise<StoredFile | undefined>;

  /** Tells what is at `path`. Undefined when nothing is. */
  stat(path: string): Promise<Standing | undefined>;

  /**
   * Names what is in the folder at `path`, in no order; of a huge one the first 10,000.
   * Undefined when nothing is there, or something else.
   */
  list(path: string): Promise<readonly string[] | undefined>;

  /**
   * Names the first symbolic link among the folders that lead to `path` and what is there
   * itself. Undefined when there is none. Follows none, and touches nothing beyond.
   */
  firstLink(path: string): Promise<string | undefined>;

  /**
   * Returns a text that is another one once the file at `path` was written or replaced. It
   * says nothing else, and is of no use after a copy. Undefined when nothing is there.
   */
  stamp(path: string): Promise<string | undefined>;

  /**
   * Replaces the whole file, or makes it; its folder must be there.
   *
   * A reader sees the old file or the new one, never half, and the new one with its mode
   * and owner from the first moment. On return it survives a power cut. One writer per path.
   */
  replace(path: string, file: StoredFile): Promise<void>;

  /** Makes one folder inside a folder that is there. A folder that is there already gets the access. */
  makeFolder(path: string, access: Access): Promise<void>;

  /** Takes the file at `path` away; nothing happens where nothing is. On return it is gone for good. */
  remove(path: string): Promise<void>;

  /** Sets mode and owner of the file or folder at `path`, and leaves what is in it alone. */
  setAccess(path: string, access: Access): Promise<void>;
}

/** Who may do what: the permission bits (0o7777) and the numbers of owner and group. */
export type Access = { readonly mode: number; readonly uid: number; readonly gid: number };

export type StoredFile = Access & { readonly content: Buffer };

export type Standing = Access & { readonly type: "file" | "folder" | "other" };

/** The disk refused. `code` is the system's, such as "ENOSPC". */
export class FilesError extends Error {
  override readonly name = "FilesError";
  readonly path: string;
  readonly code: string;

  constructor(message: string, fields: { readonly path: string; readonly code: string; readonly cause: unknown }) {
    super(message, { cause: fields.cause });
    this.path = fields.path;
    this.code = fields.code;
  }
}
