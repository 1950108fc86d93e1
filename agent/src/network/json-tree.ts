/** A mapping whose values are not known yet. */
export type Tree = ReadonlyMap<string, unknown>;

/** Takes a value as a mapping: an empty one where it is none. */
export function treeOf(value: unknown): Tree {
  const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
  return new Map(isMapping ? Object.entries(value) : []);
}

/** Takes a value as a list of mappings: an empty one where it is no list. */
export function treesOf(value: unknown): readonly Tree[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.map(treeOf);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Takes a value as a list of texts; a single text as a list of one. */
export function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map(textOf).filter((text) => text !== undefined);
}
