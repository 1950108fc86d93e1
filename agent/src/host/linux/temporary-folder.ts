import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { onTestFinished } from "vitest";

/** Makes a folder that goes when the test that asked for it ends. */
export async function makeTemporaryFolder(purpose: string): Promise<string> {
  const folder = await mkdtemp(`${tmpdir()}/${purpose}-`);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
