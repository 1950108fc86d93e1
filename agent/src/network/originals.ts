import { createHash } from "node:crypto";
import type { Netplan } from "../host/netplan.ts";
import type { NetworkChange } from "../host/network.ts";
import type { FileWrite, NetplanFile } from "./wanted-files.ts";

/** Somebody edited netplan's files after the change was planned. Nothing was written; another plan is needed. */
export class NetworkFilesChangedError extends Error {
  override readonly name = "NetworkFilesChangedError";
}

/**
 * Throws NetworkFilesChangedError where one of netplan's files is neither as the plan found
 * it nor as the plan makes it. Pure.
 */
export function requireUnchanged(
  { found, writes }: Pick<NetworkChange, "found" | "writes">,
  now: readonly NetplanFile[],
): void {
  const before = new Map(found.map(({ path, content }) => [path, content]));
  const after = new Map(now.map(({ path, content }) => [path, content]));
  const wanted = new Map(writes.map(({ path, file }) => [path, file.content]));
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(path), after.get(path)];
    if (other !== undefined && [one, wanted.get(path)].some((content) => content?.equals(other))) continue;
    const what = one === undefined ? "appeared" : other === undefined ? "disappeared" : "was edited";
    throw new NetworkFilesChangedError(`${path} ${what} meanwhile; the change is planned again by the next run`);
  }
}

/**
 * Keeps an original for good: at its path, or where that holds another one already, beside it
 * under `PATH-<8 hex digits of its SHA-256>`. What is kept once is never written again.
 */
export async function keepOriginal(
  { path, file }: FileWrite,
  netplan: Pick<Netplan, "read" | "replace">,
): Promise<void> {
  const kept = await netplan.read(path);
  if (kept?.content.equals(file.content) === true) return;
  if (kept === undefined) return netplan.replace(path, file);
  const hash = createHash("sha256").update(file.content).digest("hex").slice(0, 8);
  const beside = `${path}-${hash}`;
  if ((await netplan.read(beside)) === undefined) await netplan.replace(beside, file);
}
