import type { Files } from "./files.ts";
import type { MpiIdentity } from "./mpi-identity.ts";
import {
  type MpiPair,
  PythonError,
  type PythonOwner,
  type Pythons,
  pyenvProgram,
  pyenvRoot,
  pythonProgram,
  sitePackages,
} from "./pythons.ts";

/** How the world of Pythons in memory is, and what was asked of it. */
export type MemoryPythonsSeed = {
  readonly launcher?: MpiIdentity;
  /** What an mpi4py is linked to that was taken as it came, and one that was compiled here. */
  readonly builtLibrary?: MpiIdentity;
  readonly compiledLibrary?: MpiIdentity;
  /** What pip can find, by name, with its version. Everything, in version 1.0, if absent. */
  readonly index?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; always 0 if absent. */
  calendar?(): number;
};

const openMpi: MpiIdentity = { vendor: "Open MPI", version: "4.1.4" };

/** Pythons in memory, which leave the files behind by which the real ones are known. */
export function createMemoryPythons(
  files: Files,
  seed: MemoryPythonsSeed = {},
): Pythons & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  let fromSource = false;

  async function write(path: string, { uid, gid }: PythonOwner): Promise<void> {
    const folders = path.split("/").slice(1, -1);
    for (const [index] of folders.entries()) {
      const folder = `/${folders.slice(0, index + 1).join("/")}`;
      if ((await files.stat(folder)) === undefined) await files.makeFolder(folder, { mode: 0o755, uid, gid });
    }
    await files.replace(path, { content: Buffer.from(""), mode: 0o755, uid, gid });
  }

  return {
    asked,
    calendar: () => seed.calendar?.() ?? 0,
    async installPyenv(owner, { url }) {
      asked.push(`pyenv from ${url}`);
      await write(pyenvProgram(owner.home), owner);
    },
    async build(owner, version, mirrorUrl) {
      asked.push(`build ${version} from ${mirrorUrl ?? "python.org"}`);
      if ((await files.stat(pyenvProgram(owner.home))) === undefined) throw new PythonError("there is no pyenv");
      await write(pythonProgram(owner.home, version), owner);
    },
    async makeGlobal(owner, version) {
      asked.push(`global ${version}`);
      await write(`${pyenvRoot(owner.home)}/shims/python`, owner);
      const { uid, gid } = owner;
      const content = Buffer.from(`${version}\n`);
      await files.replace(`${pyenvRoot(owner.home)}/version`, { content, mode: 0o644, uid, gid });
    },
    async install(owner, version, request) {
      for (const { name, version: exact } of request.requirements) {
        asked.push(`${request.fromSource ? "compile" : "install"} ${name}`);
        const found = exact ?? (seed.index === undefined ? "1.0" : seed.index[name]);
        if (found === undefined)
          throw new PythonError(`pip install: ERROR: No matching distribution found for ${name}`);
        const info = `${sitePackages(owner.home, version)}/${name.replaceAll("-", "_")}-${found}.dist-info`;
        await write(`${info}/RECORD`, owner);
        if (name === "mpi4py") fromSource = request.fromSource;
      }
    },
    async mpiPair(): Promise<MpiPair> {
      asked.push("whose MPI");
      const { launcher = openMpi, builtLibrary = openMpi, compiledLibrary = launcher } = seed;
      return { launcher, library: fromSource ? compiledLibrary : builtLibrary, problem: "" };
    },
  };
}
