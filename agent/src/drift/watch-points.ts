import { basename, dirname } from "node:path/posix";

/** The names in each folder whose coming, going or changing matters. */
export type WatchPoints = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Finds where to watch for changes of `paths`: in the folder of each, so that a rename over
 * it is seen; and where that folder is missing, in its nearest ancestor that is there.
 */
export function watchPoints(paths: readonly string[], isFolder: (path: string) => boolean): WatchPoints {
  const points = new Map<string, Set<string>>();
  for (const path of paths) {
    let place = path;
    while (dirname(place) !== place && !isFolder(dirname(place))) place = dirname(place);
    const names = points.get(dirname(place)) ?? new Set();
    points.set(dirname(place), names.add(basename(place)));
  }
  return points;
}
