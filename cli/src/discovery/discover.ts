import { readFile } from "node:fs/promises";
import { splitHostfile } from "@cowherd/proto";
import { fileProblem } from "../file-problem.ts";

/** There is nothing to discover from. */
export class NothingDiscoveredError extends Error {
  override readonly name = "NothingDiscoveredError";

  constructor(file: string, because: string) {
    super(`cannot discover hosts from ${file}: ${because}`);
  }
}

/**
 * Reads which hosts there are, and with how many slots, in the form of Horovod's discovery
 * scripts: `host:slots`, a line each.
 *
 * Asks nobody: `file` is the hostfile, or undefined for the one that `pointer` names. Throws
 * NothingDiscoveredError rather than return no line or a wrong one: to an elastic launcher no
 * line means no host. The launcher of cowctl answers by itself where all is plain, and must print the same.
 */
export async function discoverHosts(file: string | undefined, pointer: string): Promise<string> {
  const path = file ?? (await readText(pointer, noPointer)).trim();
  const lines = splitHostfile(await readText(path)).flatMap(({ line, host, settings: [first, ...others] }) => {
    if (host === undefined) return [];
    const slots = first?.key.text === "slots" && others.length === 0 ? (first.value?.text ?? "") : "";
    if (!/^[a-z0-9][a-z0-9.-]*$/i.test(host.text) || !/^[1-9]\d*$/.test(slots)) {
      throw new NothingDiscoveredError(path, `line ${line} is not of the form HOST slots=N`);
    }
    return [`${host.text}:${slots}\n`];
  });
  if (lines.length === 0) throw new NothingDiscoveredError(path, "it names no host");
  return lines.join("");
}

/** Why a machine has no file that says where the hostfile is. */
const noPointer = "; the primary's agent writes it with the first hostfile, elsewhere say --file";

async function readText(path: string, hint = ""): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new NothingDiscoveredError(path, fileProblem(error) + hint);
  }
}
