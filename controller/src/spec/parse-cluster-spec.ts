import type { ClusterSpec } from "./cluster-spec.ts";

/** Parses the text of cluster.yaml. Throws InvalidSpecError with every problem at once, and nothing else. */
export declare function parseClusterSpec(text: string): ClusterSpec;
