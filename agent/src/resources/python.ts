import { downloadUrlProblem, type SpecOf } from "@cowherd/proto";
import type { Standing, StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import {
  buildingMark,
  type PyenvSource,
  type PythonOwner,
  pyenvDefinitions,
  pyenvProgram,
  pyenvRoot,
  pythonProgram,
} from "../host/pythons.ts";
import { withBlock } from "./managed-block.ts";
import { type Ids, idsOf, UnknownAccountError } from "./owned-file.ts";
import {
  attemptOf,
  keepingFailure,
  type PythonFailure,
  readPythonFailure,
  readSurroundings,
  refuseRepetition,
} from "./python-failure.ts";
import { guardWho } from "./python-guard.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { guard, isUserName } from "./spec-guard.ts";

type Observed = {
  readonly pyenv: Standing | undefined;
  readonly program: Standing | undefined;
  readonly python: Standing | undefined;
  readonly isHalf: boolean;
  /** Of the last build that failed. */
  readonly failure: PythonFailure | undefined;
  readonly surroundings: string;
  readonly nowMs: number;
  readonly global: StoredFile | undefined;
  readonly shim: Standing | undefined;
  /** Each file that a shell reads at its start, by path. */
  readonly startFiles: ReadonlyMap<string, StoredFile | undefined>;
};

type Change =
  | { readonly action: "install-pyenv"; readonly who: Who; readonly source: PyenvSource }
  | {
      readonly action: "build";
      readonly who: Who;
      readonly version: string;
      readonly mirrorUrl: string | undefined;
    }
  | { readonly action: "make-global"; readonly who: Who; readonly version: string }
  | { readonly action: "put-block"; readonly who: Who; readonly path: string };

type Who = { readonly user: string; readonly home: string };

/**
 * A Python that pyenv builds for a user and makes the global one.
 *
 * A pyenv that is there is used as it is, and so is a version that is there and whole; no
 * other version is touched. Its programs are found by login shells (.profile) and by the
 * bash that sshd starts for one command, which reads .bashrc: the block stands first there,
 * since Ubuntu's .bashrc returns early for those who do not type.
 */
export const pythonResource: Resource<SpecOf<"python">, Observed, Change> = {
  async read({ home, version }, host) {
    guardWho(home, version);
    const { files } = host;
    const startFiles = new Map<string, StoredFile | undefined>();
    for (const path of startFilesOf(home)) startFiles.set(path, await files.read(path));
    return {
      pyenv: await files.stat(pyenvRoot(home)),
      program: await files.stat(pyenvProgram(home)),
      python: await files.stat(pythonProgram(home, version)),
      failure: await readPythonFailure(failureFile(home, version), host),
      surroundings: await readBuildSurroundings(home, version, host),
      nowMs: host.pythons.calendar(),
      isHalf: (await files.stat(buildingMark(home, version))) !== undefined,
      global: await files.read(`${pyenvRoot(home)}/version`),
      shim: await files.stat(`${pyenvRoot(home)}/shims/python`),
      startFiles,
    };
  },

  plan(spec, { pyenv, program, python, isHalf, failure, surroundings, nowMs, global, shim, startFiles }) {
    const { user, home, version, mirrorUrl } = spec;
    guardSpec(spec);
    const who = { user, home };
    const changes: Change[] = [];
    if (pyenv === undefined) {
      changes.push({ action: "install-pyenv", who, source: { url: spec.pyenvUrl, sha256: spec.pyenvSha256 } });
    } else if (program?.type !== "file") {
      throw new ConflictError(`${pyenvRoot(home)} is there and no pyenv is in it: move it away, or put one there`);
    }
    if (python?.type !== "file" || isHalf) {
      const attempt = attemptOf([version, mirrorUrl], surroundings);
      refuseRepetition(failure, { attempt, path: failureFile(home, version), nowMs });
      changes.push({ action: "build", who, version, mirrorUrl });
    }
    if (firstWord(global) !== version || shim === undefined) changes.push({ action: "make-global", who, version });
    // Last: where the build fails, the owner's shells are led nowhere else than before.
    for (const [path, stored] of startFiles) {
      if (withStartLines(stored, home) !== undefined) changes.push({ action: "put-block", who, path });
    }
    return changes;
  },

  async apply(change, host, signal, progress) {
    const owner = await ownerOf(change.who, host);
    switch (change.action) {
      case "install-pyenv":
        if ((await host.files.stat(pyenvRoot(owner.home))) !== undefined) return; // someone was quicker: it is used
        return host.pythons.installPyenv(owner, change.source, signal, progress);
      case "build": {
        const { version, mirrorUrl } = change;
        const surroundings = await readBuildSurroundings(owner.home, version, host); // pyenv may be newer than the plan
        const attempt = attemptOf([version, mirrorUrl], surroundings);
        return keepingFailure({ path: failureFile(owner.home, version), attempt, owner }, host, signal, () =>
          host.pythons.build(owner, version, mirrorUrl, signal, progress),
        );
      }
      case "make-global":
        return host.pythons.makeGlobal(owner, change.version, signal);
      case "put-block": {
        const stored = await host.files.read(change.path); // the owner may have edited it during the build
        const content = withStartLines(stored, owner.home);
        if (content === undefined) return;
        const { mode, uid, gid } = stored ?? { mode: 0o644, uid: owner.uid, gid: owner.gid };
        return host.files.replace(change.path, { content, mode, uid, gid });
      }
    }
  },

  describe(change) {
    switch (change.action) {
      case "install-pyenv":
        return `install pyenv in ${pyenvRoot(change.who.home)}`;
      case "build":
        return `build Python ${change.version}`;
      case "make-global":
        return `make Python ${change.version} the one of ${change.who.user}`;
      case "put-block":
        return `write ${change.path}`;
    }
  },

  watches: ({ home, version }) => [
    pyenvProgram(home),
    pythonProgram(home, version),
    failureFile(home, version),
    `${pyenvRoot(home)}/version`,
    `${pyenvRoot(home)}/shims/python`,
    ...startFilesOf(home),
  ],
};

/** Looks the owner's numbers up. Rejects with UnknownAccountError where there is no such user. */
export async function ownerOf({ user, home }: Who, host: Host): Promise<PythonOwner> {
  const ids: Ids | undefined = await idsOf({ user }, host);
  if (ids === undefined) throw new UnknownAccountError(`${home}: no such owner, ${user}`);
  // Nothing of a Python runs as root, whatever a state says.
  guard(ids.uid !== 0, () => `${user} is root, who gets no Python`);
  return { user, home, ...ids };
}

function guardSpec({ user, home, version, pyenvUrl, pyenvSha256, mirrorUrl }: SpecOf<"python">): void {
  guardWho(home, version);
  guard(isUserName(user), () => `${JSON.stringify(user)} is not a user's name`);
  for (const url of [pyenvUrl, ...(mirrorUrl === undefined ? [] : [mirrorUrl])]) {
    const problem = downloadUrlProblem(url);
    guard(problem === undefined, () => `${JSON.stringify(url)} ${problem}`);
  }
  guard(
    pyenvSha256 === undefined || /^[0-9a-f]{64}$/.test(pyenvSha256),
    () => `${JSON.stringify(pyenvSha256)} is not a SHA-256`,
  );
}

/** In pyenv's folder, and gone with it. */
function failureFile(home: string, version: string): string {
  return `${pyenvRoot(home)}/.cowherd-failed-${version}.json`;
}

function readBuildSurroundings(home: string, version: string, host: Host): Promise<string> {
  const definitions = pyenvDefinitions(home);
  return readSurroundings([pyenvProgram(home), definitions, `${definitions}/${version}`], host);
}

function startFilesOf(home: string): readonly string[] {
  return [`${home}/.bashrc`, `${home}/.profile`];
}

/** Returns the file with the block in it, and undefined where it has it already. */
function withStartLines(stored: StoredFile | undefined, home: string): Buffer | undefined {
  const before = stored?.content.toString("latin1") ?? "";
  const after = withBlock(before, startLines(home), "first");
  return after === before ? undefined : Buffer.from(after, "latin1");
}

/** For every shell that follows POSIX; said twice, it adds nothing. */
function startLines(home: string): readonly string[] {
  return [
    `export PYENV_ROOT=${pyenvRoot(home)}`,
    'case ":$PATH:" in *":$PYENV_ROOT/shims:"*) ;; *) export PATH="$PYENV_ROOT/shims:$PYENV_ROOT/bin:$PATH" ;; esac',
  ];
}

/** pyenv reads words, the first of which names what "python" is. */
function firstWord(global: StoredFile | undefined): string | undefined {
  return global?.content.toString("latin1").trim().split(/\s+/)[0];
}
