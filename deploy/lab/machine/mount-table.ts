import { readFile } from "node:fs/promises";

/** One line of /proc/self/mountinfo, as far as the lab reads it (proc_pid_mountinfo(5)). */
export type Mount = { readonly point: string; readonly type: string; readonly superOptions: readonly string[] };

/** Reads what is mounted, in the order of mounting. */
export async function readMountTable(): Promise<readonly Mount[]> {
  return parseMountTable(await readFile("/proc/self/mountinfo", "utf8"));
}

export function parseMountTable(mountinfo: string): readonly Mount[] {
  return mountinfo.split("\n").flatMap((line) => {
    const [place = "", source = ""] = line.split(" - ");
    const point = place.split(" ")[4];
    const [type, , superOptions] = source.split(" ");
    if (point === undefined || type === undefined || superOptions === undefined) return [];
    return [{ point: decodePath(point), type, superOptions: superOptions.split(",") }];
  });
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function decodePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
