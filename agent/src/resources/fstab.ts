import { withoutOctalEscapes } from "../host/octal-escapes.ts";
import { foreignText, splitLines, withBlock } from "./managed-block.ts";
import { ConflictError } from "./resource.ts";

/** A line of /etc/fstab, as Cowherd writes one. */
export type FstabLine = { readonly source: string; readonly path: string; readonly options: string };

const fstabPath = "/etc/fstab";
const takenOver = "# Cowherd mounts this instead, with options that let the machine boot: ";

/**
 * Options that a line written by hand may have and still mean what Cowherd's line means: the
 * same folder, to read and to write. Anything else says that somebody wants it otherwise.
 */
const harmless =
  /^(defaults|rw|auto|nofail|_netdev|hard|soft|fg|bg|intr|nointr|exec|async|relatime|noatime|nodiratime|nosuid|nodev|tcp|proto=tcp|sec=sys|(nfs)?vers=(4(\.[0-2])?)|minorversion=\d|(timeo|retrans|retry|rsize|wsize)=\d+|x-systemd\.[\w.-]+(=\S*)?)$/;

/**
 * Returns /etc/fstab with `line` in Cowherd's block, and every foreign line as it was.
 *
 * A line that someone wrote by hand for the same folder at the same place, as the manual has
 * it, is kept as a comment: of two lines for one place systemd takes the first and calls the
 * other an error, and the manual's options can hold up a boot. `sources` are the ways in
 * which such a line may name the folder. Throws ConflictError where a foreign line mounts
 * something else at the place.
 */
export function fstabWith(text: string, line: FstabLine, sources: readonly string[]): string {
  const own = [`${line.source} ${line.path} nfs ${line.options} 0 0`];
  const foreign = splitLines(foreignText(text, own)).map((raw) => {
    const fields = fieldsOf(raw);
    if (fields === undefined || fields.path !== line.path) return raw;
    const isSame = sources.includes(fields.source) && /^nfs4?$/.test(fields.type);
    if (isSame && fields.options.split(",").every((option) => harmless.test(option))) return takenOver + raw;
    throw new ConflictError(
      `${fstabPath} mounts ${fields.source} at ${line.path} (${fields.type} ${fields.options}), where the cluster wants ${line.source}: remove that line, or name another shared.path in cluster.yaml`,
    );
  });
  return withBlock(foreign.join(""), own, "last");
}

/** The folder that Cowherd's block mounts at `path` so far. Undefined when it mounts none. */
export function ownSource(text: string, path: string): string | undefined {
  const foreign = new Set(splitLines(foreignText(text)));
  const own = splitLines(text).filter((raw) => !foreign.has(raw));
  return own.map(fieldsOf).find((fields) => fields?.path === path)?.source;
}

type Fields = FstabLine & { readonly type: string };

/** Undefined for an empty line and for a comment. */
function fieldsOf(raw: string): Fields | undefined {
  const [source, path, type = "auto", options = "defaults"] = raw.trim().split(/\s+/).map(withoutOctalEscapes);
  if (source === undefined || path === undefined || source.startsWith("#")) return undefined;
  return { source: bare(source), path: bare(path), type, options };
}

function bare(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") || "/" : path;
}
