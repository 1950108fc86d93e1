import type { Lab } from "./lab.ts";
import { type CreateOptions, createLab } from "./labs.ts";
import { nspawnMachinery } from "./nspawn-machinery.ts";

export { type CreateOptions, listLabs, openLab } from "./labs.ts";

/**
 * Makes a lab of containers, without hosts, once the root file system and the repository
 * are built. Labs that their owners left behind by dying are swept first. Throws
 * LabRequestError if there is a lab of this name that somebody still uses.
 */
export function createNspawnLab(name: string, options: CreateOptions = {}): Promise<Lab> {
  return createLab(nspawnMachinery, name, options);
}
