import { SpecRefusedError } from "../link/link-error.ts";
import { InvalidSpecFileError } from "./command-error.ts";
import { readTextFile, type TextFile } from "./text-file.ts";

/** Reads a cluster spec, with the refusals of readTextFile. A byte order mark is no part of it. */
export async function readSpecFile(name: string): Promise<TextFile> {
  const { text } = await readTextFile(name);
  return { name, text: text.replace(/^\u{feff}/u, "") };
}

/** Names the file in what the controller finds wrong with its text. */
export async function namingFile<T>(file: TextFile, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof SpecRefusedError) throw new InvalidSpecFileError(file.name, error.problems);
    throw error;
  }
}
