import type { LiveExport } from "./nfs-server.ts";
import { withoutOctalEscapes } from "./octal-escapes.ts";

/**
 * Reads exportfs's own table, etab: `PATH<tab>CLIENTS(OPTIONS)` a line, blanks of a path as
 * octal numbers, and clients as somebody wrote them.
 */
export function parseExportTable(text: string): readonly LiveExport[] {
  return text.split("\n").flatMap((line) => {
    const [, path, clients, options] = /^(\S+)\s+([^\s(]+)\((.*)\)$/.exec(line) ?? [];
    if (path === undefined || clients === undefined || options === undefined) return [];
    return [{ path: withoutOctalEscapes(path), clients: inCidrForm(clients), options: options.split(",") }];
  });
}

/** A network with a mask in numbers as one with a length: "10.0.0.0/255.0.0.0" is "10.0.0.0/8". Leaves other clients alone. */
export function inCidrForm(clients: string): string {
  const [, address, mask] = /^([\d.]+)\/(\d+\.\d+\.\d+\.\d+)$/.exec(clients) ?? [];
  if (address === undefined || mask === undefined) return clients;
  const bits = mask.split(".").map((part) => Number(part).toString(2).padStart(8, "0"));
  return `${address}/${bits.join("").replace(/0+$/, "").length}`;
}
