import { readFile } from "node:fs/promises";
import { UnfitMachineError } from "../lab-error.ts";
import { checkCommand } from "../machine/command.ts";

/** What this machine's apt knows of the distribution that the machine runs: hosts of a lab run the same. */
export type DistributionSources = {
  readonly codename: string;
  readonly architecture: string;
  /** One-line sources.list entries of the distribution itself, without anybody else's. */
  readonly sources: readonly string[];
  /** Lines of apt.conf(5): the proxies, retries and date checks that this machine needs to reach its mirror. */
  readonly transport: readonly string[];
};

/** The environment in which apt asks nobody anything, on this machine and in a root file system. */
export const UNATTENDED: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  DEBIAN_FRONTEND: "noninteractive",
  LC_ALL: "C.UTF-8",
};

const TARGET_FORMAT = "$(ORIGIN)|$(SITE)|$(RELEASE)|$(COMPONENT)";
const DISTRIBUTIONS = new Set(["Debian", "Ubuntu"]);
const TRANSPORT = /^Acquire::(?:https?::|Retries |Check-Valid-Until |Check-Date )/;

/** Reads the sources, after `apt-get update` if the machine has no package lists. Throws UnfitMachineError if there are none then. */
export async function readDistributionSources(): Promise<DistributionSources> {
  const codename = readCodename(await readFile("/etc/os-release", "utf8"));
  if (codename === undefined) throw new UnfitMachineError("/etc/os-release names no VERSION_CODENAME");
  const architecture = (await checkCommand(["dpkg", "--print-architecture"])).trim();
  const transport = pickTransport(await checkCommand(["apt-config", "dump", "--format", '%F "%v";%n', "Acquire"]));
  const sources = await readSources(codename);
  if (sources.length > 0) return { codename, architecture, sources, transport };
  await checkCommand(["apt-get", "update"]);
  const updated = await readSources(codename);
  if (updated.length === 0) throw new UnfitMachineError(`apt has no source for ${codename}`);
  return { codename, architecture, sources: updated, transport };
}

async function readSources(codename: string): Promise<readonly string[]> {
  const targets = await checkCommand(["apt-get", "indextargets", "--format", TARGET_FORMAT, "Created-By: Packages"]);
  return pickSources(targets, codename);
}

/** Turns apt's index targets into sources: one line per release, with all of its components. */
export function pickSources(targets: string, codename: string): readonly string[] {
  const components = new Map<string, Set<string>>();
  for (const target of targets.split("\n")) {
    const [origin = "", site, release, component] = target.split("|");
    if (!DISTRIBUTIONS.has(origin) || site === undefined || release === undefined || component === undefined) continue;
    if (release !== codename && !release.startsWith(`${codename}-`)) continue;
    const source = `deb ${site} ${release}`;
    components.set(source, (components.get(source) ?? new Set()).add(component));
  }
  return [...components].map(([source, names]) => [source, ...names].join(" "));
}

export function pickTransport(configuration: string): readonly string[] {
  return configuration.split("\n").filter((line) => TRANSPORT.test(line) && !line.endsWith(' "";'));
}

export function readCodename(osRelease: string): string | undefined {
  return /^VERSION_CODENAME=(\S+)$/m.exec(osRelease)?.[1];
}
