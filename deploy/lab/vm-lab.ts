import type { Lab, VmHost } from "./lab.ts";
import { type CreateOptions, createLab } from "./labs.ts";
import { vmMachinery } from "./vm-machinery.ts";

/**
 * Makes a lab of virtual machines, without hosts: as createNspawnLab does, where every host
 * has a kernel of its own.
 */
export function createVmLab(name: string, options: CreateOptions = {}): Promise<Lab<VmHost>> {
  return createLab(vmMachinery, name, options);
}
