import { type DistributionSources, readDistributionSources } from "./debian/machine-apt.ts";
import { packageRepository } from "./debian/package-repository.ts";
import { rootFileSystem } from "./debian/root-file-system.ts";
import { UnfitMachineError } from "./lab-error.ts";
import { missingPrerequisites, whyUnfit } from "./prerequisites.ts";

/** What every lab of containers on this machine stands on: folders that nobody changes. */
export type Foundation = {
  readonly distribution: DistributionSources;
  readonly rootFileSystem: string;
  readonly repository: string;
};

/**
 * Builds or finds the foundation. Only the first time on a machine takes long, about a
 * minute, and needs the distribution's mirror. Throws UnfitMachineError if this machine
 * cannot run a lab, or lacks a package that installPrerequisites would install.
 */
export async function prepareNspawnLabs(report: (line: string) => void = () => {}): Promise<Foundation> {
  const unfit = await whyUnfit();
  if (unfit !== undefined) throw new UnfitMachineError(unfit);
  const missing = await missingPrerequisites();
  if (missing.length > 0)
    throw new UnfitMachineError(`a lab needs ${missing.join(", ")}; "npm run lab -- up" installs what is missing`);
  const distribution = await readDistributionSources();
  const root = await rootFileSystem(distribution, report);
  return { distribution, rootFileSystem: root, repository: await packageRepository(distribution, root, report) };
}
