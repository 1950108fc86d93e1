import { availableParallelism } from "node:os";
import type { LabHost } from "./lab.ts";
import type { Machinery } from "./machinery.ts";
import { chooseCpus, cloneHost, destroyHost, installHost, openHost } from "./nspawn-host.ts";
import { prepareNspawnLabs } from "./prepare.ts";

/** Hosts that are containers of systemd-nspawn: up in a second, on this machine's kernel. */
export const nspawnMachinery: Machinery<LabHost> = {
  kind: "nspawn",
  async prepare(report, installed) {
    const { rootFileSystem, repository } = await prepareNspawnLabs(report, installed);
    return { disk: rootFileSystem, repository };
  },
  checkState: ({ cpus, address }) => void chooseCpus(cpus, availableParallelism(), address),
  install: installHost,
  clone: cloneHost,
  open: (host, _disk, onRemoved) => openHost(host, onRemoved),
  destroy: destroyHost,
};
