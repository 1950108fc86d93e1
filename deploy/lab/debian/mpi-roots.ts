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

/** Released in 2025, with Open MPI 5.0.7. */
const NEWER = "trixie";

/** Builds or finds both. Only the first time takes long, some minutes, and needs the distribution's mirror. */
export async function mpiRoots(report: Report = () => {}): Promise<MpiRoots> {
  const distribution = await readDistributionSources();
  const compilers = ["gcc", "libc6-dev", "openmpi-bin", "libopenmpi-dev"];
  return {
    both: await rootFileSystem(distribution, report, [...compilers, "mpich", "libmpich-dev"]),
    openMpi5: await rootFileSystem(newer(distribution), report, compilers),
  };
}

/** The same mirror's newer release, without updates: what was released does not change under a test. */
function newer(distribution: DistributionSources): DistributionSources {
  const { codename, sources } = distribution;
  const released = sources.filter((line) => line.split(" ")[2] === codename);
  return { ...distribution, codename: NEWER, sources: released.map((line) => line.replace(codename, NEWER)) };
}
