import { readFile } from "node:fs/promises";
import { splitHostfile } from "@cowherd/proto";

/** There is nothing to discover from. `file` is what could not be used, `because` why. */
export class NothingDiscoveredError extends Error {
  override readonly name = "NothingDiscoveredError";
  readonly file: string;
  readonly because: string;
  /** What reading it failed with. Undefined where it was read. */
  override readonly cause: unknown;

  constructor(file: string, because: string, cause?: unknown) {
    super(`cannot discover hosts from ${file}: ${because}`);
    this.file = file;
    this.because = because;
    this.cause = cause;
  }
}

/**
 * Reads which hosts there are, and with how many slots, in the form of Horovod's discovery
 * scripts: `host:slots`, a line each.
 *
 * Asks nobody: `file` is the hostfile, or undefined for the one that `pointer` names. Throws
 * NothingDiscoveredError rather than return no line or a wrong one: to an elastic launcher no
 * line means no host.
 */
export async function discoverHosts(file: string | undefined, pointer: string): Promise<string> {
  const path = file ?? (await readText(pointer)).trim();
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

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new NothingDiscoveredError(path, "it cannot be read", cause);
  }
}
