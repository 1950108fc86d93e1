import type { PublishedHostfile } from "../state/cluster-state.ts";

/** Renders the hostfile in Open MPI's form, as it stands on the primary's disk. */
export declare function renderOpenMpi(hostfile: PublishedHostfile): string;
