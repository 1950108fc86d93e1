import { parseDocument } from "yaml";
import { ConflictError } from "../resources/resource.ts";
import { type Tree, textOf, textsOf, treeOf } from "./json-tree.ts";
import type { Nic } from "./nic.ts";

/** Which NICs a definition is for. All that is given must fit. */
export type Match = {
  /** A pattern of fnmatch(3). */
  readonly name?: string | undefined;
  readonly macaddress?: string | undefined;
  /** Patterns of fnmatch(3), of which one must fit. */
  readonly drivers?: readonly string[] | undefined;
};

/** What netplan's files together say of one id: it merges the parts by it. */
export type Definition = {
  readonly id: string;
  /** "ethernets", "wifis", "bridges". */
  readonly section: string;
  /** The paths of the files that say something of it. */
  readonly files: readonly string[];
  /** Absent where the id itself is the interface's name. */
  readonly match: Match | undefined;
  readonly dhcp4: boolean | undefined;
  readonly nameservers: readonly string[];
  /** The ids that it stands on: the members of a bridge or bond, the link of a VLAN. */
  readonly parts: readonly string[];
  readonly renderer: string | undefined;
};

/** What all of netplan's files say together. */
export type NetplanSays = { readonly definitions: readonly Definition[]; readonly renderer: string | undefined };

/** Keys beside the sections, and keys of a section beside the ids. */
const notSections = new Set(["version", "renderer", "openvswitch"]);

/**
 * Reads netplan's files, in netplan's order. Scalars are read as texts: a MAC is no number
 * of base sixty. Throws ConflictError for a file that is no YAML mapping. Pure.
 */
export function readDefinitions(files: readonly { readonly path: string; readonly text: string }[]): NetplanSays {
  const merged = new Map<string, Definition>();
  let renderer: string | undefined;
  for (const { path, text } of files) {
    const network = treeOf(parseNetplan(path, text).get("network"));
    renderer = textOf(network.get("renderer")) ?? renderer;
    for (const [section, content] of network) {
      if (notSections.has(section)) continue;
      for (const [id, body] of treeOf(content)) {
        if (id === "renderer") continue;
        const part = definitionOf({ id, section, path }, treeOf(body));
        const former = merged.get(id);
        merged.set(id, former === undefined ? part : mergedOf(former, part));
      }
    }
  }
  return { definitions: [...merged.values()], renderer };
}

/** Parses one file. Throws ConflictError where it is no YAML mapping. */
export function parseNetplan(path: string, text: string): Tree {
  const document = parseDocument(text, { schema: "failsafe" });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new ConflictError(`${path} cannot be read as YAML and is left alone: ${problem.message.split("\n")[0]}`);
  }
  const content: unknown = document.toJS({ maxAliasCount: 100 });
  if (content !== null && content !== undefined && content !== "" && typeof content !== "object") {
    throw new ConflictError(`${path} is no YAML mapping and is left alone`);
  }
  return treeOf(content);
}

/** Tells whether a definition is for this NIC. */
export function covers({ id, match }: Definition, { name, mac, driver }: Nic): boolean {
  if (match === undefined) return id === name;
  if (match.name !== undefined && !fits(match.name, name)) return false;
  if (match.macaddress !== undefined && match.macaddress.toLowerCase() !== mac) return false;
  return match.drivers === undefined || match.drivers.some((pattern) => fits(pattern, driver ?? ""));
}

function definitionOf(of: { id: string; section: string; path: string }, body: Tree): Definition {
  const match = body.has("match") ? treeOf(body.get("match")) : undefined;
  const link = textOf(body.get("link"));
  return {
    id: of.id,
    section: of.section,
    files: [of.path],
    match: match && {
      name: textOf(match.get("name")),
      macaddress: textOf(match.get("macaddress")),
      drivers: match.has("driver") ? textsOf(match.get("driver")) : undefined,
    },
    dhcp4: body.has("dhcp4") ? /^(true|on|yes|y)$/i.test(textOf(body.get("dhcp4")) ?? "") : undefined,
    nameservers: textsOf(treeOf(body.get("nameservers")).get("addresses")),
    parts: [...textsOf(body.get("interfaces")), ...(link === undefined ? [] : [link])],
    renderer: textOf(body.get("renderer")),
  };
}

function mergedOf(former: Definition, next: Definition): Definition {
  return {
    ...former,
    files: [...former.files, ...next.files],
    match:
      former.match === undefined && next.match === undefined ? undefined : { ...former.match, ...known(next.match) },
    dhcp4: next.dhcp4 ?? former.dhcp4,
    nameservers: [...former.nameservers, ...next.nameservers],
    parts: [...former.parts, ...next.parts],
    renderer: next.renderer ?? former.renderer,
  };
}

function known(match: Match | undefined): Match {
  return Object.fromEntries(Object.entries(match ?? {}).filter(([, value]) => value !== undefined));
}

/** As fnmatch(3) without flags: `*`, `?` and `[a-z]`. */
function fits(pattern: string, text: string): boolean {
  const parts = pattern.match(/\[!?[^\]]+\]|[\s\S]/g) ?? [];
  const source = parts.map((part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length > 1) return `[${part.slice(1, -1).replace(/^!/, "^").replaceAll("\\", "\\\\")}]`;
    return part.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
  });
  try {
    return new RegExp(`^${source.join("")}$`, "s").test(text);
  } catch {
    return false; // such as "[z-a]", which fits nothing
  }
}
