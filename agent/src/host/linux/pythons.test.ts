import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job, Jobs } from "../../jobs/jobs.ts";
import { pythonsContract } from "../pythons.contract.ts";
import { buildingMark, pyenvRoot, pythonProgram } from "../pythons.ts";
import { createLinuxFiles } from "./files.ts";
import { createLinuxPythons, pipArguments } from "./pythons.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const signal = new AbortController().signal;
const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const version = "3.11.2";

/** Answers as pyenv does, in the parts that are asked here. */
const pyenv = `#!/bin/sh
set -eu
case $1 in
install)
  for last; do :; done
  [ -n "\${FAIL:-}" ] && { echo "checking for gcc... no"; echo "configure: error: no acceptable C compiler found"; echo "BUILD FAILED"; exit 1; }
  echo "Downloading Python-$last.tgz..."
  mkdir -p "$PYENV_ROOT/versions/$last/bin"
  cp "$PYENV_ROOT/libexec/python" "$PYENV_ROOT/versions/$last/bin/python3.11" ;;
global) echo "$2" > "$PYENV_ROOT/version" ;;
rehash) mkdir -p "$PYENV_ROOT/shims"; : > "$PYENV_ROOT/shims/python" ;;
esac
`;

/** Stands in for a Python whose pip finds click alone. */
const python = `#!/bin/sh
for last; do :; done
case $last in
click*) ;;
*) echo "ERROR: No matching distribution found for $last"; exit 1 ;;
esac
site=\${0%/bin/*}/lib/python3.11/site-packages/click-\${last#*==}.dist-info
mkdir -p "$site" && : > "$site/RECORD"
`;

/** Runs a job at once, as whoever tests, and remembers it. */
function plainJobs(): Jobs & { readonly asked: Job[] } {
  const asked: Job[] = [];
  return {
    asked,
    async run(job) {
      asked.push(job);
      const [program, ...args] = job.argv;
      const child = spawn(program, args, { env: job.env, stdio: ["ignore", "pipe", "pipe"] });
      const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
      return { exitCode: typeof code === "number" ? code : 1, output: out + err };
    },
  };
}

let folder: string;
let server: Server;
let url: string;
let sha256: string;

describe.runIf(process.platform === "linux" && existsSync("/usr/bin/curl"))("on linux", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pyenv-"));
    await mkdir(`${folder}/pyenv-2.7.1/libexec`, { recursive: true });
    await writeFile(`${folder}/pyenv-2.7.1/libexec/pyenv`, pyenv, { mode: 0o755 });
    await writeFile(`${folder}/pyenv-2.7.1/libexec/python`, python, { mode: 0o755 });
    await promisify(execFile)("tar", ["-czf", `${folder}/good`, "-C", folder, "pyenv-2.7.1"]);
    await promisify(execFile)("tar", ["-czf", `${folder}/other`, "-C", `${folder}/pyenv-2.7.1/libexec`, "python"]);
    sha256 = createHash("sha256")
      .update(await readFile(`${folder}/good`))
      .digest("hex");
    server = createServer((request, response) => {
      readFile(`${folder}${request.url}`).then(
        (content) => response.end(content),
        () => response.writeHead(404).end(),
      );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  });
  afterAll(async () => {
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function createWorld() {
    const jobs = plainJobs();
    const home = await makeTemporaryFolder("home");
    const pythons = createLinuxPythons({ jobs, calendar: Date.now });
    const owner = { user: "ada", home, ...me };
    return { jobs, pythons, files: createLinuxFiles(""), owner, source: { url: `${url}/good`, sha256 } };
  }

  pythonsContract("linux", createWorld);

  it("takes no archive but the one that was meant, and leaves nothing of another", async () => {
    const { pythons, owner, source } = await createWorld();
    const install = (path: string, hash?: string) =>
      pythons.installPyenv(owner, { url: `${url}/${path}`, sha256: hash }, signal);
    await expect(install("good", "0".repeat(64))).rejects.toThrow("has not the SHA-256 000");
    await expect(install("other")).rejects.toThrow("is no archive of pyenv");
    await expect(install("absent")).rejects.toThrow(/install pyenv: curl: \(22\).*404/);
    expect(existsSync(pyenvRoot(owner.home))).toBe(false);
    await pythons.installPyenv(owner, { ...source, sha256: undefined }, signal);
    await expect(install("good")).rejects.toThrow("is there already");
  });

  it("keeps the mark of a build that failed, and tells what the compiler's configuration said", async () => {
    const { jobs, owner, source } = await createWorld();
    const failing: Jobs = { run: (job, own) => jobs.run({ ...job, env: { ...job.env, FAIL: "1" } }, own) };
    const pythons = createLinuxPythons({ jobs: failing, calendar: Date.now });
    await pythons.installPyenv(owner, source, signal);
    await expect(pythons.build(owner, version, undefined, signal)).rejects.toThrow(
      `build Python ${version}: configure: error: no acceptable C compiler found`,
    );
    expect((await stat(buildingMark(owner.home, version))).isFile()).toBe(true);
    expect(existsSync(`${owner.home}/.cache/cowherd-python-${version}`)).toBe(false);
    expect(existsSync(pythonProgram(owner.home, version))).toBe(false);
  });

  it("believes no end of an earlier job, unless what was to be done is done", async () => {
    const { jobs, owner, source } = await createWorld();
    const leftovers = new Map<string, number>();
    const withLeftovers: Jobs = {
      async run(job, own) {
        const exitCode = leftovers.get(job.id);
        leftovers.delete(job.id);
        return exitCode === undefined ? jobs.run(job, own) : { exitCode, output: "Terminated\n", stale: true };
      },
    };
    const pythons = createLinuxPythons({ jobs: withLeftovers, calendar: Date.now });
    await pythons.installPyenv(owner, source, signal);
    const id = `python-build-${me.uid}-3-11-2`;
    for (const exitCode of [143, 0]) {
      await rm(`${pyenvRoot(owner.home)}/versions`, { recursive: true, force: true });
      leftovers.set(id, exitCode);
      await pythons.build(owner, version, undefined, signal);
      expect(existsSync(pythonProgram(owner.home, version))).toBe(true);
    }
    leftovers.set(id, 0);
    const before = jobs.asked.length;
    await pythons.build(owner, version, undefined, signal);
    expect(jobs.asked).toHaveLength(before);

    leftovers.set(`python-pip-${me.uid}-3-11-2`, 1);
    const requirements = [{ name: "click", version: "8.1.3" }];
    const request = { requirements, indexUrl: undefined, findLinks: [], fromSource: false };
    await pythons.install(owner, version, request, signal);
    expect(jobs.asked.at(-1)?.argv).toContain("click==8.1.3");
  });

  it("does everything as the owner, in no hurry and for no more than hours, with texts as arguments alone", async () => {
    const { jobs, pythons, owner, source } = await createWorld();
    await pythons.installPyenv(owner, source, signal);
    await pythons.build(owner, version, "http://mirror", signal);
    await pythons.makeGlobal(owner, version, signal);
    const requirements = [{ name: "click", version: "8.1.3" }];
    await pythons.install(
      owner,
      version,
      { requirements, indexUrl: undefined, findLinks: [], fromSource: false },
      signal,
    );
    for (const { as, gentle, maxSeconds, argv, env } of jobs.asked) {
      expect({ as, gentle }).toEqual({ as: me, gentle: true });
      expect(maxSeconds).toBeLessThanOrEqual(6 * 3_600);
      expect(argv.slice(0, 2)).toEqual(["/bin/sh", "-c"]);
      expect(argv[2]).not.toContain(owner.home);
      expect(env["HOME"]).toBe(owner.home);
    }
    expect(jobs.asked[1]?.env["PYTHON_BUILD_MIRROR_URL"]).toBe("http://mirror");
    expect(jobs.asked[1]?.id).toMatch(/^python-build-\d+-3-11-2$/);
  });

  it("tells in which part a build is, and since when it goes on, whoever saw it begin", async () => {
    const { owner } = await createWorld();
    await mkdir(pyenvRoot(owner.home));
    await writeFile(buildingMark(owner.home, version), "");
    const told: string[] = [];
    const jobs: Jobs = {
      async run(_job, _signal, heard) {
        heard?.("checking for gcc... gcc\n");
        heard?.("checking for x... y\ngcc -pthread -c -o Objects/x.o Objects/x.c\n");
        await new Promise((resolve) => setTimeout(resolve, 100));
        return { exitCode: 0, output: "" };
      },
    };
    const pythons = createLinuxPythons({ jobs, calendar: () => Date.now() + 3 * 60_000 + 5_000 });
    await pythons.build(owner, version, undefined, signal, (line) => told.push(line));
    expect(told.sort()).toEqual(["building 3.11.2: compiling (3 min)", "building 3.11.2: configuring (3 min)"]);
  });
});

describe("what pip is told", () => {
  const requirements = [{ name: "mpi4py" }, { name: "click", version: "8.1.7" }];
  const plain = { requirements, indexUrl: undefined, findLinks: [], fromSource: false };

  it("is the requirements alone, where nothing else is said", () => {
    expect(pipArguments(plain)).toEqual(["--", "mpi4py", "click==8.1.7"]);
  });

  it("is to ask no index where there are links and no index", () => {
    expect(pipArguments({ ...plain, findLinks: ["https://a/w/"] }).slice(0, 3)).toEqual([
      "--no-index",
      "--find-links",
      "https://a/w/",
    ]);
    const both = pipArguments({ ...plain, indexUrl: "https://i/simple", findLinks: ["https://a/w/"] });
    expect(both).not.toContain("--no-index");
  });

  it("is to trust those hosts alone that were named without encryption", () => {
    const args = pipArguments({ ...plain, indexUrl: "https://i/simple", findLinks: ["http://10.0.0.1:81/w/"] });
    expect(args.filter((_arg, at) => args[at - 1] === "--trusted-host")).toEqual(["10.0.0.1:81"]);
  });

  it("is to compile, take nothing from a cache and leave the rest alone, where it is to come from source", () => {
    const args = pipArguments({ ...plain, requirements: [{ name: "mpi4py" }], fromSource: true });
    expect(args).toEqual(["--force-reinstall", "--no-deps", "--no-cache-dir", "--no-binary", "mpi4py", "--", "mpi4py"]);
  });
});
