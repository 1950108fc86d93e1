import { type FSWatcher, lstatSync, statSync, watch } from "node:fs";
import { basename } from "node:path/posix";
import type { Log } from "../log.ts";
import type { DriftWatch } from "./drift-watch.ts";
import { watchPoints } from "./watch-points.ts";

/** Watches through the kernel (inotify on Linux) and calls `changed` for each change of a watched path. */
export function createInotifyWatch(changed: () => void, log: Log): DriftWatch {
  let watchers: readonly FSWatcher[] = [];

  function watchFolder(folder: string, names: ReadonlySet<string>): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // The folder itself goes by its own name, and an event without a name may be any.
        if (name === null || names.has(name) || name === basename(folder)) changed();
      });
      watcher.on("error", (error) => log.debug({ err: error, folder }, "no longer watched"));
      return watcher;
    } catch (error) {
      log.debug({ err: error, folder }, "not watched"); // such as the limit on inotify watches
      return undefined;
    }
  }

  return {
    watch(paths) {
      const former = watchers;
      const points = watchPoints(paths, isFolder);
      watchers = [...points].map(([folder, names]) => watchFolder(folder, names)).filter((one) => one !== undefined);
      for (const watcher of former) watcher.close(); // after the new ones stand, so that nothing falls between
    },
    close() {
      for (const watcher of watchers) watcher.close();
      watchers = [];
    },
  };
}

/** Through a link only where it is root's or our own: a user's may lead anywhere, and round in a ring. */
function isFolder(path: string): boolean {
  try {
    const stats = lstatSync(path);
    if (!stats.isSymbolicLink()) return stats.isDirectory();
    return (stats.uid === 0 || stats.uid === process.geteuid?.()) && statSync(path).isDirectory();
  } catch {
    return false; // its nearest ancestor is watched instead
  }
}
