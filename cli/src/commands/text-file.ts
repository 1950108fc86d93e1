import { readFile } from "node:fs/promises";
import { fileProblem } from "../file-problem.ts";
import { UnreadableFileError } from "./command-error.ts";

/** Far more than a thousand nodes need, and well below what a controller takes in one message. */
export const largestTextBytes = 1024 * 1024;

/** A file that was named on the command line. A byte order mark at its beginning is a part of the text. */
export type TextFile = { readonly name: string; readonly text: string };

/** Reads a file; throws UnreadableFileError for what is no text of a sane size. Says nothing of its content. */
export async function readTextFile(name: string): Promise<TextFile> {
  return decodeText(name, await readBytes(name));
}

/** Makes a text of what was read elsewhere, with the same refusals. */
export function decodeText(name: string, bytes: Uint8Array): TextFile {
  if (bytes.length > largestTextBytes) throw new UnreadableFileError(name, "it is larger than 1 MiB");
  try {
    return { name, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    throw new UnreadableFileError(name, "it is not UTF-8 text"); // the decoder's only complaint
  }
}

async function readBytes(name: string): Promise<Buffer> {
  try {
    return await readFile(name);
  } catch (error) {
    throw new UnreadableFileError(name, fileProblem(error));
  }
}
