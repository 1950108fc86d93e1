import { natsSupply } from "./debian/broker-supply.ts";
import { type DistributionSources, readDistributionSources } from "./debian/machine-apt.ts";
import { packageRepository } from "./debian/package-repository.ts";
import { rootFileSystem } from "./debian/root-file-system.ts";
import { vmImage } from "./debian/vm-image.ts";
import { UnfitMachineError } from "./lab-error.ts";
import type { LabKind } from "./lab-state.ts";
import { machineArchitecture } from "./machine/architecture.ts";
import { missingPrerequisites, whyUnfit } from "./prerequisites.ts";

/** What every lab on this machine stands on: folders that nobody changes. */
export type Foundation = {
  readonly distribution: DistributionSources;
  readonly rootFileSystem: string;
  readonly repository: string;
};

/** Told, in a line each, what takes long. */
type Report = (line: string) => void;

/**
 * Builds or finds what labs of containers stand on, whose hosts have `installed` beside what a
 * plain server has. Only the first time on a machine takes long, about a minute, and needs the
 * distribution's mirror. Throws UnfitMachineError if this machine cannot run a lab, or lacks a
 * package that installPrerequisites would install.
 */
export async function prepareNspawnLabs(
  report: Report = () => {},
  installed: readonly string[] = [],
): Promise<Foundation> {
  await checkMachine("nspawn");
  const distribution = await readDistributionSources();
  const plain = await rootFileSystem(distribution, report);
  const nats = await natsSupply(distribution, report);
  const repository = await packageRepository(distribution, plain, report, [nats.package]);
  const root = installed.length === 0 ? plain : await rootFileSystem(distribution, report, installed);
  return { distribution, rootFileSystem: root, repository };
}

/** As prepareNspawnLabs, with the image that disks of virtual machines start as: another minute. It is what holds `installed`. */
export async function prepareVmLabs(
  report: Report = () => {},
  installed: readonly string[] = [],
): Promise<Foundation & { readonly image: string }> {
  await checkMachine("vm");
  const foundation = await prepareNspawnLabs(report);
  const { distribution, rootFileSystem: root } = foundation;
  return { ...foundation, image: await vmImage(distribution, machineArchitecture(), root, installed, report) };
}

async function checkMachine(kind: LabKind): Promise<void> {
  const unfit = await whyUnfit();
  if (unfit !== undefined) throw new UnfitMachineError(unfit);
  const missing = await missingPrerequisites(kind);
  if (missing.length === 0) return;
  const remedy = `"npm run lab -- up${kind === "vm" ? " --vms" : ""}" installs what is missing`;
  throw new UnfitMachineError(`a lab needs ${missing.join(", ")}; ${remedy}`);
}
