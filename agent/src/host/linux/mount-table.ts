import type { Mounted } from "../mounts.ts";
import { withoutOctalEscapes } from "../octal-escapes.ts";

type Row = Mounted & { readonly id: string; readonly parent: string; readonly path: string };

/** What is mounted at `path`, the lowest first, by the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function mountedAt(mountInfo: string, path: string): readonly Mounted[] {
  return rowsAt(mountInfo, path).map(({ type, source, serverAddress }) => ({ type, source, serverAddress }));
}

/** A text that is another one once something else is mounted at `path`, or the same afresh. The kernel gives no number twice while it is in use. */
export function mountIdentityAt(mountInfo: string, path: string): string {
  const top = rowsAt(mountInfo, path).at(-1);
  return `${path} ${top?.id} ${top?.source}`;
}

function rowsAt(mountInfo: string, path: string): readonly Row[] {
  const rows = mountInfo
    .split("\n")
    .flatMap(rowOf)
    .filter((row) => row.path === path);
  const ids = new Set(rows.map(({ id }) => id));
  const inOrder: Row[] = [];
  // The kernel promises no order of the lines; what lies over another mount has it for its parent.
  let next = rows.find(({ parent }) => !ids.has(parent));
  while (next !== undefined) {
    const { id } = next;
    inOrder.push(next);
    next = rows.find(({ parent }) => parent === id);
  }
  return inOrder;
}

function rowOf(line: string): readonly Row[] {
  const fields = line.split(" ");
  const dash = fields.indexOf("-", 6); // behind a number of optional fields
  const [id, parent, , , path] = fields;
  const [type, source, options] = fields.slice(dash + 1);
  if (dash < 0 || id === undefined || parent === undefined || path === undefined) return [];
  if (type === undefined || source === undefined) return [];
  const serverAddress = /(?:^|,)addr=([^,]+)/.exec(options ?? "")?.[1];
  return [{ id, parent, path: withoutOctalEscapes(path), type, source: withoutOctalEscapes(source), serverAddress }];
}
