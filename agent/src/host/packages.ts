import type { Progress } from "./progress.ts";

/** The machine's Debian packages. */
export interface Packages {
  /** Tells which of `names` are installed and configured. */
  installed(names: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;

  /**
   * Makes sure that all of `names` are installed, waiting for others who hold the package database's lock.
   *
   * It goes on when the agent stops, and is joined when the agent asks again. Rejects with
   * InstallError. Configuration files that the operator changed are kept. No package is ever
   * removed: one that conflicts with another fails. What the packages depend on may be upgraded.
   */
  install(names: readonly string[], signal: AbortSignal, progress?: Progress): Promise<void>;
}

/** Packages could not be installed. The message says why in one line, as apt tells it. */
export class InstallError extends Error {
  override readonly name = "InstallError";
}
