/** Asks the kernel to tell of changes to files. Changes that it does not tell of are found by a full pass. */
export interface DriftWatch {
  /**
   * Watches these paths in place of the earlier ones. They need not exist. Never throws: what
   * cannot be watched is left to the full pass.
   */
  watch(paths: readonly string[]): void;

  close(): void;
}
