import { nodeNameProblem, type Probe } from "@cowherd/proto";
import type { Resolution, ResolveNames } from "../host/name-lookup.ts";

const mostNamed = 3;

/** Says which peers' names do not resolve here to their addresses first; undefined where all do. */
export async function findUnknownPeers(
  { peers }: Extract<Probe, { readonly kind: "peers" }>,
  resolve: ResolveNames,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await resolve(
    peers.map(({ name }) => name),
    signal,
  );
  const problems = peers.flatMap(({ name, address }) => resolutionProblem(name, address, found) ?? []);
  const more = problems.length > mostNamed ? ` (and ${problems.length - mostNamed} more)` : "";
  return problems.length === 0 ? undefined : `${problems.slice(0, mostNamed).join("; ")}${more}`;
}

/** Says why a name does not stand for an address; undefined where it does. Pure. */
export function resolutionProblem(name: string, address: string, found: readonly Resolution[]): string | undefined {
  const problem = nodeNameProblem(name);
  if (problem !== undefined) return problem;
  const addresses = found.find((one) => one.name === name)?.addresses;
  if (addresses === undefined) return `${name} was not resolved in time`;
  const [first] = addresses;
  if (first === undefined) return `${name} does not resolve, and is to be ${address}`;
  return first === address ? undefined : `${name} resolves to ${first}, and is to be ${address}`;
}
