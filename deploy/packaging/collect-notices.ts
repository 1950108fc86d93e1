import { readdir, readFile } from "node:fs/promises";
import type { Plugin } from "rolldown";
import { type Notice, parseNotice } from "./notice.ts";

/** Writes beside a bundle, as JSON, the Notice of every npm package that has code in it. */
export function collectNotices(fileName: string): Plugin {
  return {
    name: "collect-notices",
    async generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
      const notices = await Promise.all([...folders].toSorted().map(readNotice));
      this.emitFile({ type: "asset", fileName, source: JSON.stringify(notices) });
    },
  };
}

/** The folder of the npm package that a module belongs to. Undefined for the project's own modules. */
export function packageFolder(moduleId: string): string | undefined {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId)?.[1];
}

async function readNotice(folder: string): Promise<Notice> {
  const names = (await readdir(folder)).filter((name) => /^(?:licen[cs]e|copying|notice)/i.test(name)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(`${folder}/${name}`, "utf8")));
  return parseNotice(await readFile(`${folder}/package.json`, "utf8"), texts);
}
