import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { checkCommand } from "../machine/command.ts";
import { withFileLock } from "../machine/file-lock.ts";
import { cachedFolder, type Report } from "./cached-folder.ts";
import { installIn, runIn } from "./root-commands.ts";

/** Raise this when the steps below change what they make. */
const STEPS = 1;

const PACKAGES = ["gcc", "libc6-dev", "libopenmpi-dev"];
const FLAGS = ["-O2", "-Wall"];

/** Returns a root file system with the MPI compiler that hosts made from `root` would install from `repository`. */
export function toolchain(root: string, repository: string, report: Report): Promise<string> {
  const recipe = { steps: STEPS, root: basename(root), repository: basename(repository), packages: PACKAGES };
  return cachedFolder("toolchain", recipe, report, async (draft) => {
    await checkCommand(["cp", "--archive", "--reflink=auto", "--", `${root}/.`, draft]);
    await installIn(draft, repository, PACKAGES);
  });
}

/** Compiles one MPI program written in C and returns the path of the binary, which is named as its source is. */
export async function compile(tools: string, source: string, report: Report): Promise<string> {
  const file = resolve(source);
  const name = basename(file, ".c");
  const recipe = { tools: basename(tools), name, flags: FLAGS, source: await readFile(file, "utf8") };
  const folder = await cachedFolder("program", recipe, report, async (draft) => {
    const binds = [`--bind-ro=${file}:/mnt/${name}.c`, `--bind=${draft}:/srv`];
    const command = ["mpicc", ...FLAGS, "-o", `/srv/${name}`, `/mnt/${name}.c`];
    await withFileLock(`${tools}.lock`, () => runIn(tools, binds, command)); // nspawn refuses a second one in the same root
  });
  return `${folder}/${name}`;
}
