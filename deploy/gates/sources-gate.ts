import { readFile } from "node:fs/promises";
import { checkCommand } from "../lab/machine/command.ts";
import { findBlemishes } from "./blemishes.ts";
import type { Gate } from "./gate.ts";

const longFile = 250; // lines; a file of this length asks for a second look, and passes

/** No file of the project holds a blemish. The longest files are named beside it. */
export function sourcesGate(project: string): Gate {
  return {
    name: "sources are whole",
    async check() {
      const listed = await checkCommand([
        "git",
        "-C",
        project,
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
      ]);
      const paths = listed.split("\n").filter((path) => isOurs(path));
      const sources = await Promise.all(paths.map((path) => readSource(project, path)));
      const blemishes = sources.flatMap(({ path, text }) => findBlemishes(path, text, project));
      if (blemishes.length > 0) return { passed: false, text: `${blemishes.join("\n")}\n` };
      return { passed: true, text: describeLongFiles(sources) };
    },
  };
}

type Source = { readonly path: string; readonly text: string };

function isOurs(path: string): boolean {
  return /\.(?:ts|json|md|sh|proto|yaml|service|slice|conf|c)$/.test(path) && !path.includes("/gen/");
}

/** A file that was deleted and not yet committed reads as empty. */
async function readSource(project: string, path: string): Promise<Source> {
  try {
    return { path, text: await readFile(`${project}${path}`, "utf8") };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { path, text: "" };
    throw error;
  }
}

function describeLongFiles(sources: readonly Source[]): string {
  const long = sources
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ path, lines }) => path.endsWith(".ts") && lines > longFile)
    .toSorted((a, b) => b.lines - a.lines);
  return long.map(({ path, lines }) => `${path} has ${lines} lines: is it one thing?\n`).join("");
}
