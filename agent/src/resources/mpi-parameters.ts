import type { SpecOf } from "@cowherd/proto";
import type { LiveAddress } from "../host/addresses.ts";
import type { StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { exactNetwork } from "./mpi/exact-network.ts";
import { mpichParameters, mpichPrograms, ucxFolder, ucxPath } from "./mpi/mpich.ts";
import { openMpiFolder, openMpiParameters, openMpiPath } from "./mpi/open-mpi.ts";
import { type ParameterChange, type ParameterFile, planParameterFile } from "./mpi/parameter-file.ts";
import { prrteParameters, prrtePath, prrtePrograms } from "./mpi/prrte.ts";
import type { Resource } from "./resource.ts";
import { guard, isPlainPath, isSubnet } from "./spec-guard.ts";

type Library = { readonly installed: boolean; readonly stored: StoredFile | undefined };

type Observed = {
  readonly openMpi: Library;
  /** The launcher of Open MPI 5; version 4 is its own. */
  readonly prrte: Library;
  readonly mpich: Library;
  readonly addresses: readonly LiveAddress[];
};

/**
 * The cluster's network, the default hostfile, and what lets ranks run in all of its slots, in the system-wide settings of every MPI
 * that is installed: MPI otherwise talks through the NIC whose address all nodes have in
 * common, and hangs or fails.
 *
 * The operator's lines are kept. What is not installed gets no file, and loses the lines
 * that it had. The default hostfile is Open MPI's alone: MPICH's has another form.
 */
export const mpiParametersResource: Resource<SpecOf<"mpiParameters">, Observed, ParameterChange> = {
  async read(_spec, host) {
    const library = async (path: string, signs: readonly string[]): Promise<Library> => ({
      installed: await anyStands(signs, host),
      stored: await host.files.read(path),
    });
    return {
      openMpi: await library(openMpiPath, [openMpiFolder]),
      prrte: await library(prrtePath, prrtePrograms),
      mpich: await library(ucxPath, mpichPrograms),
      addresses: await host.addresses.read(),
    };
  },

  plan({ subnet, defaultHostfile, overloads }, { openMpi, prrte, mpich, addresses }) {
    guard(isSubnet(subnet), () => `${JSON.stringify(subnet)} is not a network`);
    guard(
      defaultHostfile === undefined || isPlainPath(defaultHostfile),
      () => `${JSON.stringify(defaultHostfile)} is not a path that Open MPI reads`,
    );
    const network = exactNetwork(subnet);
    const ownLauncher = prrte.installed ? undefined : { defaultHostfile };
    return [
      ...planLibrary(openMpiPath, openMpi, () => openMpiParameters(network, ownLauncher)),
      ...planLibrary(prrtePath, prrte, () => prrteParameters(network, { defaultHostfile, overloads })),
      ...planLibrary(ucxPath, mpich, () => mpichParameters(network, addresses)),
    ];
  },

  async apply({ path, file }, host) {
    if (path === ucxPath && (await host.files.stat(ucxFolder)) === undefined)
      await host.files.makeFolder(ucxFolder, { mode: 0o755, uid: 0, gid: 0 });
    await host.files.replace(path, file);
  },

  describe: ({ path }) => `write ${path}`,

  watches: () => [openMpiPath, prrtePath, ucxPath],
};

function planLibrary(
  path: string,
  { installed, stored }: Library,
  parameters: () => ParameterFile,
): readonly ParameterChange[] {
  return planParameterFile(installed ? parameters() : { path, lines: [], place: "last", conflicts: [] }, stored);
}

async function anyStands(paths: readonly string[], host: Host): Promise<boolean> {
  for (const path of paths) if ((await host.files.stat(path)) !== undefined) return true;
  return false;
}
