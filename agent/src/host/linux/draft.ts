import { readdir, rm } from "node:fs/promises";

/** The name under which something is made before it takes its place. `era` is a UUID of the agent's life. */
export function draftName(name: string, era: string): string {
  return `.${name}.cowherd-${era}`;
}

/** An agent that was killed between draft and rename could not tidy up; the next one does. */
export async function removeStaleDrafts(folder: string, name: string, era: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (entry !== draftName(name, era) && isDraftOf(name, entry)) {
      await rm(`${folder}/${entry}`, { force: true, recursive: true });
    }
  }
}

function isDraftOf(name: string, entry: string): boolean {
  const prefix = draftName(name, "");
  return entry.startsWith(prefix) && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(entry.slice(prefix.length));
}
