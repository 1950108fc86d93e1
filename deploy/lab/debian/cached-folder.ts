import { createHash } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { withFileLock } from "../machine/file-lock.ts";

const CACHE = "/var/cache/cowherd-lab";

/** Everything that decides what a build makes. Two recipes that differ never share a folder. */
export type Recipe = Readonly<Record<string, string | number | readonly string[]>>;

/** Told, in one line, about each build that starts. */
export type Report = (line: string) => void;

/**
 * Returns the folder that was built from `recipe`, building it if it is not there.
 * The folder appears whole or not at all, and is never changed afterwards; of several
 * processes that want it, one builds and the others wait.
 */
export async function cachedFolder(
  name: string,
  recipe: Recipe,
  report: Report,
  build: (draft: string) => Promise<void>,
): Promise<string> {
  const folder = `${CACHE}/${name}-${hash(recipe)}`;
  if (await exists(folder)) return folder;
  return withFileLock(`${folder}.lock`, async () => {
    if (await exists(folder)) return folder;
    report(`building the lab's ${name}`);
    const draft = `${folder}.draft`;
    await rm(draft, { recursive: true, force: true }); // a build that was cut short
    await mkdir(draft, { recursive: true });
    await build(draft);
    await rename(draft, folder);
    return folder;
  });
}

function hash(recipe: Recipe): string {
  const fields = Object.entries(recipe).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex").slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
