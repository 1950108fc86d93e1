import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { UnfitMachineError } from "../lab-error.ts";
import { checkCommand } from "../machine/command.ts";
import { cachedFolder, type Report } from "./cached-folder.ts";
import type { DistributionSources } from "./machine-apt.ts";
import { privateApt } from "./package-repository.ts";
import { ownRelease, sidSources } from "./sid-sources.ts";
import { wheelName, wheelOf } from "./wheel.ts";
import type { ZipEntry } from "./zip.ts";

/** Raise this when the steps below change what they make. */
const STEPS = 2;

/** The Python whose genuine source a distribution ships, by the distribution's codename. */
const PYTHONS: Readonly<Record<string, { readonly source: string; readonly version: string }>> = {
  bookworm: { source: "python3.11", version: "3.11.2" },
};

const PYENV_PACKAGES = ["pyenv", "pyenv-runtime"];
const WHEEL_PACKAGES = ["python3-mpi4py", "python3-click"];
const SITE = "usr/lib/python3/dist-packages";

const INSTALL_HOOK = `export _PYTHON_BUILD_FORCE_SKIP_XZ=1
export PYTHON_CONFIGURE_OPTS=--disable-test-modules
export PYTHON_CFLAGS=-O0
`;

/** What hosts without the Internet install a Python from: files below a folder, to be served over HTTP. */
export type PythonSupply = {
  readonly folder: string;
  /** The Python that can be built. */
  readonly version: string;
  /** pyenv's archive, by its name in the folder, and its SHA-256. */
  readonly pyenv: string;
  readonly pyenvSha256: string;
  /** The folder of sources by their SHA-256, and that of packages for pip. */
  readonly mirror: string;
  readonly wheels: string;
};

/**
 * Returns the genuine pyenv and a genuine source of Python that pyenv's own definition knows,
 * and mpi4py and click, all from Debian's mirror.
 *
 * pyenv is Debian sid's, since older releases have none, and sid is asked for that alone. Its
 * definitions prefer .tar.xz where there is xz, and Debian ships the .tgz: a hook, which is
 * pyenv's own way to be extended, makes it take that one, and the checksum stays pyenv's. The
 * same hook has it compile a Python that is slow and soon there, without its tests of itself. The
 * wheels are Debian's own builds, mpi4py's for the Open MPI of the same release.
 * Throws UnfitMachineError where the distribution is none that this is known to work for.
 */
export async function pythonSupply(
  distribution: DistributionSources,
  root: string,
  report: Report,
): Promise<PythonSupply> {
  const python = PYTHONS[distribution.codename];
  if (python === undefined)
    throw new UnfitMachineError(`no Python is known that ${distribution.codename} has pyenv's source of`);
  const recipe = {
    steps: STEPS,
    ...distributionRecipe(distribution),
    python: Object.values(python),
    root: basename(root),
  };
  const folder = await cachedFolder("python", recipe, report, async (draft) => {
    const work = `${draft}/.work`;
    const pyenvRoot = await unpackPyenv(work, distribution, root);
    await fetchSource({ work, draft, pyenvRoot, distribution, root, python });
    await packPyenv(pyenvRoot, `${draft}/${PYENV}`);
    await makeWheels(work, draft, distribution, root);
    await rm(work, { recursive: true });
  });
  const pyenvSha256 = sha256(await readFile(`${folder}/${PYENV}`));
  return { folder, version: python.version, pyenv: PYENV, pyenvSha256, mirror: "mirror", wheels: "wheels" };
}

const PYENV = "pyenv.tar.gz";

function distributionRecipe({ codename, architecture, sources }: DistributionSources) {
  return { codename, architecture, sources };
}

/** Lays pyenv out as its own archive has it. Returns the folder. */
async function unpackPyenv(work: string, distribution: DistributionSources, root: string): Promise<string> {
  const apt = await privateApt(`${work}/sid`, { ...distribution, sources: sidSources(distribution) }, root);
  await apt(["update"]);
  await download(apt, PYENV_PACKAGES, `${work}/pyenv-packages`);
  const unpacked = await unpack(`${work}/pyenv-packages`);
  const pyenv = `${work}/pyenv`;
  await checkCommand(["cp", "--archive", "--", `${unpacked}/usr/share/pyenv`, pyenv]);
  await checkCommand(["cp", "--archive", "--", `${pyenv}/pyenv.d/pyenv.d/.`, `${pyenv}/pyenv.d`]); // one level too deep there
  await rm(`${pyenv}/pyenv.d/pyenv.d`, { recursive: true });
  await mkdir(`${pyenv}/bin`);
  await checkCommand(["ln", "--symbolic", "../libexec/pyenv", `${pyenv}/bin/pyenv`]);
  await checkCommand(["find", pyenv, "-xtype", "l", "-delete"]); // links to documents of the package
  const hooks = `${pyenv}/plugins/cowherd-lab/etc/pyenv.d/install`;
  await mkdir(hooks, { recursive: true });
  await writeFile(`${hooks}/cowherd-lab.bash`, INSTALL_HOOK);
  return pyenv;
}

async function fetchSource(need: {
  readonly work: string;
  readonly draft: string;
  readonly pyenvRoot: string;
  readonly distribution: DistributionSources;
  readonly root: string;
  readonly python: { readonly source: string; readonly version: string };
}): Promise<void> {
  const { work, draft, pyenvRoot, distribution, root, python } = need;
  const sources = ownRelease(distribution).map((source) => source.replace(/^deb /, "deb-src "));
  const apt = await privateApt(`${work}/source`, { ...distribution, sources }, root);
  await apt(["update"]);
  const folder = `${work}/python`;
  await mkdir(folder);
  await apt(["source", "--tar-only", python.source], folder);
  const archive = (await readdir(folder)).find((name) => name.endsWith(".orig.tar.gz"));
  if (archive === undefined) throw new UnfitMachineError(`the source of ${python.source} has no .orig.tar.gz`);
  const hash = sha256(await readFile(`${folder}/${archive}`));
  const definition = `${pyenvRoot}/plugins/python-build/share/python-build/${python.version}`;
  if (!(await readFile(definition, "utf8")).includes(`.tgz#${hash}"`))
    throw new UnfitMachineError(`${archive} is not the source that pyenv knows as Python ${python.version}`);
  await mkdir(`${draft}/mirror`);
  await copyFile(`${folder}/${archive}`, `${draft}/mirror/${hash}`);
}

async function packPyenv(pyenvRoot: string, archive: string): Promise<void> {
  const plain = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"]; // the same files, the same hash
  await checkCommand([
    "tar",
    "--create",
    "--gzip",
    ...plain,
    `--file=${archive}`,
    `--directory=${pyenvRoot}/..`,
    basename(pyenvRoot),
  ]);
}

async function makeWheels(work: string, draft: string, distribution: DistributionSources, root: string): Promise<void> {
  const apt = await privateApt(`${work}/wheels-apt`, distribution, root);
  await apt(["update"]);
  await download(apt, WHEEL_PACKAGES, `${work}/wheel-packages`);
  const site = `${await unpack(`${work}/wheel-packages`)}/${SITE}`;
  await mkdir(`${draft}/wheels`);
  for (const entry of await readdir(site)) {
    const [, name, version] = /^([^-]+)-([^-]+)\.egg-info$/.exec(entry) ?? [];
    if (name === undefined || version === undefined) continue;
    const info = `${site}/${entry}`;
    const metadata = await readFile((await stat(info)).isDirectory() ? `${info}/PKG-INFO` : info);
    const files = await filesBelow(site, name);
    const tag = tagOf(files.map(({ name: path }) => path));
    const wheel = wheelOf({ name, version, tag, metadata }, files);
    await writeFile(`${draft}/wheels/${wheelName({ name, version, tag })}`, wheel);
  }
}

/** The interpreter and the machine that compiled modules are for, as their names say. */
function tagOf(paths: readonly string[]): string {
  for (const path of paths) {
    const [, python, machine] = /\.cpython-(\d+)-([a-z0-9_]+)-linux-gnu\.so$/.exec(path) ?? [];
    if (python !== undefined) return `cp${python}-cp${python}-linux_${machine}`;
  }
  return "py3-none-any";
}

async function filesBelow(site: string, name: string): Promise<readonly ZipEntry[]> {
  const entries = await readdir(`${site}/${name}`, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
  return Promise.all(
    paths.toSorted().map(async (path) => ({ name: path.slice(site.length + 1), content: await readFile(path) })),
  );
}

async function download(
  apt: (command: readonly string[], workingFolder: string) => Promise<string>,
  packages: readonly string[],
  folder: string,
): Promise<void> {
  await mkdir(folder);
  await apt(["download", ...packages], folder);
}

/** Unpacks every package of a folder into one. */
async function unpack(folder: string): Promise<string> {
  const into = `${folder}/.unpacked`;
  for (const name of await readdir(folder)) {
    if (name.endsWith(".deb")) await checkCommand(["dpkg-deb", "--extract", `${folder}/${name}`, into]);
  }
  return into;
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
