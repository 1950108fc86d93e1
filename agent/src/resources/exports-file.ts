import { inCidrForm } from "../host/export-table.ts";
import { withoutOctalEscapes } from "../host/octal-escapes.ts";
import { splitLines } from "./managed-block.ts";

/** One folder for one set of clients, as a line of /etc/exports says it. */
export type ExportEntry = {
  readonly path: string;
  readonly clients: string;
  readonly options: readonly string[];
};

/**
 * Reads /etc/exports as exports(5) has it: `PATH [-DEFAULTS] [CLIENTS][(OPTIONS)]…`, with
 * quoted and escaped paths, comments, and lines that go on behind a backslash. Without
 * clients a folder is for everybody. A network comes in CIDR form, however it was written.
 */
export function readExports(text: string): readonly ExportEntry[] {
  return readWrittenExports(text).map((entry) => ({ ...entry, clients: inCidrForm(entry.clients) }));
}

/** Reads /etc/exports with clients as they were written, as exportfs keeps them. */
export function readWrittenExports(text: string): readonly ExportEntry[] {
  return logicalLines(text).flatMap((content) => {
    const [path, ...words] = wordsOf(content);
    if (path === undefined) return [];
    const defaults = words.filter((word) => word.startsWith("-")).flatMap((word) => optionsIn(word.slice(1)));
    const clients = words.filter((word) => !word.startsWith("-"));
    return (clients.length === 0 ? [""] : clients).map((word) => {
      const [, name = "", options = ""] = /^([^(]*)(?:\((.*?)\)?)?$/.exec(word) ?? [];
      return { path: plain(path), clients: name || "*", options: [...defaults, ...optionsIn(options)] };
    });
  });
}

function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open = ""; // what ended in a backslash, and goes on
  for (const raw of splitLines(text)) {
    const content = open + raw.replace(/\r?\n$/, "");
    open = content.endsWith("\\") ? `${content.slice(0, -1)} ` : "";
    if (open === "") lines.push(content);
  }
  return open === "" ? lines : [...lines, open];
}

/** Words up to a comment. White space in quotes parts no words. */
function wordsOf(content: string): readonly string[] {
  const words = content.match(/#.*|(?:"[^"]*"?|[^\s"#])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  return comment < 0 ? words : words.slice(0, comment);
}

/** A path without its quotes and octal escapes, and without slashes at its end. */
function plain(word: string): string {
  const path = withoutOctalEscapes(word.replaceAll('"', ""));
  return path === "/" ? path : path.replace(/\/+$/, "");
}

function optionsIn(text: string): readonly string[] {
  return text
    .split(",")
    .map((option) => option.trim())
    .filter((option) => option !== "");
}
