/** The id of the hostfile among the primary's resources. */
export const hostfileResource = "hostfile";

/** Those of the hostfiles in other forms beside it, and of what takes the stale ones away. */
export const hostfileFormResources = { mpich: "hostfile-mpich", intel: "hostfile-intel" } as const;
export const staleHostfilesResource = "stale-hostfiles";

const all: ReadonlySet<string> = new Set([
  hostfileResource,
  ...Object.values(hostfileFormResources),
  staleHostfilesResource,
]);

/** Tells whether a resource is there for launching alone: without it a node runs ranks as well as with it. */
export function isForLaunching(resource: string): boolean {
  return all.has(resource);
}
