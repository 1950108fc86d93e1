import { rm, writeFile } from "node:fs/promises";
import { checkCommand } from "../machine/command.ts";
import { UNATTENDED } from "./machine-apt.ts";

const SOURCES = "/etc/apt/lab-build.list";

/** Installs packages into a root file system from a repository on this machine, without what they recommend. */
export async function installIn(root: string, repository: string, packages: readonly string[]): Promise<void> {
  await writeFile(`${root}${SOURCES}`, "deb [trusted=yes] file:/mnt ./\n");
  const apt = ["apt-get", "--quiet=2", "--option", `Dir::Etc::SourceList=${SOURCES}`];
  const binds = [`--bind-ro=${repository}:/mnt`];
  await runIn(root, binds, [...apt, "update"]);
  await runIn(root, binds, [...apt, "install", "--yes", "--no-install-recommends", ...packages]);
  await rm(`${root}${SOURCES}`);
}

/** Runs a command in a root file system, with no network. */
export function runIn(root: string, binds: readonly string[], command: readonly string[]): Promise<string> {
  const environment = Object.entries(UNATTENDED).map(([name, value]) => `--setenv=${name}=${value}`);
  const nspawn = ["systemd-nspawn", "--quiet", `--directory=${root}`, "--settings=no", "--register=no", "--keep-unit"];
  const plain = ["--as-pid2", "--private-network", "--resolv-conf=off", "--timezone=off", "--link-journal=no"];
  return checkCommand([...nspawn, ...plain, "--console=pipe", ...binds, ...environment, "--", ...command]);
}
