import { fileURLToPath } from "node:url";
import type { InputOptions, OutputOptions } from "rolldown";
import { collectNotices } from "./collect-notices.ts";
import { stampVersion } from "./stamp-version.ts";

/** The product's programs. Each is shipped as one file, NAME.mjs. */
export const programNames = ["cowherd-agent", "cowherd-controller", "cowctl"] as const;

/** One of programNames. */
export type ProgramName = (typeof programNames)[number];

/** The project's own folder, with a slash at its end. */
export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Where bundles go unless told otherwise. */
export const bundleFolder = `${projectFolder}dist`;

const sources: Readonly<Record<ProgramName, string>> = {
  "cowherd-agent": "agent/src/main.ts",
  "cowherd-controller": "controller/src/main.ts",
  cowctl: "cli/src/main.ts",
};

// grpc-js asks for the loader to serve channelz, which only a controller might do.
const withoutLoader = { alias: { "@grpc/proto-loader": fileURLToPath(new URL("empty-module.ts", import.meta.url)) } };

/** What rolldown is told: how to read, and how to write. */
export type BundleOptions = { readonly input: InputOptions; readonly output: OutputOptions };

/**
 * Says how one program becomes one file that needs nothing but Node 24.
 *
 * What is imported lazily is in the file too, and still evaluated only when it is asked
 * for. The version is what `process.env.COWHERD_VERSION` and a workspace's package.json say.
 */
export function bundleOptions(program: ProgramName, version: string, folder: string): BundleOptions {
  return {
    input: {
      cwd: projectFolder,
      input: { [program]: sources[program] },
      platform: "node",
      transform: { target: "node24", define: { "process.env.COWHERD_VERSION": JSON.stringify(version) } },
      resolve: program === "cowherd-controller" ? {} : withoutLoader,
      plugins: [stampVersion(version, projectFolder), collectNotices(`${program}.notices.json`)],
    },
    output: { dir: folder, format: "esm", entryFileNames: "[name].mjs", codeSplitting: false, minify: true },
  };
}
