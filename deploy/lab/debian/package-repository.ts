import { copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { pythonBuildPackages } from "@cowherd/controller";
import { checkCommand } from "../machine/command.ts";
import { cachedFolder, type Report } from "./cached-folder.ts";
import { type DistributionSources, UNATTENDED } from "./machine-apt.ts";
import { packForSpeed } from "./quick-packages.ts";

/** Raise this when the steps below change what they make. */
const STEPS = 2;

/** What hosts of a lab can install, each with all that it depends on and recommends. */
const PACKAGES = [
  "openmpi-bin",
  "openmpi-common",
  "libopenmpi-dev",
  "nfs-kernel-server",
  "nfs-common",
  "mpich", // a second MPI, as it stands beside the first on some machines
  "cloud-init", // what brings names and networks back on machines made from cloud images
  ...pythonBuildPackages,
];

/**
 * Returns a folder that is an apt repository (flat, unsigned) of PACKAGES and everything
 * that a host made from `root` lacks of their closure, in versions that go with it; and of
 * `files`, packages of other origin that need nothing which a host lacks.
 */
export function packageRepository(
  distribution: DistributionSources,
  root: string,
  report: Report,
  files: readonly string[] = [],
): Promise<string> {
  return repositoryOf("repository", PACKAGES, distribution, root, report, files);
}

/** As packageRepository, of other packages, in a cached folder of that name. */
export function repositoryOf(
  name: string,
  packages: readonly string[],
  distribution: DistributionSources,
  root: string,
  report: Report,
  files: readonly string[] = [],
): Promise<string> {
  const recipe = { steps: STEPS, root: basename(root), packages, ...(files.length > 0 && { files }) };
  return cachedFolder(name, recipe, report, async (repository) => {
    const apt = await privateApt(`${repository}/.apt`, distribution, root);
    await apt(["update"]);
    await apt(["install", "--yes", "--download-only", ...packages]);
    const archives = `${repository}/.apt/cache/archives`;
    for (const file of await readdir(archives)) {
      if (file.endsWith(".deb")) await rename(`${archives}/${file}`, `${repository}/${file}`);
    }
    for (const file of files) await copyFile(file, `${repository}/${basename(file)}`);
    const served = (await readdir(repository)).filter((file) => file.endsWith(".deb"));
    await packForSpeed(served.map((file) => `${repository}/${file}`));
    await rm(`${repository}/.apt`, { recursive: true });
    const index = await checkCommand(["apt-ftparchive", "packages", repository]);
    await writeFile(`${repository}/Packages`, index.replaceAll(`Filename: ${repository}/`, "Filename: ./"));
    await writeFile(`${repository}/Release`, await checkCommand(["apt-ftparchive", "release", repository]));
  });
}

/**
 * An apt that knows the sources of this machine and the packages of `root`, and nothing
 * installed on this machine. What it downloads by name goes to the working folder.
 */
export async function privateApt(
  folder: string,
  { sources, transport, architecture }: DistributionSources,
  root: string,
): Promise<(command: readonly string[], workingFolder?: string) => Promise<string>> {
  for (const path of ["state/lists/partial", "cache/archives/partial", "etc"]) {
    await mkdir(`${folder}/${path}`, { recursive: true });
  }
  await writeFile(`${folder}/etc/sources.list`, `${sources.join("\n")}\n`);
  const settings: Readonly<Record<string, string>> = {
    "Dir::Etc": `${folder}/etc`,
    "Dir::Etc::Parts": "/dev/null",
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::Etc::TrustedParts": "/usr/share/keyrings",
    "Dir::State": `${folder}/state`,
    "Dir::State::Status": `${root}/var/lib/dpkg/status`,
    "Dir::Cache": `${folder}/cache`,
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "root", // the cache folder is root's alone
    "Debug::NoLocking": "true", // or apt locks the dpkg of this machine
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";`);
  const configuration = `${folder}/apt.conf`;
  await writeFile(configuration, `${[...lines, ...transport].join("\n")}\n`);
  const env = { ...UNATTENDED, APT_CONFIG: configuration };
  return (command, workingFolder = "/") =>
    checkCommand(["env", `--chdir=${workingFolder}`, "apt-get", "--quiet=2", ...command], { env });
}
