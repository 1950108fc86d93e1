import { readdir, rename, rm } from "node:fs/promises";
import { UnfitMachineError } from "../lab-error.ts";
import { checkCommand } from "../machine/command.ts";
import { cachedFolder, type Report } from "./cached-folder.ts";
import type { DistributionSources } from "./machine-apt.ts";
import { privateApt } from "./package-repository.ts";
import { sidSources } from "./sid-sources.ts";

/** Raise this when the steps below change what they make, or when sid's version is to be fetched anew. */
const STEPS = 1;

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
 * served. The program needs nothing but the libc of bookworm or newer. The command `nats` is
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
    await checkCommand(["dpkg-deb", "--extract", `${draft}/${await packageIn(draft)}`, `${work}/unpacked`]);
    await rename(`${work}/unpacked/usr/sbin/nats-server`, `${draft}/nats-server`);
    await rm(work, { recursive: true });
  });
  return { package: `${folder}/${await packageIn(folder)}`, program: `${folder}/nats-server` };
}

/** Has no packages, so that nothing of any machine decides what is downloaded. */
const EMPTY_ROOT = "/nonexistent";

async function packageIn(folder: string): Promise<string> {
  const found = (await readdir(folder)).find((name) => name.endsWith(".deb"));
  if (found === undefined) throw new UnfitMachineError(`${folder} has no package of nats-server`);
  return found;
}
