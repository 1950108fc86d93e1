import type { Report } from "./cached-folder.ts";
import { readDistributionSources } from "./machine-apt.ts";
import { rootFileSystem } from "./root-file-system.ts";

/** What Ansible wants of the machine that it runs on, and of those that it tends. */
const PACKAGES = ["ansible-core", "python3", "python3-apt"];

/** Builds or finds a plain server with Ansible on board, for what is measured beside it. Takes a minute the first time. */
export async function ansibleRoot(report: Report = () => {}): Promise<string> {
  return rootFileSystem(await readDistributionSources(), report, PACKAGES);
}
