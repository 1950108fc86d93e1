import {
  downloadUrlProblem,
  normalPythonName,
  type PythonRequirement,
  parsePythonRequirement,
  pythonRequirementProblem,
  type SpecOf,
} from "@cowherd/proto";
import type { Host } from "../host/host.ts";
import { mpiName } from "../host/mpi-identity.ts";
import type { Progress } from "../host/progress.ts";
import {
  type MpiPair,
  type PipRequest,
  type PythonOwner,
  pythonPrefix,
  pythonProgram,
  sitePackages,
} from "../host/pythons.ts";
import { type MpiMatch, parseMpiMatch, renderMpiMatch } from "./mpi-match.ts";
import { ownerOf } from "./python.ts";
import {
  attemptOf,
  keepingFailure,
  type PythonFailure,
  readPythonFailure,
  readSurroundings,
  refuseRepetition,
} from "./python-failure.ts";
import { guardWho } from "./python-guard.ts";
import { meetsPin } from "./python-version.ts";
import type { Resource } from "./resource.ts";
import { guard, isUserName } from "./spec-guard.ts";

type Observed = {
  /** Versions of what is wanted and installed whole, by normalised name. */
  readonly installed: ReadonlyMap<string, string>;
  readonly mpi: MpiObserved;
  /** Of pip, the last time that it failed. */
  readonly failure: PythonFailure | undefined;
  readonly surroundings: string;
  readonly nowMs: number;
};

type MpiObserved = {
  /** Of mpirun and of mpi4py as they are now. */
  readonly stamps: string;
  /** What the last comparison found. */
  readonly match: MpiMatch | undefined;
};

type Change =
  | { readonly action: "install"; readonly who: Who; readonly request: PipRequest }
  | { readonly action: "compare-mpi"; readonly who: Who; readonly request: PipRequest };

type Who = { readonly user: string; readonly home: string; readonly version: string };

/** mpi4py cannot work with the mpirun of this machine. The message says which is whose, and what was tried. */
export class MpiMismatchError extends Error {
  override readonly name = "MpiMismatchError";
}

const mpi4py = "mpi4py";

/** In the order in which a plain PATH has them. */
const launchers = ["/usr/local/bin/mpirun", "/usr/bin/mpirun"];

/**
 * What pip installs into a user's Python. Nothing is ever removed or upgraded, but a version
 * that the spec names replaces another.
 *
 * Where mpi4py is among it, it is compared with mpirun: a rank whose library is not the
 * launcher's ends up as a world of one, or hangs. This is asked when one of the two has
 * changed since it was asked last. A mismatch is mended once, by compiling mpi4py here, and
 * told from then on until something changes.
 */
export const pythonPackagesResource: Resource<SpecOf<"pythonPackages">, Observed, Change> = {
  async read(spec, host) {
    guardSpec(spec);
    return {
      installed: await readInstalled(spec, host),
      mpi: await readMpi(spec, host),
      failure: await readPythonFailure(failureFile(spec), host),
      surroundings: await readPipSurroundings(spec, host),
      nowMs: host.pythons.calendar(),
    };
  },

  plan(spec, { installed, mpi, failure, surroundings, nowMs }) {
    guardSpec(spec);
    const { user, home, version, indexUrl, findLinks } = spec;
    const who = { user, home, version };
    const wanted = requirementsOf(spec);
    const request = { indexUrl, findLinks, fromSource: false };
    const missing = wanted.filter((requirement) => !isMet(requirement, installed));
    const changes: Change[] = [];
    if (missing.length > 0) {
      const install = { ...request, requirements: missing };
      refuseRepetition(failure, { attempt: attemptOf(install, surroundings), path: failureFile(who), nowMs });
      changes.push({ action: "install", who, request: install });
    }
    const own = wanted.find(({ name }) => name === mpi4py);
    if (own === undefined) return changes;
    if (missing.includes(own) || mpi.match?.stamps !== mpi.stamps) {
      const compiled = { ...request, requirements: [exactly(own, installed)], fromSource: true };
      return [...changes, { action: "compare-mpi", who, request: compiled }];
    }
    if (mpi.match.problem !== "") throw new MpiMismatchError(mpi.match.problem);
    return changes;
  },

  async apply(change, host, signal, progress) {
    const owner = await ownerOf(change.who, host);
    const { version } = change.who;
    switch (change.action) {
      case "install": {
        const attempt = attemptOf(change.request, await readPipSurroundings(change.who, host));
        return keepingFailure({ path: failureFile(change.who), attempt, owner }, host, signal, () =>
          host.pythons.install(owner, version, change.request, signal, progress),
        );
      }
      case "compare-mpi": {
        const problem = await compareMpi(owner, version, change.request, host, signal, progress);
        const stamps = await readStamps(change.who, host);
        await host.files.replace(matchFile(change.who), {
          content: Buffer.from(renderMpiMatch({ stamps, problem })),
          mode: 0o644,
          uid: owner.uid,
          gid: owner.gid,
        });
        if (problem !== "") throw new MpiMismatchError(problem);
      }
    }
  },

  describe(change) {
    switch (change.action) {
      case "install":
        return `install ${change.request.requirements.map(({ name }) => name).join(" ")} for Python ${change.who.version}`;
      case "compare-mpi":
        return "compare mpi4py with mpirun";
    }
  },

  watches: (spec) => [
    ...requirementsOf(spec).map(({ name }) => `${sitePackages(spec.home, spec.version)}/${name}`),
    "/etc/alternatives/mpirun",
    failureFile(spec),
  ],
};

/** Returns why the two do not go together, after compiling mpi4py anew if need be; empty where they do. */
async function compareMpi(
  owner: PythonOwner,
  version: string,
  compiled: PipRequest,
  host: Host,
  signal: AbortSignal,
  progress: Progress | undefined,
): Promise<string> {
  const problem = mpiProblem(await host.pythons.mpiPair(owner, version, signal));
  if (problem === "" || problem === noLauncher) return problem;
  try {
    await host.pythons.install(owner, version, compiled, signal, progress);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error && error.name === "PythonError")) throw error;
    return `${problem}; compiling it here did not work: ${error.message}`;
  }
  const after = mpiProblem(await host.pythons.mpiPair(owner, version, signal));
  return after === "" ? "" : `${after}, also after it was compiled here`;
}

const noLauncher = "mpi4py is installed, and there is no mpirun that could start it";

/** Says why mpi4py cannot work with mpirun; empty where it can. Pure. */
export function mpiProblem({ launcher, library, problem }: MpiPair): string {
  if (launcher === undefined) return noLauncher;
  if (library === undefined) return problem;
  if (launcher.vendor === library.vendor && launcher.version === library.version) return "";
  return `mpi4py was built for ${mpiName(library)}, mpirun is ${mpiName(launcher)}`;
}

/** The .dist-info folders that pip leaves; the record is the last thing that it writes into one. */
async function readInstalled(spec: SpecOf<"pythonPackages">, host: Host): Promise<ReadonlyMap<string, string>> {
  const site = sitePackages(spec.home, spec.version);
  const wanted = new Set(requirementsOf(spec).map(({ name }) => name));
  const installed = new Map<string, string>();
  for (const entry of (await host.files.list(site)) ?? []) {
    const [, name = "", version] = /^([A-Za-z0-9][\w.]*)-([^-/]+)\.dist-info$/.exec(entry) ?? [];
    if (version === undefined || !wanted.has(normalPythonName(name))) continue; // there may be hundreds of others
    const record = await host.files.stat(`${site}/${entry}/RECORD`);
    if (record?.type === "file") installed.set(normalPythonName(name), unescaped(version));
  }
  return installed;
}

/** A hyphen ends the name, so that a version's own are written as "_": the specification of binary distributions. */
function unescaped(version: string): string {
  return version.replaceAll("_", "-");
}

async function readMpi(spec: SpecOf<"pythonPackages">, host: Host): Promise<MpiObserved> {
  if (!requirementsOf(spec).some(({ name }) => name === mpi4py)) return { stamps: "", match: undefined };
  const stored = await host.files.read(matchFile(spec));
  return {
    stamps: await readStamps(spec, host),
    match: stored && parseMpiMatch(stored.content.toString("utf8")),
  };
}

async function readStamps({ home, version }: Who, host: Host): Promise<string> {
  const site = sitePackages(home, version);
  const info = ((await host.files.list(site)) ?? []).filter((entry) => /^mpi4py-[^-]+\.dist-info$/.test(entry)).sort();
  const paths = [...launchers, ...info.map((entry) => `${site}/${entry}/RECORD`)];
  const stamps: string[] = [];
  for (const path of paths) stamps.push((await host.files.stamp(path)) ?? "none");
  return stamps.join(", ");
}

/** Beside the Python whose mpi4py it is about, and gone with it. */
function matchFile({ home, version }: Pick<Who, "home" | "version">): string {
  return `${pythonPrefix(home, version)}/.cowherd-mpi.json`;
}

/** Beside it likewise. */
function failureFile({ home, version }: Pick<Who, "home" | "version">): string {
  return `${pythonPrefix(home, version)}/.cowherd-failed-pip.json`;
}

function readPipSurroundings({ home, version }: Pick<Who, "home" | "version">, host: Host): Promise<string> {
  return readSurroundings([pythonProgram(home, version)], host);
}

function requirementsOf({ packages }: SpecOf<"pythonPackages">): readonly PythonRequirement[] {
  return packages.flatMap((text) => parsePythonRequirement(text) ?? []);
}

/** What is there stays in its version when it is compiled anew. */
function exactly({ name, version }: PythonRequirement, installed: ReadonlyMap<string, string>): PythonRequirement {
  const found = version ?? installed.get(name);
  return found === undefined ? { name } : { name, version: found };
}

function isMet({ name, version }: PythonRequirement, installed: ReadonlyMap<string, string>): boolean {
  const found = installed.get(name);
  return found !== undefined && (version === undefined || meetsPin(version, found));
}

function guardSpec({ user, home, version, packages, indexUrl, findLinks }: SpecOf<"pythonPackages">): void {
  guardWho(home, version);
  guard(isUserName(user), () => `${JSON.stringify(user)} is not a user's name`);
  for (const text of packages) {
    const problem = pythonRequirementProblem(text);
    guard(problem === undefined, () => `${JSON.stringify(text)} ${problem}`);
  }
  for (const url of [...(indexUrl === undefined ? [] : [indexUrl]), ...findLinks]) {
    const problem = downloadUrlProblem(url);
    guard(problem === undefined, () => `${JSON.stringify(url)} ${problem}`);
  }
}
