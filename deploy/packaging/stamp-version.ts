import type { Plugin } from "rolldown";

/** Puts the product's version, and nothing else, in place of a package.json of the project that a program imports. */
export function stampVersion(version: string, project: string): Plugin {
  return {
    name: "stamp-version",
    load(id) {
      const isOurs = id.startsWith(project) && id.endsWith("/package.json") && !id.includes("/node_modules/");
      return isOurs ? { code: JSON.stringify({ version }), moduleType: "json" } : undefined;
    },
  };
}
