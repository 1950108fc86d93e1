/** What a name resolved to, in the order in which MPI and ssh would try it. Empty where it does not resolve. */
export type Resolution = { readonly name: string; readonly addresses: readonly string[] };

/**
 * Resolves names to IPv4 addresses as every program of this machine does, one after another.
 *
 * Those that were not reached in time are missing at the end, the first of which took too long.
 */
export type ResolveNames = (names: readonly string[], signal: AbortSignal) => Promise<readonly Resolution[]>;
