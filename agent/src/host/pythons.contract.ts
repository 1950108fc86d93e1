import { describe, expect, it } from "vitest";
import type { Files } from "./files.ts";
import {
  buildingMark,
  type PythonOwner,
  type Pythons,
  pyenvProgram,
  pyenvRoot,
  pythonProgram,
  sitePackages,
} from "./pythons.ts";

const signal = new AbortController().signal;
const version = "3.11.2";
const request = { indexUrl: undefined, findLinks: [], fromSource: false };

/** A world in which `url` leads to an archive of a pyenv that can build 3.11.2, whose pip knows "click" and not "nosuch". */
export type PythonsWorld = {
  readonly pythons: Pythons;
  readonly files: Files;
  readonly owner: PythonOwner;
  readonly source: { readonly url: string; readonly sha256: string };
};

/** What every Pythons does. */
export function pythonsContract(name: string, createWorld: () => Promise<PythonsWorld>): void {
  async function built(): Promise<PythonsWorld> {
    const world = await createWorld();
    await world.pythons.installPyenv(world.owner, world.source, signal);
    await world.pythons.build(world.owner, version, undefined, signal);
    return world;
  }

  describe(`${name} Pythons`, () => {
    it("leave pyenv, a whole version and a global one, all of it the owner's", async () => {
      const { pythons, files, owner } = await built();
      await pythons.makeGlobal(owner, version, signal);
      const { home, uid, gid } = owner;
      for (const path of [pyenvProgram(home), pythonProgram(home, version), `${pyenvRoot(home)}/shims/python`]) {
        expect(await files.stat(path)).toMatchObject({ type: "file", uid, gid });
      }
      expect((await files.read(`${pyenvRoot(home)}/version`))?.content.toString()).toBe(`${version}\n`);
      expect(await files.stat(buildingMark(home, version))).toBeUndefined();
    });

    it("build again what is there already", async () => {
      const { pythons, files, owner } = await built();
      await pythons.build(owner, version, undefined, signal);
      expect(await files.stat(pythonProgram(owner.home, version))).toMatchObject({ type: "file" });
    });

    it("cannot build without pyenv, and say so", async () => {
      const { pythons, owner } = await createWorld();
      await expect(pythons.build(owner, version, undefined, signal)).rejects.toMatchObject({ name: "PythonError" });
    });

    it("install packages, each with its record", async () => {
      const { pythons, files, owner } = await built();
      const requirements = [{ name: "click", version: "8.1.3" }];
      await pythons.install(owner, version, { ...request, requirements }, signal);
      const record = `${sitePackages(owner.home, version)}/click-8.1.3.dist-info/RECORD`;
      expect(await files.stat(record)).toMatchObject({ type: "file" });
    });

    it("say in pip's words why a package was not installed", async () => {
      const { pythons, owner } = await built();
      await expect(
        pythons.install(owner, version, { ...request, requirements: [{ name: "nosuch" }] }, signal),
      ).rejects.toMatchObject({
        name: "PythonError",
        message: "pip install: ERROR: No matching distribution found for nosuch",
      });
    });
  });
}
