import { lstat, realpath } from "node:fs/promises";
import type { PythonRequirement } from "@cowherd/proto";
import type { Job, Jobs } from "../../jobs/jobs.ts";
import { parseMpiIdentity } from "../mpi-identity.ts";
import {
  buildingMark,
  type PipRequest,
  PythonError,
  type PythonOwner,
  type Pythons,
  pyenvProgram,
  pyenvRoot,
  pythonProgram,
} from "../pythons.ts";
import { runCommand } from "../run-command.ts";
import { pipPhase, pythonBuildPhase, pythonFailureReason } from "./python-output.ts";
import { buildScript, globalScript, installPyenvScript, libraryProgram, pipScript } from "./python-scripts.ts";

const hour = 3_600;
const limits = { pyenv: hour / 2, build: 6 * hour, global: 300, pip: 3 * hour }; // seconds; an emulated machine is slow

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const answerMs = 60_000;

/** What the adapter stands on. */
export type LinuxPythonsDeps = {
  readonly jobs: Jobs;
  /** Milliseconds since 1970. */
  calendar(): number;
};

/** Users' Pythons through pyenv and pip, in jobs of their own that run as the user. */
export function createLinuxPythons({ jobs, calendar }: LinuxPythonsDeps): Pythons {
  /**
   * Runs a fixed script with arguments; what it does is named in the error.
   *
   * The end of a job may be that of an earlier one, such as of a build that a shutdown cut
   * short: so once more, unless what was to be done is done.
   */
  async function perform(
    what: string,
    job: Job,
    signal: AbortSignal,
    heard: (output: string) => void = () => {},
    isDone: () => Promise<boolean> = async () => false,
  ): Promise<void> {
    const first = await jobs.run(job, signal, heard);
    if (first.stale && (await isDone())) return;
    const { exitCode, output } = first.stale ? await jobs.run(job, signal, heard) : first;
    if (exitCode !== 0) throw new PythonError(`${what}: ${pythonFailureReason(output)}`);
  }

  return {
    calendar,

    async installPyenv(owner, { url, sha256 = "" }, signal, progress) {
      progress?.("downloading pyenv");
      const job = jobOf(owner, `pyenv-${owner.uid}`, limits.pyenv, installPyenvScript, [owner.home, url, sha256]);
      await perform("install pyenv", job, signal, undefined, () => isThere(pyenvProgram(owner.home)));
    },

    async build(owner, version, mirrorUrl, signal, progress) {
      const mark = buildingMark(owner.home, version);
      const id = `python-build-${owner.uid}-${version.replaceAll(".", "-")}`;
      const job = jobOf(owner, id, limits.build, buildScript, [owner.home, version, mark], {
        PYTHON_BUILD_CURL_OPTS: "--connect-timeout 30 --speed-limit 1000 --speed-time 120",
        ...(mirrorUrl !== undefined && { PYTHON_BUILD_MIRROR_URL: mirrorUrl }),
      });
      let phase = "starting";
      let isWaiting = true;
      const tell = async (now: string) => {
        const minutes = await minutesSince(mark, calendar());
        if (isWaiting) progress?.(`building ${version}: ${now} (${minutes} min)`); // or it would outlast the build
      };
      try {
        const heard = (output: string) => {
          phase = pythonBuildPhase(output) ?? phase; // a line that tells nothing is a part of what went before
          void tell(phase);
        };
        const isBuilt = async () => (await isThere(pythonProgram(owner.home, version))) && !(await isThere(mark));
        await perform(`build Python ${version}`, job, signal, heard, isBuilt);
      } finally {
        isWaiting = false;
      }
    },

    makeGlobal: (owner, version, signal) =>
      perform(
        `make Python ${version} the global one`,
        jobOf(owner, `python-global-${owner.uid}`, limits.global, globalScript, [version]),
        signal,
      ),

    async install(owner, version, request, signal, progress) {
      const args = [pythonProgram(owner.home, version), ...pipArguments(request)];
      const id = `python-pip-${owner.uid}-${version.replaceAll(".", "-")}`;
      const job = jobOf(owner, id, limits.pip, pipScript, args, await compilerOfLauncher());
      await perform("pip install", job, signal, (output) => {
        const phase = pipPhase(output);
        if (phase !== undefined) progress?.(`pip: ${phase}`);
      });
    },

    async mpiPair({ home, uid, gid }, version, signal) {
      const options = { as: { uid, gid }, timeoutMs: answerMs };
      const launcher = await runCommand(["mpirun", "--version"], options, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof Error && error.name === "CommandError") return undefined; // there is none
        throw error;
      });
      const python = [pythonProgram(home, version), "-I", "-c", libraryProgram] as const;
      const library = await runCommand([...python], options, signal);
      return {
        launcher: launcher && parseMpiIdentity(launcher.stdout),
        library: library.exitCode === 0 ? parseMpiIdentity(library.stdout) : undefined,
        problem:
          library.exitCode === 0
            ? `mpi4py is linked to an MPI that is not known: ${library.stdout.slice(0, 80)}`
            : `mpi4py cannot be imported: ${pythonFailureReason(library.stderr)}`,
      };
    },
  };
}

function jobOf(
  owner: PythonOwner,
  id: string,
  maxSeconds: number,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Job {
  const { user, home, uid, gid } = owner;
  const own = { HOME: home, USER: user, LOGNAME: user, PATH: path, LC_ALL: "C.UTF-8", PYENV_ROOT: pyenvRoot(home) };
  return {
    id,
    argv: ["/bin/sh", "-c", script, "sh", ...args],
    env: { ...own, ...env },
    as: { uid, gid },
    gentle: true,
    maxSeconds,
  };
}

/** Returns what `pip install` is told. Pure. */
export function pipArguments({ requirements, indexUrl, findLinks, fromSource }: PipRequest): readonly string[] {
  const urls = [...(indexUrl === undefined ? [] : [indexUrl]), ...findLinks];
  // The operator wrote http and not https; pip would pass over such an address without a word.
  const plain = urls.filter((url) => url.startsWith("http:")).map((url) => new URL(url).host);
  return [
    ...(indexUrl === undefined ? [] : ["--index-url", indexUrl]),
    ...(indexUrl === undefined && findLinks.length > 0 ? ["--no-index"] : []),
    ...findLinks.flatMap((url) => ["--find-links", url]),
    ...[...new Set(plain)].flatMap((host) => ["--trusted-host", host]),
    ...(fromSource ? ["--force-reinstall", "--no-deps", "--no-cache-dir", ...fromSourceAlone(requirements)] : []),
    "--",
    ...requirements.map(requirementText),
  ];
}

/** What they are built with may come built: an index that has only wheels of setuptools is enough. */
function fromSourceAlone(requirements: readonly PythonRequirement[]): readonly string[] {
  return requirements.flatMap(({ name }) => ["--no-binary", name]);
}

function requirementText({ name, version }: PythonRequirement): string {
  return version === undefined ? name : `${name}==${version}`;
}

/**
 * The compiler that belongs to what mpirun is here. Debian's alternatives for mpirun and for
 * mpicc are two, and may lead to two different MPIs.
 */
async function compilerOfLauncher(): Promise<Readonly<Record<string, string>>> {
  const launcher = await realpath("/usr/bin/mpirun").catch(() => "");
  const suffix = /\/(?:orterun|prterun|mpirun\.openmpi)$/.test(launcher)
    ? "openmpi"
    : /\/(?:mpiexec\.hydra|mpirun\.mpich)$/.test(launcher)
      ? "mpich"
      : undefined;
  const compiler = `/usr/bin/mpicc.${suffix}`;
  return suffix !== undefined && (await isThere(compiler)) ? { MPICC: compiler } : {};
}

async function isThere(at: string): Promise<boolean> {
  return (await lstat(at).catch(() => undefined)) !== undefined;
}

/** The mark was made when the build began, whichever agent saw that. */
async function minutesSince(mark: string, now: number): Promise<number> {
  const stats = await lstat(mark).catch(() => undefined);
  return stats === undefined ? 0 : Math.max(0, Math.floor((now - stats.mtimeMs) / 60_000));
}
