import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, type Pair, parseDocument } from "yaml";
import { ConflictError } from "../resources/resource.ts";

const options = { schema: "failsafe" } as const;

/**
 * Takes the definition of one id out of a netplan file and keeps the rest: byte for byte
 * where the file is written line by line, and with its comments where it is not. A section
 * that is empty then goes too. Throws ConflictError where it cannot be taken out. Pure.
 */
export function cutDefinition(path: string, text: string, section: string, id: string): string {
  const want = parseDocument(text, options);
  want.deleteIn(["network", section, id]);
  const rest = want.getIn(["network", section]);
  const isEmpty = !isMap(rest) || rest.items.length === 0;
  if (isEmpty) want.deleteIn(["network", section]);
  const keys = isEmpty ? ["network", section] : ["network", section, id];
  const said = plain(want);
  const candidates = said === undefined ? [] : [withoutLines(text, keys), want.toString()];
  const after = candidates.find(
    (one) => one !== undefined && isDeepStrictEqual(plain(parseDocument(one, options)), said),
  );
  if (after === undefined) throw new ConflictError(`${id} cannot be taken out of ${path}, which is left alone`);
  return after;
}

/** Removes the lines of a block's entry. Undefined where the entry has no lines of its own. */
function withoutLines(text: string, keys: readonly string[]): string | undefined {
  const pair = pairAt(parseDocument(text, options), keys);
  const from = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  const to = hasRange(pair?.value) ? pair.value.range?.[1] : undefined;
  if (from === undefined || to === undefined) return undefined;
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const newline = text.indexOf("\n", Math.max(to - 1, from));
  if (text.slice(start, from).trim() !== "") return undefined;
  return text.slice(0, start) + (newline === -1 ? "" : text.slice(newline + 1));
}

function pairAt(document: Document, keys: readonly string[]): Pair | undefined {
  let at: unknown = document.contents;
  let found: Pair | undefined;
  for (const key of keys) {
    found = isMap(at) ? at.items.find((pair) => isScalar(pair.key) && pair.key.value === key) : undefined;
    at = found?.value;
  }
  return found;
}

function hasRange(node: unknown): node is { readonly range?: readonly [number, number, number] | null } {
  return typeof node === "object" && node !== null && "range" in node;
}

/** Undefined for what cannot be read: an alias whose anchor went with the definition. */
function plain(document: Document): { readonly content: unknown } | undefined {
  if (document.errors.length > 0) return undefined;
  try {
    return { content: document.toJS({ maxAliasCount: 100 }) };
  } catch {
    return undefined;
  }
}
