/** A file, or a folder if it has no content, of an archive. Paths have no slash in front. */
export type ArchiveEntry = { readonly path: string; readonly mode: number; readonly content?: Uint8Array };

const FILE = 0o100000;
const FOLDER = 0o040000;
const TRAILER = "TRAILER!!!";

/**
 * An archive in the "newc" format of cpio(5), which the Linux kernel unpacks as its first
 * root file system; several in one file are unpacked one over the other
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Everything in it is root's.
 * A folder must come before what is in it.
 */
export function cpioArchive(entries: readonly ArchiveEntry[]): Uint8Array {
  const records = entries.map(({ path, mode, content }, index) =>
    record(index + 1, path, (content === undefined ? FOLDER : FILE) | mode, content ?? new Uint8Array()),
  );
  return Buffer.concat([...records, record(0, TRAILER, 0, new Uint8Array())]);
}

/** Adds to files the folders that they lie in, each before what is in it. */
export function withFolders(files: readonly ArchiveEntry[]): readonly ArchiveEntry[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const names = path.split("/");
    for (let depth = 1; depth < names.length; depth += 1) folders.add(names.slice(0, depth).join("/"));
  }
  return [...[...folders].toSorted().map((path) => ({ path, mode: 0o755 })), ...files];
}

function record(inode: number, path: string, mode: number, content: Uint8Array): Uint8Array {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
  return Buffer.concat([padded(Buffer.concat([Buffer.from(header), name])), padded(content)]);
}

/** Headers and contents begin at multiples of four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, new Uint8Array((4 - (bytes.length % 4)) % 4)]);
}
