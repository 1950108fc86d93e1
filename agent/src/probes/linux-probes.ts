import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { Probe, Proof } from "@cowherd/proto";
import type { Clock } from "../clock.ts";
import { userNamed } from "../host/account-book.ts";
import { createLinuxAccounts } from "../host/linux/accounts.ts";
import { connects } from "../host/linux/mounts.ts";
import { resolveNames } from "../host/linux/name-lookup.ts";
import { isNfsServerInGrace } from "../host/linux/nfs-grace.ts";
import { createLinuxProcesses } from "../host/linux/processes.ts";
import { runAs } from "../host/linux/run-as.ts";
import { answerProbe, type ProbesDeps } from "./probes.ts";

/** Where the package has the program of two ranks, on every node. */
const rankProgram = "/usr/lib/cowherd/two-ranks";

/** Answers probes about this machine, and from it. */
export function createLinuxProbes(clock: Clock): (probe: Probe, signal: AbortSignal) => Promise<readonly Proof[]> {
  const accounts = createLinuxAccounts("");
  const deps: ProbesDeps = {
    resolve: resolveNames,
    account: async (name) => userNamed(await accounts.read(), name),
    runAs,
    makeFile: makePublicFile,
    word: () => randomBytes(8).toString("hex"),
    rankProgram,
    processes: createLinuxProcesses(),
    connects,
    isInGrace: () => isNfsServerInGrace(readKernelText),
    clock,
  };
  return (probe, signal) => answerProbe(probe, deps, signal);
}

/** Undefined for what is not there, as all of nfsd's files before its first start. */
async function readKernelText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** In a folder of its own, in memory, which others can read and not write. */
async function makePublicFile(text: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp("/run/cowherd-proof-");
  const path = `${folder}/hostfile`;
  await writeFile(path, text, { mode: 0o644 });
  await chmod(path, 0o644); // open() leaves the umask's bits out
  await chmod(folder, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
