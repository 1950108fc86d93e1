import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { DebianPackage, PackagedFile } from "./debian-package.ts";
import { type Notice, renderCopyright } from "./notice.ts";
import { type ProgramName, programNames, projectFolder } from "./programs.ts";

/** What the product's package is made of. */
export type ProductParts = {
  readonly version: string;
  /** The version of cowherd-runtime that it was built beside: the oldest that will do. */
  readonly runtimeVersion: string;
  /** Debian's word for the machines that it is for: the program of two ranks is compiled. */
  readonly architecture: string;
  /** The folder with NAME.mjs and NAME.notices.json of every program, and two-ranks. */
  readonly bundles: string;
};

const packaging = fileURLToPath(new URL(".", import.meta.url));
const systemd = fileURLToPath(new URL("../systemd/", import.meta.url));

const maintainerScripts = ["preinst", "postinst", "prerm", "postrm"];
const units = ["cowherd-agent.service", "cowherd-controller.service", "cowherd.slice", "cowherdjobs.slice"];
const launchers: Readonly<Record<string, string>> = {
  "cowherd-agent": "/usr/lib/cowherd/cowherd-agent",
  "cowherd-controller": "/usr/lib/cowherd/cowherd-controller",
  "cowherd-join": "/usr/sbin/cowherd-join",
  cowctl: "/usr/bin/cowctl",
};

/**
 * Describes cowherd: the programs, their launchers and units.
 *
 * A purge takes back what the package and its programs keep for themselves (folders, the
 * user `cowherd`, enablement). What Cowherd made of the machine at the operator's wish,
 * such as the home of mpihpc or a block in /etc/hosts, is the operator's and stays.
 */
export async function productPackage({
  version,
  runtimeVersion,
  architecture,
  bundles,
}: ProductParts): Promise<DebianPackage> {
  const [major] = runtimeVersion.split(".");
  return {
    control: {
      Package: "cowherd",
      Version: version,
      Architecture: architecture,
      Maintainer: "Cowherd maintainers <maintainers@cowherd.invalid>",
      Section: "admin",
      Priority: "optional",
      // Names that Debian 12 and Ubuntu 22.04 and 24.04 agree on; 249 is the systemd of Ubuntu 22.04.
      Depends: [
        `cowherd-runtime (>= ${runtimeVersion}), cowherd-runtime (<< ${Number(major) + 1}~)`,
        "apt, dbus, openssh-client, openssh-server, passwd, sudo, systemd (>= 249)",
      ].join(", "),
      Description: [
        "Tends a cluster of workstations that run MPI programs together",
        "The agent of every machine, the controller of the primary, and cowctl, which",
        "tells the controller what the cluster should be.",
      ].join("\n"),
    },
    members: {
      ...(await readScripts()),
      triggers: "interest-noawait /usr/lib/cowherd/runtime\n", // another Node: the services restart on it
    },
    files: [
      ...programNames.map((name) => copy(`${bundles}/${name}.mjs`, `/usr/lib/cowherd/${name}.mjs`)),
      copy(`${bundles}/two-ranks`, "/usr/lib/cowherd/two-ranks", 0o755),
      copy(`${projectFolder}proto/schema/cowherd.binpb`, "/usr/lib/cowherd/cowherd.binpb"),
      ...Object.entries(launchers).map(([name, path]) => copy(`${packaging}launchers/${name}`, path, 0o755)),
      ...units.map((name) => copy(`${systemd}${name}`, `/usr/lib/systemd/system/${name}`)),
      copy(`${systemd}cowherd.sysusers.conf`, "/usr/lib/sysusers.d/cowherd.conf"),
      copy(`${systemd}cowherd.tmpfiles.conf`, "/usr/lib/tmpfiles.d/cowherd.conf"),
      copy(`${systemd}README.md`, "/usr/share/doc/cowherd/systemd.md"),
      { path: "/usr/share/doc/cowherd/copyright", mode: 0o644, content: renderCopyright(await readNotices(bundles)) },
    ],
  };
}

function copy(from: string, path: string, mode = 0o644): PackagedFile {
  return { path, mode, content: { copyOf: from } };
}

async function readScripts(): Promise<Record<string, string>> {
  const read = async (name: string) => [name, await readFile(`${packaging}debian/${name}`, "utf8")] as const;
  return Object.fromEntries(await Promise.all(maintainerScripts.map(read)));
}

async function readNotices(bundles: string): Promise<readonly Notice[]> {
  const read = async (name: ProgramName): Promise<Notice[]> =>
    JSON.parse(await readFile(`${bundles}/${name}.notices.json`, "utf8"));
  return (await Promise.all(programNames.map(read))).flat();
}
