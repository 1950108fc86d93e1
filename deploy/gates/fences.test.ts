import { describe, expect, it } from "vitest";
import { plantProject } from "./planted-project.ts";

/** What breaks a fence, and who says so. Every file is one violation. */
const violations: Readonly<Record<string, { readonly text: string; readonly caught: readonly string[] }>> = {
  "controller/src/spec/reads-a-file.ts": {
    text: 'import { readFile } from "node:fs/promises";\nexport const read = readFile;\n',
    caught: ["biome noRestrictedImports"],
  },
  "controller/src/state/hashes.ts": {
    text: 'import { createHash } from "node:crypto";\nexport const hash = createHash;\n',
    caught: ["biome noRestrictedImports"],
  },
  "controller/src/compile/reads-the-clock.ts": {
    text: "export const at = Date.now();\n",
    caught: ["biome noRestrictedGlobals"],
  },
  "controller/src/hostfile/logs.ts": {
    text: 'import { pino } from "pino";\nexport const log = pino;\n',
    caught: ["biome noRestrictedImports"],
  },
  "controller/src/hostfile/prints.ts": {
    text: 'console.log("hostfile");\n',
    caught: ["biome noRestrictedGlobals"],
  },
  "controller/src/reconcile/decide.ts": {
    text: "export const dice = Math.random();\n",
    caught: ["oxlint no-restricted-properties"],
  },
  "controller/src/reconcile/settle.ts": {
    text: 'import type { Store } from "../store/cluster-store.ts";\nexport type Kept = Store;\n',
    caught: ["biome noRestrictedImports"],
  },
  "controller/src/reconcile/preview.ts": {
    text: "export const wait = setTimeout;\n",
    caught: ["biome noRestrictedGlobals"],
  },
  "controller/src/reconcile/picks-an-adapter.ts": {
    text: 'import { store } from "../store/sqlite-store.ts";\nexport const kept = store;\n',
    caught: ["biome noRestrictedImports"],
  },
  "controller/src/sessions/picks-a-broker.ts": {
    text: 'import { bus } from "../events/nats-bus.ts";\nexport const mine = bus;\n',
    caught: ["biome noRestrictedImports"],
  },
  "agent/src/picks-a-host.ts": {
    text: 'import { host } from "./host/linux-host.ts";\nexport const mine = host;\n',
    caught: ["biome noRestrictedImports"],
  },
  "agent/src/reaches-for-a-part.ts": {
    text: 'import { files } from "./host/linux/files.ts";\nexport const mine = files;\n',
    caught: ["biome noRestrictedImports"],
  },
  "agent/src/knows-the-wire.ts": {
    text: 'export type { Facts } from "@cowherd/proto/wire";\n',
    caught: ["oxlint no-restricted-imports"],
  },
  "agent/src/knows-grpc.ts": {
    text: 'export { status } from "@grpc/grpc-js";\n',
    caught: ["oxlint no-restricted-imports"],
  },
  "agent/src/imports-the-controller.ts": {
    text: 'export { serve } from "@cowherd/controller";\n',
    caught: ["biome noUndeclaredDependencies"],
  },
  "cli/src/imports-the-agent.ts": {
    text: 'export { run } from "@cowherd/agent";\n',
    caught: ["biome noUndeclaredDependencies"],
  },
  "controller/src/imports-deploy.ts": {
    text: 'export { lab } from "@cowherd/deploy";\n',
    caught: ["biome noUndeclaredDependencies"],
  },
  "cli/src/reaches-over.ts": {
    text: 'export { clean } from "../../agent/src/clean.ts";\n',
    caught: ["tsc TS6059", "tsc TS6307"],
  },
  "agent/src/patched.test.ts": {
    text: 'import { vi } from "vitest";\nexport const spy = vi.fn();\n',
    caught: ["biome noRestrictedImports"],
  },
  "agent/src/forgets-to-wait.ts": {
    text: "async function act(): Promise<void> {}\nexport function start(): void {\n  act();\n}\n",
    caught: ["biome noFloatingPromises", "oxlint no-floating-promises"],
  },
  "agent/src/misses-a-kind.ts": {
    text: 'export function rank(kind: "a" | "b"): void {\n  switch (kind) {\n    case "a":\n  }\n}\n',
    caught: ["oxlint switch-exhaustiveness-check"],
  },
  "agent/src/asserts.ts": {
    text: "export const port = JSON.parse('1') as number;\n",
    caught: ["oxlint consistent-type-assertions"],
  },
  "agent/src/looks-away.ts": {
    text: "export const port = (ports: readonly number[]) => ports[0]!;\n",
    caught: ["biome noNonNullAssertion"],
  },
  "agent/src/takes-anything.ts": {
    text: "export const same = (value: any) => value;\n",
    caught: ["biome noExplicitAny"],
  },
  "agent/src/defaults.ts": {
    text: "export default 1;\n",
    caught: ["biome noDefaultExport"],
  },
  "agent/src/enumerates.ts": {
    text: "export enum Phase {\n  Ready,\n}\n",
    caught: ["tsc TS1294"],
  },
};

/** What tsc says of a fence. Whether a planted import finds anything is not asked. */
const fencesOfTsc = /TS(?:6059|6307|1294)$/;

/** The same deeds where they are allowed, and code that breaks nothing. */
const allowed: Readonly<Record<string, string>> = {
  "proto/src/clean.ts": "export const clean = 1;\n",
  "agent/src/clean.ts": 'export type { ResourceSpec } from "@cowherd/proto";\n',
  "agent/src/host/linux-host.ts": 'import { files } from "./linux/files.ts";\nexport const host = { files };\n',
  "agent/src/host/linux/files.ts": 'export { readFile as files } from "node:fs/promises";\n',
  "agent/src/main.ts": 'import { host } from "./host/linux-host.ts";\nexport const mine = host;\n',
  "agent/src/link/grpc-link.ts":
    'export type { Facts } from "@cowherd/proto/wire";\nexport { status } from "@grpc/grpc-js";\n',
  "agent/src/clean.test.ts": 'import { host } from "./host/linux-host.ts";\nexport const tried = host;\n',
  "agent/src/waits.ts":
    "async function act(): Promise<void> {}\nexport async function start(): Promise<void> {\n  await act();\n}\n",
  "controller/src/spec/clean.ts": 'export { parseDocument } from "yaml";\n',
  "controller/src/spec/clean.test.ts": 'export { readFile } from "node:fs/promises";\n',
  "controller/src/state/clean.ts": "export const later = (at: number) => Math.max(at, 1);\n",
  "cli/src/clean.ts": 'export const kinds = ["a", "b"] as const;\n',
  "deploy/clean.ts": 'export type { clean } from "../proto/src/clean.ts";\n',
};

describe("the fences", () => {
  it("catch every violation, each by the rule that stands for it, and nothing else", async () => {
    const planted = Object.entries(violations).map(([path, { text }]) => [path, text] as const);
    await using project = await plantProject({ ...allowed, ...Object.fromEntries(planted) });
    const [biome, oxlint, tsc] = await Promise.all([project.biome(), project.oxlint(), project.tsc()]);
    const found = [
      ...biome.map((report) => report.replace(" ", " biome ")),
      ...oxlint.map((report) => report.replace(" ", " oxlint ")),
      ...tsc.filter((report) => fencesOfTsc.test(report)).map((report) => report.replace(" ", " tsc ")),
    ];
    const wanted = Object.entries(violations).flatMap(([path, { caught }]) => caught.map((by) => `${path} ${by}`));
    expect(found.toSorted()).toEqual(wanted.toSorted());
  });
});
