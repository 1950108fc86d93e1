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
 * clients a folder is for everybody.
 */
export function readExports(text: string): readonly ExportEntry[] {
  return logicalLines(text).flatMap((content) => {
    const [path, ...words] = wordsOf(content);
    if (path === undefined) return [];
    const defaults = words.filter((word) => word.startsWith("-")).flatMap((word) => optionsIn(word.slice(1)));
    const clients = words.filter((word) => !word.startsWith("-"));
    return (clients.length === 0 ? [""] : clients).map((word) => {
      const [, name = "", options = ""] = /^([^(]*)(?:\((.*?)\)?)?$/.exec(word) ?? [];
      return { path: plain(path), clients: network(name || "*"), options: [...defaults, ...optionsIn(options)] };
    });
  });
}

/** A network with a mask in numbers as one with a length: "10.0.0.0/255.0.0.0" is "10.0.0.0/8". */
function network(clients: string): string {
  const [, address, mask] = /^([\d.]+)\/(\d+\.\d+\.\d+\.\d+)$/.exec(clients) ?? [];
  if (address === undefined || mask === undefined) return clients;
  const bits = mask.split(".").map((part) => Number(part).toString(2).padStart(8, "0"));
  return `${address}/${bits.join("").replace(/0+$/, "").length}`;
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
