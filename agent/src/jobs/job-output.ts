import { open, stat } from "node:fs/promises";
import { ignoreAbsence } from "./absence.ts";

const maxOutputBytes = 16 * 1024;

/** How often a job's output is looked at for those who want to hear of it. */
const everyMs = 1_000;

/** Reads the end of what a job wrote, at most 16 KiB. Empty where it has not come to write. */
export async function readOutputEnd(path: string): Promise<string> {
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    const length = Math.min(size, maxOutputBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } catch (error) {
    ignoreAbsence(error);
    return ""; // it ended before it could write
  }
}

/**
 * Tells of the end of an output whenever it has grown, about once a second, until disposed.
 *
 * By the clock and not by the kernel's word: a build writes thousands of lines a minute.
 */
export function followOutput(path: string, heard: (output: string) => void): Disposable {
  let told = 0;
  let over = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      const size = (await stat(path).catch(ignoreAbsence))?.size ?? 0;
      const output = size === told ? undefined : await readOutputEnd(path);
      told = size;
      if (output !== undefined && !over) heard(output);
    } catch {
      // The job's end tells what is wrong with its folder.
    }
    if (!over) timer = setTimeout(() => void look(), everyMs);
  }

  void look();
  return {
    [Symbol.dispose]() {
      over = true;
      clearTimeout(timer);
    },
  };
}
