import { readFile, writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { checkCommand } from "../machine/command.ts";
import { withFileLock } from "../machine/file-lock.ts";
import { cachedFolder, type Report } from "./cached-folder.ts";
import { UNATTENDED } from "./machine-apt.ts";

/** Raise this when the steps below change what they make. */
const STEPS = 1;

const PACKAGES = ["gcc", "libc6-dev", "libopenmpi-dev"];
const FLAGS = ["-O2", "-Wall"];
const SOURCES = "/etc/apt/toolchain.list";

/** Returns a root file system with the MPI compiler that hosts made from `root` would install from `repository`. */
export function toolchain(root: string, repository: string, report: Report): Promise<string> {
  const recipe = { steps: STEPS, root: basename(root), repository: basename(repository), packages: PACKAGES };
  return cachedFolder("toolchain", recipe, report, async (draft) => {
    await checkCommand(["cp", "--archive", "--reflink=auto", "--", `${root}/.`, draft]);
    await writeFile(`${draft}${SOURCES}`, "deb [trusted=yes] file:/mnt ./\n");
    const apt = ["apt-get", "--quiet=2", "--option", `Dir::Etc::SourceList=${SOURCES}`];
    const binds = [`--bind-ro=${repository}:/mnt`];
    await runIn(draft, binds, [...apt, "update"]);
    await runIn(draft, binds, [...apt, "install", "--yes", "--no-install-recommends", ...PACKAGES]);
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

/** Runs a command in a root file system, with no network. */
function runIn(root: string, binds: readonly string[], command: readonly string[]): Promise<string> {
  const environment = Object.entries(UNATTENDED).map(([name, value]) => `--setenv=${name}=${value}`);
  const nspawn = ["systemd-nspawn", "--quiet", `--directory=${root}`, "--settings=no", "--register=no", "--keep-unit"];
  const plain = ["--as-pid2", "--private-network", "--resolv-conf=off", "--timezone=off", "--link-journal=no"];
  return checkCommand([...nspawn, ...plain, "--console=pipe", ...binds, ...environment, "--", ...command]);
}
