import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLParseError,
  type YAMLWarning,
} from "yaml";
import type { SpecProblem } from "./cluster-spec.ts";
import { oneLine, quote } from "./printable.ts";

export type Path = readonly PropertyKey[];

/** A document read into plain values, which remembers where each of them stood. */
export type YamlDocument = {
  /** Of mappings, lists, texts, numbers, booleans and null. A key is the text that was written. */
  readonly value: unknown;
  /** What the document should not hold. Where `broken` is set, `value` is worth nothing. */
  readonly problems: readonly SpecProblem[];
  readonly broken: boolean;
  /** Makes a problem that points to the value of a path, its key, or the nearest thing around it. */
  problemAt(path: Path, message: string, place: "key" | "value"): SpecProblem;
};

const deepest = 16;

/** Reads one YAML 1.2 document. Never throws; aliases, anchors and tags are problems, so no text grows when read. */
export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const positions = new Map<string, { readonly key: number; readonly value: number }>();
  const problems: SpecProblem[] = [];

  function at(offset: number, path: Path, message: string): SpecProblem {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), path: formatPath(path), message };
  }

  function problemAt(path: Path, message: string, place: "key" | "value"): SpecProblem {
    for (let length = path.length; length > 0; length -= 1) {
      const position = positions.get(keyOf(path.slice(0, length)));
      const offset = length < path.length ? position?.key : position?.[place];
      if (offset !== undefined) return at(offset, path, message);
    }
    return at(0, path, message);
  }

  function read(node: Node | null, path: Path): unknown {
    if (node === null) return null;
    const refuse = (message: string): null => {
      problems.push(at(node.range?.[0] ?? 0, path, message));
      return null;
    };
    if (isAlias(node)) return refuse("an alias (*) is not allowed: write the value out");
    if (path.length > deepest) return refuse("is nested too deep");
    if ("anchor" in node && node.anchor !== undefined) refuse("an anchor (&) is not allowed: write the value out");
    if (node.tag !== undefined) refuse("a tag (!) is not allowed");
    if (isScalar(node)) return node.value;
    if (isSeq<ParsedNode>(node)) {
      return node.items.map((item, index) => {
        const offset = item.range[0];
        positions.set(keyOf([...path, index]), { key: offset, value: offset });
        return read(item, [...path, index]);
      });
    }
    return isMap<ParsedNode, ParsedNode | null>(node) ? mappingOf(node.items, path) : null;
  }

  function mappingOf(
    pairs: readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[],
    path: Path,
  ): Record<string, unknown> {
    const mapping: Record<string, unknown> = Object.create(null);
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined;
      // Whoever copies a mapping loses this one without a word.
      if (name === undefined || name === "__proto__") {
        problems.push(at(key.range[0], path, "a key must be a plain text"));
        continue;
      }
      const here = [...path, name];
      const first = positions.get(keyOf(here));
      if (first !== undefined) {
        problems.push(at(key.range[0], here, `stands twice: first in line ${lines.linePos(first.key).line}`));
        continue;
      }
      positions.set(keyOf(here), { key: key.range[0], value: value?.range[0] ?? key.range[0] });
      mapping[name] = read(value, here);
    }
    return mapping;
  }

  // The library's own search for double keys takes time that grows with the square of their number.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const exhausted = document.errors.filter(({ code }) => code === "RESOURCE_EXHAUSTION");
  const errors = exhausted.length > 0 ? exhausted.slice(0, 1) : document.errors;
  if (errors.length > 0) {
    const found = errors.map((error) => at(error.pos[0], [], inOurWords(error)));
    return { value: undefined, problems: found, broken: true, problemAt };
  }
  problems.push(...document.warnings.map((warning) => at(warning.pos[0], [], inOurWords(warning))));
  return { value: read(document.contents, []), problems, broken: false, problemAt };
}

function keyOf(path: Path): string {
  return JSON.stringify(path.map(String));
}

/** Writes "nodes.vm-1.address"; a key that is no plain word is quoted. */
function formatPath(path: Path): string {
  return path
    .map(String)
    .map((key) => (/^[\w-]{1,80}$/.test(key) ? key : quote(key)))
    .join(".");
}

function inOurWords({ code, message }: YAMLParseError | YAMLWarning): string {
  if (code === "RESOURCE_EXHAUSTION") return "is nested too deep";
  if (code === "MULTIPLE_DOCS") return "a second document begins: only one is allowed";
  return oneLine(`${message.slice(0, 1).toLowerCase()}${message.slice(1)}`, 200);
}
