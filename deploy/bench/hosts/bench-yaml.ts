import { clusterYaml } from "../../cluster/operate.ts";
import type { LabHost } from "../../lab/lab.ts";

type Named = Pick<LabHost, "name" | "address">;

/** The cluster.yaml of the bench. Nobody is held off for having been away, since every run cuts the same node off. */
export function benchYaml(hosts: readonly Named[], slots?: { readonly of: Named; readonly slots: number }): string {
  const yaml = clusterYaml(hosts);
  const counted =
    slots === undefined
      ? yaml
      : yaml.replace(`address: ${slots.of.address} }`, `address: ${slots.of.address}, slots: ${slots.slots} }`);
  return `liveness: { coolDown: 0 }\n${counted}`;
}
