import {
  type HostfileContent,
  type HostfileForm,
  hostfileDigest,
  type ResourceSpec,
  renderHostfile,
} from "@cowherd/proto";
import { hostfileFormResources, hostfileResource } from "../hostfile/hostfile-resource.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { PublishedHostfile } from "../state/cluster-state.ts";

/**
 * Compiles the hostfiles of the primary: Open MPI's always, and those of MPICH and Intel MPI
 * where they are asked for, all with the same generation and the same nodes.
 *
 * A resource for each file, so that one which cannot be written holds up no other. Intel MPI
 * starts ranks by Hydra too, and reads what MPICH reads. `former` are the hostfiles before it,
 * oldest first, by whose texts in its own form each file is told from one that was edited.
 */
export function hostfileResources(
  { hostfile: { path, mpich, intel }, user }: ClusterSpec,
  { generation, entries }: PublishedHostfile,
  former: readonly HostfileContent[],
): readonly ResourceSpec[] {
  const owned = { requires: ["user"], owner: user.name, group: user.name };
  const inForm = (id: string, place: string | undefined, form?: HostfileForm): readonly ResourceSpec[] => {
    if (place === undefined) return [];
    const formerSha256 = former.map((content) => hostfileDigest(renderHostfile(content, form)));
    return [{ id, ...owned, kind: "hostfile", path: place, generation, entries, form, formerSha256 }];
  };
  return [
    ...inForm(hostfileResource, path),
    ...inForm(hostfileFormResources.mpich, mpich, "hydra"),
    ...inForm(hostfileFormResources.intel, intel, "hydra"),
  ];
}
