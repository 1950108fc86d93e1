/** Holds the digest of all that went into a package, by which an equal one is known again. */
export const digestField = "Cowherd-Digest";

/** Renders a control file, deb-control(5). A value's later lines become continuation lines. */
export function renderControl(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value.split("\n").map(continued).join("\n")}\n`)
    .join("");
}

/** Renders the list by which `dpkg --verify` finds changed files, deb-md5sums(5). */
export function renderMd5sums(sums: readonly { readonly path: string; readonly md5: string }[]): string {
  return sums.map(({ path, md5 }) => `${md5}  ${path.slice(1)}\n`).join("");
}

function continued(line: string, index: number): string {
  if (index === 0) return line;
  return line === "" ? " ." : ` ${line}`;
}
