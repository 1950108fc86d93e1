import { readFile } from "node:fs/promises";
import { rolldown } from "rolldown";
import { bundleFolder, bundleOptions, programNames, projectFolder } from "./programs.ts";

/** Bundles every program into `folder`, as NAME.mjs with NAME.notices.json beside it. */
export async function bundlePrograms(version: string, folder: string = bundleFolder): Promise<void> {
  for (const program of programNames) {
    const { input, output } = bundleOptions(program, version, folder);
    await using bundle = await rolldown(input);
    await bundle.write(output);
  }
}

/** Reads the product's version out of the project's package.json. */
export async function readVersion(): Promise<string> {
  const { version }: { version: string } = JSON.parse(await readFile(`${projectFolder}package.json`, "utf8"));
  return version;
}
