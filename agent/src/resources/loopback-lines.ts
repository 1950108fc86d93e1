import { splitLines } from "./managed-block.ts";

/**
 * Takes a name from the loopback lines of an /etc/hosts, as installers leave them:
 * "127.0.1.1 secondary1". A line that has no other name goes. All else stays byte for byte.
 *
 * With such a line a node tells its peers that it is at a loopback address.
 */
export function withoutLoopbackName(text: string, name: string): string {
  return splitLines(text)
    .map((line) => withoutName(line, name.toLowerCase()))
    .join("");
}

function withoutName(line: string, name: string): string {
  const [, fields = "", rest = ""] = /^([^#\n\r]*)([\s\S]*)$/.exec(line) ?? [];
  const [address = "", ...names] = fields.split(/\s+/).filter((field) => field !== "");
  const isLoopback = /^127(\.\d{1,3}){3}$/.test(address) || address === "::1";
  const claims = names.some((field) => field.toLowerCase() === name);
  if (!isLoopback || !claims) return line;
  if (names.every((field) => field.toLowerCase() === name)) return "";
  return fields.replaceAll(/(\s+)(\S+)/g, (whole, _gap, field) => (field.toLowerCase() === name ? "" : whole)) + rest;
}
