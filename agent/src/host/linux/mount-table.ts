import type { Mounted } from "../mounts.ts";
import { withoutOctalEscapes } from "../octal-escapes.ts";

type Row = Mounted & { readonly id: string; readonly parent: string; readonly path: string };

/** What is mounted at `path`, the lowest first, by the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function mountedAt(mountInfo: string, path: string): readonly Mounted[] {
  const rows = mountInfo
    .split("\n")
    .flatMap(rowOf)
    .filter((row) => row.path === path);
  const ids = new Set(rows.map(({ id }) => id));
  const mounted: Mounted[] = [];
  // The kernel promises no order of the lines; what lies over another mount has it for its parent.
  let next = rows.find(({ parent }) => !ids.has(parent));
  while (next !== undefined) {
    const { id, type, source, serverAddress } = next;
    mounted.push({ type, source, serverAddress });
    next = rows.find(({ parent }) => parent === id);
  }
  return mounted;
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
