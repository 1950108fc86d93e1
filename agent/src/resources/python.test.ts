import { describe, expect, it } from "vitest";
import type { StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { createMemoryHost, type MemoryHostSeed } from "../host/memory-host.ts";
import { PythonError } from "../host/pythons.ts";
import { pythonResource } from "./python.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const home = "/home/mpihpc";
const root = `${home}/.pyenv`;
const user = { name: "mpihpc", uid: 7777, gid: 7777, home, shell: "/bin/bash" };
const own = { uid: 7777, gid: 7777 };
const spec = {
  id: "python",
  requires: [],
  kind: "python",
  user: "mpihpc",
  home,
  version: "3.11.8",
  pyenvUrl: "https://example.org/pyenv.tar.gz",
  pyenvSha256: "ab".repeat(32),
  mirrorUrl: "http://192.168.56.1/mirror",
} as const;

const file = (text = ""): StoredFile => ({ content: Buffer.from(text), mode: 0o644, ...own });
const ubuntu = "case $- in\n    *i*) ;;\n      *) return;;\nesac\n";
const lines = [
  "# BEGIN COWHERD",
  "export PYENV_ROOT=/home/mpihpc/.pyenv",
  'case ":$PATH:" in *":$PYENV_ROOT/shims:"*) ;; *) export PATH="$PYENV_ROOT/shims:$PYENV_ROOT/bin:$PATH" ;; esac',
  "# END COWHERD",
  "",
].join("\n");

function hostWith(files: Readonly<Record<string, StoredFile>> = {}, seed: MemoryHostSeed = {}): Host {
  return createMemoryHost({ users: [user], folders: { [home]: { mode: 0o755, ...own } }, files, ...seed });
}

const built = {
  [`${root}/libexec/pyenv`]: file("theirs"),
  [`${root}/versions/3.11.8/bin/python3.11`]: file(),
  [`${root}/version`]: file("3.11.8\n"),
  [`${root}/shims/python`]: file(),
  [`${home}/.bashrc`]: file(`${lines}${ubuntu}`),
  [`${home}/.profile`]: file(lines),
};

async function makeFolders({ files }: Host, path: string): Promise<void> {
  const names = path.split("/").slice(1, -1);
  for (const [index] of names.entries()) {
    const folder = `/${names.slice(0, index + 1).join("/")}`;
    if ((await files.stat(folder)) === undefined) await files.makeFolder(folder, { mode: 0o755, ...own });
  }
}

const planned = async (host: Host, of: Parameters<typeof pythonResource.plan>[0] = spec) =>
  pythonResource.plan(of, await pythonResource.read(of, host, signal)).map(pythonResource.describe);

describe("Python", () => {
  resourceContract(pythonResource, {
    "is installed from nothing": { spec, host: () => hostWith() },
    "is built beside versions of the user's own, in a pyenv of the user's own": {
      spec,
      host: () =>
        hostWith({
          [`${root}/libexec/pyenv`]: file("theirs"),
          [`${root}/versions/3.9.1/bin/python3.9`]: file("theirs"),
          [`${home}/.bashrc`]: { ...file(ubuntu), mode: 0o600 },
        }),
      foreign: async ({ files }) => [
        await files.read(`${root}/libexec/pyenv`),
        await files.read(`${root}/versions/3.9.1/bin/python3.9`),
        (await files.stat(`${home}/.bashrc`))?.mode,
      ],
    },
  });

  it("K13: has nothing to do, and asks for nothing, where all of it is there", async () => {
    expect(await planned(hostWith(built))).toEqual([]);
  });

  it("S5: stands first in .bashrc, before Ubuntu's sends away who does not type", async () => {
    const host = hostWith({ ...built, [`${home}/.bashrc`]: file(ubuntu) });
    for (const change of pythonResource.plan(spec, await pythonResource.read(spec, host, signal))) {
      await pythonResource.apply(change, host, signal);
    }
    expect((await host.files.read(`${home}/.bashrc`))?.content.toString()).toBe(`${lines}${ubuntu}`);
  });

  it("keeps what the owner wrote into a start file during the build, and its access", async () => {
    const host = hostWith({ [`${home}/.bashrc`]: file(ubuntu) });
    const edited = { ...file(`alias ll="ls -l"\n${ubuntu}`), mode: 0o600 };
    for (const change of pythonResource.plan(spec, await pythonResource.read(spec, host, signal))) {
      await pythonResource.apply(change, host, signal);
      if (change.action === "build") await host.files.replace(`${home}/.bashrc`, edited);
    }
    const after = await host.files.read(`${home}/.bashrc`);
    expect(after?.content.toString()).toBe(`${lines}${edited.content.toString()}`);
    expect(after?.mode).toBe(0o600);
  });

  it("leads no shell to a Python that is not built", async () => {
    const changes = await planned(hostWith({ [`${home}/.bashrc`]: file(ubuntu) }));
    expect(changes.slice(-2)).toEqual([`write ${home}/.bashrc`, `write ${home}/.profile`]);
  });

  it("is built again where a build was cut short, however much of it is there", async () => {
    const half = { ...built, [`${root}/.cowherd-building-3.11.8`]: file() };
    expect(await planned(hostWith(half))).toEqual(["build Python 3.11.8"]);
  });

  it("is made the global one again, also where only another of the user's stands first", async () => {
    const other = { ...built, [`${root}/version`]: file("3.9.1\n3.11.8\n") };
    expect(await planned(hostWith(other))).toEqual(["make Python 3.11.8 the one of mpihpc"]);
    const second = { ...built, [`${root}/version`]: file("3.11.8\n3.9.1\n") };
    expect(await planned(hostWith(second))).toEqual([]);
  });

  describe("whose build failed", () => {
    const hourMs = 60 * 60_000;

    /** A host whose builds fail, and are counted. */
    function failing(
      error: Error = new PythonError("build Python 3.11.8: configure: error: no acceptable C compiler"),
    ) {
      const world = { nowMs: Date.UTC(2026, 0, 1, 12), builds: 0 };
      const host = hostWith(
        { ...built, [`${root}/versions/3.11.8/bin/python3.11`]: file(), "/var/lib/dpkg/status": file() },
        { pythons: { calendar: () => world.nowMs } },
      );
      const pythons: Host["pythons"] = {
        ...host.pythons,
        async build() {
          world.builds += 1;
          throw error;
        },
      };
      return { host: { ...host, pythons }, world };
    }

    async function run(host: Host, of: Parameters<typeof pythonResource.plan>[0] = spec): Promise<void> {
      for (const change of pythonResource.plan(of, await pythonResource.read(of, host, signal))) {
        await pythonResource.apply(change, host, signal);
      }
    }
    const other = { ...spec, version: "3.12.1" };

    it("is built no more for an hour, and says why, when it is and how to have it at once", async () => {
      const { host, world } = failing();
      await expect(run(host, other)).rejects.toThrow("no acceptable C compiler");
      for (let round = 0; round < 3; round += 1) {
        world.nowMs += 60_000;
        await expect(run(host, other)).rejects.toMatchObject({
          name: "PythonPausedError",
          message:
            "build Python 3.11.8: configure: error: no acceptable C compiler; tried again at 2026-01-01 13:00 UTC, " +
            `once the spec, Python or a system package changes, or at once: rm ${root}/.cowherd-failed-3.12.1.json`,
        });
      }
      expect(world.builds).toBe(1);
      world.nowMs += hourMs;
      await expect(run(host, other)).rejects.toMatchObject({ name: "PythonError" });
      expect(world.builds).toBe(2);
    });

    it.each([
      ["/var/lib/dpkg/status"],
      ["/proc/sys/kernel/random/boot_id"],
      [`${root}/libexec/pyenv`],
      [`${root}/plugins/python-build/share/python-build/3.12.1`],
      [`${root}/.cowherd-failed-3.12.1.json`],
    ])("is built at once when %s changes", async (path) => {
      const { host, world } = failing();
      await expect(run(host, other)).rejects.toThrow();
      await makeFolders(host, path);
      await host.files.replace(path, file("another"));
      await expect(run(host, other)).rejects.toMatchObject({ name: "PythonError" });
      await expect(run(host, other)).rejects.toMatchObject({ name: "PythonPausedError" });
      expect(world.builds).toBe(2);
    });

    it("is built at once from another mirror, and after the calendar was set back", async () => {
      const { host, world } = failing();
      await expect(run(host, other)).rejects.toThrow();
      await expect(run(host, { ...other, mirrorUrl: undefined })).rejects.toMatchObject({ name: "PythonError" });
      world.nowMs -= hourMs;
      await expect(run(host, { ...other, mirrorUrl: undefined })).rejects.toMatchObject({ name: "PythonError" });
      expect(world.builds).toBe(3);
    });

    it("is built at once after a power cut, which says nothing against it", async () => {
      const { host, world } = failing(Object.assign(new Error("left no exit code"), { name: "JobLostError" }));
      await expect(run(host, other)).rejects.toThrow("left no exit code");
      await expect(run(host, other)).rejects.toThrow("left no exit code");
      expect(world.builds).toBe(2);
    });

    it("tells why also where that cannot be kept", async () => {
      const { host } = failing();
      const full: Host = { ...host, files: { ...host.files, replace: () => Promise.reject(new Error("ENOSPC")) } };
      await expect(run(full, other)).rejects.toThrow("no acceptable C compiler");
    });

    it("is looked at as soon as the record is removed", () => {
      expect(pythonResource.watches(spec)).toContain(`${root}/.cowherd-failed-3.11.8.json`);
    });
  });

  it("is not put where something of the user's is that is no pyenv", async () => {
    await expect(planned(hostWith({ [`${root}/notes`]: file() }))).rejects.toThrow("no pyenv is in it");
  });

  it("is never built as root", async () => {
    const host = hostWith({}, { folders: { "/root": { mode: 0o700, uid: 0, gid: 0 } } });
    const [change] = pythonResource.plan(
      { ...spec, user: "root", home: "/root" },
      await pythonResource.read({ ...spec, home: "/root" }, host, signal),
    );
    await expect(change && pythonResource.apply(change, host, signal)).rejects.toThrow("root is root");
  });

  it.each([
    { version: "3.11" },
    { version: "../3.11.8" },
    { home: "/home/a b" },
    { home: "/home/$(id)" },
    { home: "/home/../etc" },
    { user: "a/b" },
    { pyenvUrl: "file:///etc/shadow" },
    { pyenvUrl: "-o/etc/x" },
    { mirrorUrl: "http://a/`id`" },
    { pyenvSha256: "x" },
  ])("refuses %j before anything is touched", async (change) => {
    await expect(planned(hostWith(), { ...spec, ...change })).rejects.toMatchObject({ name: "RefusedSpecError" });
  });
});
