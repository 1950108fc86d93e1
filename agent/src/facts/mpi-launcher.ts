import type { MpiLauncher } from "./facts.ts";
import type { Machine } from "./machine.ts";

/** An MPI as Debian packages it, and as it installs itself. */
type Vendor = {
  readonly name: string;
  /** The file at the end of all links from mpirun. */
  readonly launchers: RegExp;
  readonly package: string;
  /** What its own installation says of itself to pkg-config. */
  readonly pkgConfig: string;
};

const vendors: readonly Vendor[] = [
  {
    name: "Open MPI",
    launchers: /^(orterun|prterun|prun|mp[a-z]+\.openmpi)$/,
    package: "openmpi-bin",
    pkgConfig: "ompi.pc",
  },
  { name: "MPICH", launchers: /^(mpiexec\.(hydra|gforker)|mp[a-z]+\.mpich)$/, package: "mpich", pkgConfig: "mpich.pc" },
];

/** In the order in which Debian's PATH has them. */
const folders = ["/usr/local/bin", "/usr/bin"] as const;

/** What changes when another MPI gets the name mpirun: Debian's alternative, or an installation of the machine's own. */
export const mpiLauncherLinks: readonly string[] = ["/etc/alternatives/mpirun", "/usr/local/bin/mpirun"];

/**
 * Finds out what starts at the name mpirun: vendor and version. Starts nothing itself.
 *
 * Where several MPIs are installed, Debian's alternatives decide which one has the name; so
 * the links are followed, and the packages asked for the version alone.
 */
export async function findMpiLauncher(
  machine: Pick<Machine, "realPath" | "readText" | "packageVersion">,
): Promise<MpiLauncher | undefined> {
  for (const folder of folders) {
    const path = await machine.realPath(`${folder}/mpirun`);
    if (path !== undefined) return await launcherAt(machine, path);
  }
  return undefined;
}

async function launcherAt(machine: Pick<Machine, "readText" | "packageVersion">, path: string): Promise<MpiLauncher> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const file = path.slice(folder.length + 1);
  const vendor = vendors.find(({ launchers }) => launchers.test(file));
  // An installation of one's own may call its program mpirun; what lies beside it tells whose it is.
  for (const { name, pkgConfig } of vendor === undefined ? vendors : [vendor]) {
    const text = await machine.readText(`${folder}/../lib/pkgconfig/${pkgConfig}`);
    const version = /^Version: *([\w.]+)/m.exec(text ?? "")?.[1];
    if (version !== undefined) return { vendor: name, version };
  }
  const packaged = folder === "/usr/bin" ? vendor : undefined;
  const version = packaged && (await machine.packageVersion(packaged.package));
  return { vendor: vendor?.name ?? file, version: version === undefined ? "" : upstreamVersion(version) };
}

/** "1:4.1.4+dfsg-3ubuntu2" is upstream's 4.1.4: Debian policy 5.6.12. */
export function upstreamVersion(debianVersion: string): string {
  return debianVersion
    .replace(/^\d+:/, "")
    .replace(/-[^-]*$/, "")
    .replace(/[+~](dfsg|ds|repack|really).*$/, "");
}
