import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { samples } from "../../proto/src/event.fixture.ts";
import { eventsIn } from "../docs/event-schema.ts";
import { renderEventsPage } from "../docs/events-page.ts";
import { checkCommand } from "../lab/machine/command.ts";
import type { Gate } from "./gate.ts";

/** Committed files by their path, and what the schema gives for them today. */
export type Generated = {
  readonly committed: ReadonlyMap<string, Buffer>;
  readonly fresh: ReadonlyMap<string, Buffer>;
};

/** The committed code, image and page on events are what proto/schema gives today. Needs no network. */
export function generatedGate(project: string): Gate {
  return {
    name: "generated code is fresh",
    async check() {
      const stale = staleFiles(await regenerate(project));
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

const eventsPage = "docs/events.md";

async function regenerate(project: string): Promise<Generated> {
  const proto = `${project}proto`;
  const draft = await mkdtemp(`${tmpdir()}/cowherd-generated-`);
  try {
    await checkCommand(["buf", "generate", proto, "--template", `${proto}/buf.gen.yaml`, "--output", draft]);
    await mkdir(`${draft}/schema`);
    await checkCommand(["buf", "build", proto, "--output", `${draft}/schema/cowherd.binpb`]);
    const image = await readFile(`${draft}/schema/cowherd.binpb`);
    const page = Buffer.from(renderEventsPage(eventsIn(image), samples));
    return {
      committed: new Map([...(await readGenerated(proto)), [eventsPage, await readFile(`${project}${eventsPage}`)]]),
      fresh: new Map([...(await readGenerated(draft)), [eventsPage, page]]),
    };
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
