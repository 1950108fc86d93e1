import type { VmHost } from "./lab.ts";
import type { Machinery } from "./machinery.ts";
import { prepareVmLabs } from "./prepare.ts";
import { checkVm, cloneVm, destroyVm, installVm, openVm } from "./vm-host.ts";

/** Hosts that are virtual machines of QEMU: each with a kernel of its own, up in tens of seconds where it is emulated. */
export const vmMachinery: Machinery<VmHost> = {
  kind: "vm",
  async prepare(report, installed) {
    const { image, repository } = await prepareVmLabs(report, installed);
    return { disk: image, repository };
  },
  checkState: checkVm,
  install: installVm,
  clone: cloneVm,
  open: openVm,
  destroy: destroyVm,
};
