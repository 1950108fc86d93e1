import type { DistributionSources } from "./machine-apt.ts";

/** The release's own sources, without its updates: a mirror may have those as packages and not as sources. */
export function ownRelease({ codename, sources }: DistributionSources): readonly string[] {
  return sources.filter((source) => source.split(" ")[2] === codename);
}

/** The same mirror's sid, for the few packages that a release has not or has too old. */
export function sidSources(distribution: DistributionSources): readonly string[] {
  return ownRelease(distribution).map((source) => source.replace(` ${distribution.codename} `, " sid "));
}
