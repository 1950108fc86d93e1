import type { LabHost } from "../lab/lab.ts";

/** A Debian package made for a test. */
export type MadePackage = {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
  /** Maintainer scripts and the like by their names in the archive, such as "postinst". */
  readonly control?: Readonly<Record<string, string>>;
  /** The package's files by their paths. */
  readonly files?: Readonly<Record<string, string>>;
};

const folder = "/srv/repository";

const index = `cd "$1" && for deb in *.deb; do
  dpkg-deb --field "$deb"
  echo "Filename: ./$deb"
  echo "Size: $(stat -c %s "$deb")"
  echo "SHA256: $(sha256sum "$deb" | cut -d ' ' -f 1)"
  echo
done > Packages`;

/** Makes the packages on the host, in a repository that is the only one its apt knows. Returns where each archive lies. */
export async function offerPackages(host: LabHost, packages: readonly MadePackage[]): Promise<readonly string[]> {
  const archives: string[] = [];
  for (const made of packages) archives.push(await build(host, made));
  await host.check(["sh", "-c", index, "sh", folder]);
  await host.writeFile("/etc/apt/sources.list", `deb [trusted=yes] file:${folder} ./\n`);
  return archives;
}

async function build(host: LabHost, made: MadePackage): Promise<string> {
  const { name, version, depends, control = {}, files = {} } = made;
  const tree = `/var/tmp/made/${name}-${version}`;
  const archive = `${folder}/${name}_${version}_all.deb`;
  const fields = [
    `Package: ${name}`,
    `Version: ${version}`,
    "Architecture: all",
    "Maintainer: nobody <nobody@example.org>",
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    "Description: made for a test",
    "",
  ];
  await host.writeFile(`${tree}/DEBIAN/control`, fields.join("\n"));
  for (const [script, text] of Object.entries(control)) {
    const isData = script === "conffiles" || script === "templates";
    await host.writeFile(`${tree}/DEBIAN/${script}`, text, isData ? 0o644 : 0o755);
  }
  for (const [path, text] of Object.entries(files)) await host.writeFile(`${tree}${path}`, text);
  await host.check(["mkdir", "-p", folder]);
  await host.check(["dpkg-deb", "--root-owner-group", "--build", tree, archive]);
  return archive;
}
