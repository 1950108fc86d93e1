import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { HostfileGeneration } from "../link/operator-link.ts";
import { NoHostfileError, UnknownGenerationError } from "./command-error.ts";

/** Reads the number of a generation on a command line. */
export function parseGenerationNumber(text: string): bigint {
  if (!/^\d{1,19}$/.test(text))
    throw new InvalidArgumentError('Give a number, as "cowctl hostfile history" shows them.');
  return BigInt(text);
}

/** Finds one of those that are kept. Throws UnknownGenerationError, or NoHostfileError where there is none at all. */
export function findGeneration(kept: readonly HostfileGeneration[], generation: bigint): HostfileGeneration {
  const [oldest, newest] = [kept[0], kept.at(-1)];
  if (oldest === undefined || newest === undefined) {
    throw new NoHostfileError("there is no hostfile yet: no node has been ready so far");
  }
  const found = kept.find((one) => one.generation === generation);
  if (found !== undefined) return found;
  const which = `those of ${oldest.generation} to ${newest.generation} are kept`;
  throw new UnknownGenerationError(`no generation ${generation} of the hostfile: ${which}`);
}
