import type { BootOptions, Lab, LabHost } from "../lab/lab.ts";
import { createJoinLine, installProduct, type ProductPackages, pasteLine } from "./operate.ts";

/** How a machine that is to become a node is booted, where that matters. One CPU by default. */
export type MachineOptions = Partial<Omit<BootOptions, "address">>;

/**
 * Boots machines of these names beside one another, installs the product on each and resolves to
 * them in the order of the names. Their addresses follow each other from 192.168.56.10.
 */
export function bootInstalled<Host extends LabHost, const Names extends readonly string[]>(
  lab: Lab<Host>,
  packages: ProductPackages,
  names: Names,
  options?: MachineOptions,
): Promise<{ readonly [At in keyof Names]: Host }>;
export async function bootInstalled(
  lab: Lab,
  packages: ProductPackages,
  names: readonly string[],
  options: MachineOptions = {},
): Promise<readonly LabHost[]> {
  const booting = names.map(async (name, at) => {
    const host = await lab.boot(name, { cpus: 1, ...options, address: `192.168.56.${10 + at}` });
    await installProduct(host, packages);
    return host;
  });
  return Promise.all(booting);
}

/** Joins an installed machine to the primary's cluster, with a line as the operator pastes it. */
export async function joinCluster(primary: LabHost, host: LabHost): Promise<void> {
  await pasteLine(host, await createJoinLine(primary, host.name));
}
