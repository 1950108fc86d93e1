import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, relative, resolve } from "node:path";
import { runCommand } from "../lab/machine/command.ts";
import { projectFolder } from "../packaging/programs.ts";

/** What one fence said of one file: "controller/src/spec/x.ts noRestrictedImports". */
export type Report = string;

const workspaces = ["proto", "agent", "controller", "cli", "deploy"];
const settings = [
  ...["biome.json", ".oxlintrc.json", "tsconfig.base.json"],
  ...workspaces.flatMap((name) => [`${name}/package.json`, `${name}/tsconfig.json`]),
];

/** A project that has our settings and packages, and no files but those that were planted. */
export type PlantedProject = AsyncDisposable & {
  biome(): Promise<readonly Report[]>;
  oxlint(): Promise<readonly Report[]>;
  tsc(): Promise<readonly Report[]>;
};

/** Plants `files`, texts by their paths, in a temporary folder. Disposing of the project removes it. */
export async function plantProject(files: Readonly<Record<string, string>>): Promise<PlantedProject> {
  const folder = await mkdtemp(`${tmpdir()}/cowherd-planted-`);
  for (const path of settings) {
    await mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await copyFile(`${projectFolder}${path}`, `${folder}/${path}`);
  }
  await symlink(`${projectFolder}node_modules`, `${folder}/node_modules`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await writeFile(`${folder}/${path}`, text);
  }
  const sources = Object.keys(files).map((path) => `${folder}/${path}`);
  const run = async (command: readonly string[]) => (await runCommand(command)).stdout;

  return {
    async biome() {
      const output = await run(["biome", "lint", `--config-path=${folder}`, "--reporter=github", ...sources]);
      return pick(output, /title=lint\/\w+\/(?<rule>\w+),file=(?<file>[^,]+)/g, folder);
    },
    async oxlint() {
      const configuration = `--config=${folder}/.oxlintrc.json`;
      const output = await run(["oxlint", configuration, "--type-aware", "--format=unix", ...sources]);
      return pick(output, /^(?<file>[^:]+):\d+:\d+: .*\[\w+\/[\w-]+\((?<rule>[\w-]+)\)\]$/gm, folder);
    },
    async tsc() {
      const projects = workspaces.map((name) => `${folder}/${name}`);
      return pick(
        await run(["tsc", "-b", ...projects]),
        /^(?<file>[^(\n]+)\(\d+,\d+\): error (?<rule>TS\d+)/gm,
        folder,
      );
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

function pick(output: string, pattern: RegExp, folder: string): readonly Report[] {
  const found = [...output.matchAll(pattern)].map(({ groups }) => {
    const path = resolve(groups?.["file"] ?? ""); // some name it from here, others from the root
    return `${relative(folder, path)} ${groups?.["rule"]}`;
  });
  return [...new Set(found)].toSorted();
}
