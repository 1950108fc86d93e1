import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** Makes one file of a program of the project's, for hosts on which there is Node and nothing else. */
export async function bundleForHost(source: URL, file: string): Promise<void> {
  await using bundle = await rolldown({ input: fileURLToPath(source), platform: "node" });
  await bundle.write({ file, format: "esm", codeSplitting: false });
}
