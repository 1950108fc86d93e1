import { readFile } from "node:fs/promises";

/** A page has no block of that name, or more than one. */
export class NoBlockError extends Error {
  override readonly name = "NoBlockError";
}

/** Reads the code blocks of a page of docs/ that have a name after their language, such as "```sh notify". */
export async function pageBlocks(page: string): Promise<(name: string) => string> {
  const text = await readFile(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(([, name, code = ""]) => ({ name, code }));
  return (name) => {
    const [found, ...more] = blocks.filter((block) => block.name === name);
    if (found === undefined || more.length > 0) throw new NoBlockError(`${page}: ${name}`);
    return found.code;
  };
}
