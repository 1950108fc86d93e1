import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { DebianPackage } from "./debian-package.ts";

/** Node as npm installed it, for the machine that builds. */
export type NodeRuntime = { readonly version: string; readonly architecture: string; readonly folder: string };

/** npm has no pinned Node for this machine. */
export class NoRuntimeError extends Error {
  override readonly name = "NoRuntimeError";
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Finds the pinned Node. Throws NoRuntimeError. */
export async function findRuntime(machine: { platform: string; arch: string } = process): Promise<NodeRuntime> {
  const architecture = architectures[machine.arch];
  if (machine.platform !== "linux" || architecture === undefined) {
    throw new NoRuntimeError(`there is no Node to package for ${machine.platform} on ${machine.arch}`);
  }
  const manifest = fileURLToPath(import.meta.resolve(`node-linux-${machine.arch}/package.json`));
  const { version }: { version: string } = JSON.parse(await readFile(manifest, "utf8"));
  return { version, architecture, folder: dirname(manifest) };
}

/**
 * Describes cowherd-runtime: Node alone, without npm. It changes with Node's version and
 * with nothing else, so that an upgrade of a fleet does not move it.
 */
export function runtimePackage({ version, architecture, folder }: NodeRuntime): DebianPackage {
  return {
    control: {
      Package: "cowherd-runtime",
      Version: version,
      Architecture: architecture,
      Maintainer: "Cowherd maintainers <maintainers@cowherd.invalid>",
      Section: "admin",
      Priority: "optional",
      Depends: "libc6 (>= 2.28), libgcc-s1, libstdc++6",
      Description: [
        "Node.js for Cowherd's programs",
        "A Node.js of Cowherd's own, which no other program finds on its path.",
      ].join("\n"),
    },
    members: {},
    files: [
      { path: "/usr/lib/cowherd/runtime/node", mode: 0o755, content: { copyOf: `${folder}/bin/node` } },
      { path: "/usr/share/doc/cowherd-runtime/copyright", mode: 0o644, content: { copyOf: `${folder}/LICENSE` } },
    ],
  };
}
