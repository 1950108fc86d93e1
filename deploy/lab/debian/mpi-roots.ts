import type { Report } from "./cached-folder.ts";
import { type DistributionSources, readDistributionSources } from "./machine-apt.ts";
import { rootFileSystem } from "./root-file-system.ts";

/** Root file systems with MPI and its compilers on board, for tests of MPI itself. */
export type MpiRoots = {
  /** Of this machine's distribution: its Open MPI, and MPICH beside it. */
  readonly both: string;
  /** Of a Debian whose Open MPI is of version 5. */
  readonly openMpi5: string;
};

/** Root file systems with the launchers of two generations of Open MPI and of MPICH, for tests of what they read. */
export type LauncherRoots = {
  /** Of this machine's distribution. */
  readonly older: string;
  /** Of a Debian whose Open MPI is of version 5. */
  readonly newer: string;
};

/** Released in 2025, with Open MPI 5.0.7 and MPICH 4.2. */
const NEWER = "trixie";

const COMPILERS = ["gcc", "libc6-dev", "openmpi-bin", "libopenmpi-dev"];

/** Builds or finds both. Only the first time takes long, some minutes, and needs the distribution's mirror. */
export async function mpiRoots(report: Report = () => {}): Promise<MpiRoots> {
  const distribution = await readDistributionSources();
  return {
    both: await rootWithBoth(distribution, report),
    openMpi5: await rootFileSystem(newer(distribution), report, COMPILERS),
  };
}

/** Builds or finds both, as mpiRoots does; the older one is the same. */
export async function launcherRoots(report: Report = () => {}): Promise<LauncherRoots> {
  const distribution = await readDistributionSources();
  return {
    older: await rootWithBoth(distribution, report),
    newer: await rootFileSystem(newer(distribution), report, ["openmpi-bin", "mpich"]),
  };
}

function rootWithBoth(distribution: DistributionSources, report: Report): Promise<string> {
  return rootFileSystem(distribution, report, [...COMPILERS, "mpich", "libmpich-dev"]);
}

/** The same mirror's newer release, without updates: what was released does not change under a test. */
function newer(distribution: DistributionSources): DistributionSources {
  const { codename, sources } = distribution;
  const released = sources.filter((line) => line.split(" ")[2] === codename);
  return { ...distribution, codename: NEWER, sources: released.map((line) => line.replace(codename, NEWER)) };
}
