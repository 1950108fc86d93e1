import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { checkCommand } from "../lab/machine/command.ts";
import type { Gate } from "./gate.ts";

/** Committed files by their path, and what the schema gives for them today. */
export type Generated = {
  readonly committed: ReadonlyMap<string, Buffer>;
  readonly fresh: ReadonlyMap<string, Buffer>;
};

/** The committed code and image are what proto/schema gives today. Needs no network. */
export function generatedGate(project: string): Gate {
  return {
    name: "generated code is fresh",
    async check() {
      const stale = staleFiles(await regenerate(`${project}proto`));
      if (stale.length === 0) return { passed: true, text: "" };
      return { passed: false, text: `run npm run generate: ${stale.join(", ")}\n` };
    },
  };
}

/** The files that differ, are missing or are left over, in order. */
export function staleFiles({ committed, fresh }: Generated): readonly string[] {
  const paths = new Set([...committed.keys(), ...fresh.keys()]);
  return [...paths].filter((path) => !sameBytes(committed.get(path), fresh.get(path))).toSorted();
}

async function regenerate(proto: string): Promise<Generated> {
  const draft = await mkdtemp(`${tmpdir()}/cowherd-generated-`);
  try {
    await checkCommand(["buf", "generate", proto, "--template", `${proto}/buf.gen.yaml`, "--output", draft]);
    await mkdir(`${draft}/schema`);
    await checkCommand(["buf", "build", proto, "--output", `${draft}/schema/cowherd.binpb`]);
    return { committed: await readGenerated(proto), fresh: await readGenerated(draft) };
  } finally {
    await rm(draft, { recursive: true });
  }
}

async function readGenerated(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(`${folder}/src/gen`, { recursive: true, withFileTypes: true });
  const files = entries.flatMap((entry) => (entry.isFile() ? [`${entry.parentPath}/${entry.name}`] : []));
  const read = async (file: string) => [file.slice(folder.length + 1), await readFile(file)] as const;
  return new Map(await Promise.all([...files, `${folder}/schema/cowherd.binpb`].map(read)));
}

function sameBytes(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one !== undefined && other !== undefined && one.equals(other);
}
