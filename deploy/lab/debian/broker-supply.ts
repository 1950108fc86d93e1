import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { UnfitMachineError } from "../lab-error.ts";
import { checkCommand } from "../machine/command.ts";
import { cachedFolder, type Report } from "./cached-folder.ts";
import type { DistributionSources } from "./machine-apt.ts";
import { privateApt } from "./package-repository.ts";
import { sidSources } from "./sid-sources.ts";

/** Raise this when the steps below change what they make, or when sid's version is to be fetched anew. */
const STEPS = 2;

/** A genuine nats-server. */
export type NatsSupply = {
  /** The Debian package. */
  readonly package: string;
  /** The program, for this machine. */
  readonly program: string;
};

/**
 * Returns Debian sid's nats-server, as a package for hosts and as a program for this machine.
 *
 * Sid is asked for that alone: bookworm's 2.9 has no sync_interval, and its package is not
 * served. Of the package one line is written for bookworm's systemd, which would refuse it. The program needs nothing but the libc of bookworm or newer. The command `nats` is
 * in no release of Debian.
 */
export async function natsSupply(distribution: DistributionSources, report: Report): Promise<NatsSupply> {
  const { architecture } = distribution;
  const sources = sidSources(distribution);
  const folder = await cachedFolder("nats-server", { steps: STEPS, architecture, sources }, report, async (draft) => {
    const work = `${draft}/.work`;
    const apt = await privateApt(work, { ...distribution, sources }, EMPTY_ROOT);
    await apt(["update"]);
    await apt(["download", "nats-server"], draft);
    const [archive, unpacked] = [`${draft}/${await packageIn(draft)}`, `${work}/unpacked`];
    await checkCommand(["dpkg-deb", "--raw-extract", archive, unpacked]);
    await writeForOlderSystemd(`${unpacked}/usr/lib/sysusers.d/nats-server.conf`);
    await checkCommand(["dpkg-deb", "--build", "--root-owner-group", unpacked, archive]);
    await rename(`${unpacked}/usr/sbin/nats-server`, `${draft}/nats-server`);
    await rm(work, { recursive: true });
  });
  return { package: `${folder}/${await packageIn(folder)}`, program: `${folder}/nats-server` };
}

/** Has no packages, so that nothing of any machine decides what is downloaded. */
const EMPTY_ROOT = "/nonexistent";

/** "u!", an account that is locked, is of systemd 257: an older one refuses the line, and dpkg then the package. */
async function writeForOlderSystemd(sysusers: string): Promise<void> {
  await writeFile(sysusers, (await readFile(sysusers, "utf8")).replaceAll(/^u!/gm, "u"));
}

async function packageIn(folder: string): Promise<string> {
  const found = (await readdir(folder)).find((name) => name.endsWith(".deb"));
  if (found === undefined) throw new UnfitMachineError(`${folder} has no package of nats-server`);
  return found;
}
