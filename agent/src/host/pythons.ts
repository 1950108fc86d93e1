import type { PythonRequirement } from "@cowherd/proto";
import type { MpiIdentity } from "./mpi-identity.ts";
import type { Progress } from "./progress.ts";

/** A user with a pyenv in their home: whose work all of this is, never root's. */
export type PythonOwner = {
  readonly user: string;
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
};

/** Where pyenv's archive comes from. `sha256` is in lower-case hexadecimal; absent where any archive is taken. */
export type PyenvSource = { readonly url: string; readonly sha256: string | undefined };

/** What pip is to install, and from where. */
export type PipRequest = {
  readonly requirements: readonly PythonRequirement[];
  readonly indexUrl: string | undefined;
  /** Pages or folders with links to packages; when there are any and no index, no index is asked. */
  readonly findLinks: readonly string[];
  /** Compiles on this machine even what is installed already, and takes no built package from anywhere. */
  readonly fromSource: boolean;
};

/** What starts at the name mpirun, and what mpi4py has found itself linked to. */
export type MpiPair = {
  readonly launcher: MpiIdentity | undefined;
  readonly library: MpiIdentity | undefined;
  /** Why there is no library, in words. */
  readonly problem: string;
};

/**
 * The Pythons that pyenv builds for a user.
 *
 * What takes long goes on when the agent stops, and is joined, not repeated, when the agent
 * asks again. Everything runs as the owner. Rejects with PythonError.
 */
export interface Pythons {
  /** Puts pyenv below the home, whole or not at all. Nothing that is there is replaced. */
  installPyenv(owner: PythonOwner, source: PyenvSource, signal: AbortSignal, progress?: Progress): Promise<void>;

  /** Builds a version. Until it is whole, buildingMark is there. */
  build(
    owner: PythonOwner,
    version: string,
    mirrorUrl: string | undefined,
    signal: AbortSignal,
    progress?: Progress,
  ): Promise<void>;

  /** Makes a version that is built the owner's `python`. */
  makeGlobal(owner: PythonOwner, version: string, signal: AbortSignal): Promise<void>;

  /** Has pip install packages into a version that is built. */
  install(
    owner: PythonOwner,
    version: string,
    request: PipRequest,
    signal: AbortSignal,
    progress?: Progress,
  ): Promise<void>;

  /** Asks mpirun and the mpi4py of a version who they are. */
  mpiPair(owner: PythonOwner, version: string, signal: AbortSignal): Promise<MpiPair>;

  /** The calendar's time in milliseconds since 1970, by which it is told when what failed is tried again. */
  calendar(): number;
}

/** pyenv, the build or pip ended badly. The message says why in one line, in their own words. */
export class PythonError extends Error {
  override readonly name = "PythonError";
}

/** Where pyenv lies. */
export function pyenvRoot(home: string): string {
  return `${home}/.pyenv`;
}

/** The program itself; bin/pyenv is a link to it. */
export function pyenvProgram(home: string): string {
  return `${pyenvRoot(home)}/libexec/pyenv`;
}

/** Where a version lies. */
export function pythonPrefix(home: string, version: string): string {
  return `${pyenvRoot(home)}/versions/${version}`;
}

/** The interpreter itself, to which "python" and "python3" are links. */
export function pythonProgram(home: string, version: string): string {
  return `${pythonPrefix(home, version)}/bin/python${majorMinor(version)}`;
}

/** Where pip installs to. */
export function sitePackages(home: string, version: string): string {
  return `${pythonPrefix(home, version)}/lib/python${majorMinor(version)}/site-packages`;
}

/** pyenv's definitions of versions, one file each, of which a newer pyenv has more. */
export function pyenvDefinitions(home: string): string {
  return `${pyenvRoot(home)}/plugins/python-build/share/python-build`;
}

/** Is there while a version is being built, and stays where the build was cut short: what lies beside it may be half. */
export function buildingMark(home: string, version: string): string {
  return `${pyenvRoot(home)}/.cowherd-building-${version}`;
}

function majorMinor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
