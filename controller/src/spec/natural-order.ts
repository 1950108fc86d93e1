const collator = new Intl.Collator("en", { numeric: true });

/** Puts node2 before node10. Falls back on plain order, so that node7 and node07 never tie. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
