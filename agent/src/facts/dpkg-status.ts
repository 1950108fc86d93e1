import { open, stat } from "node:fs/promises";

/** What dpkg has installed, read from its own file: no child process. */
export type DpkgStatus = {
  /** Undefined where the package is not installed, or where there is no dpkg. */
  versionOf(name: string): Promise<string | undefined>;
};

/**
 * Reads dpkg's file of installed packages, which has megabytes on a desktop, line by line and
 * only when it has become another since the last look.
 */
export function createDpkgStatus(path: string): DpkgStatus {
  let seen: string | undefined;
  const versions = new Map<string, string | undefined>();
  return {
    async versionOf(name) {
      const found = await stat(path).catch(() => undefined); // no dpkg here
      if (found === undefined) return undefined;
      const now = `${found.ino} ${found.mtimeMs} ${found.size}`;
      if (now !== seen) versions.clear();
      seen = now;
      if (!versions.has(name)) versions.set(name, await readVersion(path, name));
      return versions.get(name);
    },
  };
}

async function readVersion(path: string, name: string): Promise<string | undefined> {
  await using file = await open(path);
  return await findInstalled(file.readLines(), name);
}

/**
 * Finds the version of a package in the lines of dpkg's status file: paragraphs of fields, with
 * a blank line after each. Undefined where it is not "installed", as dpkg(1) means it.
 */
export async function findInstalled(
  lines: AsyncIterable<string> | Iterable<string>,
  name: string,
): Promise<string | undefined> {
  let fields = new Map<string, string>();
  const version = () =>
    fields.get("Package") === name && fields.get("Status")?.endsWith(" installed") === true
      ? fields.get("Version")
      : undefined;
  for await (const line of lines) {
    if (line === "") {
      const found = version();
      if (found !== undefined) return found;
      fields = new Map();
    }
    const [, field, value] = /^(Package|Status|Version): (.*)$/.exec(line) ?? [];
    if (field !== undefined && value !== undefined) fields.set(field, value);
  }
  return version();
}
