import { rename, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { checkCommand } from "../machine/command.ts";

/**
 * Packs Debian packages anew, in their places, so that hosts unpack them in a tenth of the time.
 *
 * Debian packs with xz, which costs an emulated processor minutes a host. What is in a package
 * stays as it was; only the way in which it is compressed is another. Needs root, for the owners.
 */
export async function packForSpeed(files: readonly string[]): Promise<void> {
  const waiting = files.values(); // shared: each worker takes the next one
  const worker = async () => {
    for (const file of waiting) await packAnew(file);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

async function packAnew(file: string): Promise<void> {
  const [tree, draft] = [`${file}.tree`, `${file}.draft`];
  await checkCommand(["dpkg-deb", "--raw-extract", file, tree]);
  await checkCommand(["dpkg-deb", "-Zzstd", "-z1", "--nocheck", "--build", tree, draft]);
  await rename(draft, file);
  await rm(tree, { recursive: true });
}
