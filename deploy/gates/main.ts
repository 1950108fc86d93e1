import { projectFolder } from "../packaging/programs.ts";
import { commandGate } from "./command-gate.ts";
import type { Gate } from "./gate.ts";
import { generatedGate } from "./generated-gate.ts";
import { sourcesGate } from "./sources-gate.ts";

/** The wire of the last release, which newer ends must still understand. A release replaces it: npm run release -w @cowherd/proto. */
const released = "proto/schema/released.binpb";

const workspaces = ["proto", "agent", "controller", "cli", "deploy"];

/** The check of every change: all gates at once, one line each, and the whole text of those that did not pass. */
const gates: readonly Gate[] = [
  commandGate("format and lint (biome)", ["biome", "ci", "--error-on-warnings", "--colors=off", "."]),
  commandGate("typed lint (oxlint)", ["oxlint", "--type-aware", ...workspaces]),
  commandGate("types (tsc)", ["tsc", "-b", ...workspaces]),
  commandGate("wire schema (buf lint)", ["buf", "lint", "proto"]),
  commandGate("wire is as released (buf breaking)", ["buf", "breaking", "proto", "--against", released]),
  generatedGate(projectFolder),
  sourcesGate(projectFolder),
];

process.chdir(projectFolder);
const passes = await Promise.all(gates.map(pass));
process.exitCode = passes.every(Boolean) ? 0 : 1;

async function pass({ name, check }: Gate): Promise<boolean> {
  const startedAt = performance.now();
  const { passed, text } = await check();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${passed ? "ok  " : "FAIL"}  ${name} (${seconds} s)\n${text}`);
  return passed;
}
