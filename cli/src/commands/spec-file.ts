import { readFile } from "node:fs/promises";
import { fileProblem } from "../file-problem.ts";
import { SpecRefusedError } from "../link/link-error.ts";
import { InvalidSpecFileError, UnreadableFileError } from "./command-error.ts";

/** Far more than a thousand nodes need, and well below what a controller takes in one message. */
const largestBytes = 1024 * 1024;

export type SpecFile = { readonly name: string; readonly text: string };

/** Reads a cluster spec; throws UnreadableFileError for what is no text of a sane size. Says nothing of its content. */
export async function readSpecFile(name: string): Promise<SpecFile> {
  const bytes = await readBytes(name);
  if (bytes.length > largestBytes) throw new UnreadableFileError(name, "it is larger than 1 MiB");
  try {
    return { name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    throw new UnreadableFileError(name, "it is not UTF-8 text"); // the decoder's only complaint
  }
}

/** Names the file in what the controller finds wrong with its text. */
export async function namingFile<T>(file: SpecFile, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof SpecRefusedError) throw new InvalidSpecFileError(file.name, error.problems);
    throw error;
  }
}

async function readBytes(name: string): Promise<Buffer> {
  try {
    return await readFile(name);
  } catch (error) {
    throw new UnreadableFileError(name, fileProblem(error));
  }
}
