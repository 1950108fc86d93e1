import { chmod, chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import type { KeyMaker } from "../key-maker.ts";
import { requireCommand, runCommand } from "../run-command.ts";

const timeoutMs = 30_000;

/**
 * Key pairs from ssh-keygen, in a folder of the agent's own in `scratch`, such as "/run", which
 * nobody else may write. It never works in a user's home, where links and swapped folders could lead root astray.
 */
export function createLinuxKeyMaker(scratch: string): KeyMaker {
  return {
    make: (comment, signal) =>
      inOwnFolder(scratch, async (folder) => {
        const path = `${folder}/key`;
        const argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path] as const;
        await requireCommand(argv, { timeoutMs }, signal);
        const publicKey = await readFile(`${path}.pub`, "utf8");
        return { privateKey: await readFile(path, "utf8"), publicKey: publicKey.trim() };
      }),

    derive: (privateKey, reader, signal) =>
      inOwnFolder(scratch, async (folder) => {
        const path = `${folder}/key`;
        await chmod(folder, 0o711); // the reader may open the one name it is told
        await writeFile(path, privateKey, { mode: 0o600, flag: "wx" });
        await chown(path, reader.uid, reader.gid);
        const argv = ["ssh-keygen", "-y", "-P", "", "-f", path] as const;
        const { exitCode, stdout } = await runCommand(argv, { timeoutMs, as: reader }, signal);
        return exitCode === 0 ? /^\S+ \S+/.exec(stdout)?.[0] : undefined;
      }),
  };
}

/** Of a fixed name, so that the next call removes what a killed agent left. One call at a time. */
async function inOwnFolder<Result>(scratch: string, use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = `${scratch}/cowherd-key`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
