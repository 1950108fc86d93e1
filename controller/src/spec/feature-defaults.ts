import type { NetworkSpec, SharedSpec } from "./cluster-spec.ts";
import { networkFields, sharedFields } from "./feature-schema.ts";
import { defaultSharedPath } from "./home-layout.ts";
import type { SpecFields } from "./spec-schema.ts";

/** Fills in the network as the manual has it; undefined where it is off. */
export function networkOf(network: SpecFields["network"]): NetworkSpec | undefined {
  if (network === "off") return undefined;
  const { nameservers, confirm } = network ?? networkFields.parse({});
  return { nameservers, confirmSeconds: confirm, required: network !== undefined };
}

/** Fills in the shared folder as the manual has it; undefined where it is off. */
export function sharedOf(shared: SpecFields["shared"], home: string, subnet: string): SharedSpec | undefined {
  if (shared === "off") return undefined;
  const { path = defaultSharedPath(home), clients = subnet, options } = shared ?? sharedFields.parse({});
  return { path, clients, options, required: shared !== undefined };
}
