import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Runs `work` while no other process of this machine holds the lock `file`, and waits
 * for its turn. The kernel lets go of the lock when its holder dies, however it dies.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  // cat echoes our line once it has the lock, and ends with us: its input is ours.
  const holder = spawn("flock", ["--exclusive", file, "cat"], { stdio: ["pipe", "pipe", "ignore"], detached: true });
  const ended = once(holder, "exit");
  try {
    holder.stdin.write("locked\n");
    const [first] = await Promise.race([once(holder.stdout, "data"), ended]);
    if (String(first) !== "locked\n") throw new Error(`flock cannot lock ${file}`);
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
