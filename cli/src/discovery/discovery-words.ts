/** What a discovery asks for: the hostfile at `file`, or the one of this machine. */
export type DiscoveryWords = { readonly file: string | undefined };

/**
 * Reads a command line that asks for hosts and for nothing else: `hostfile discover` or
 * `hostfile --discover`, perhaps with `--file PATH`. Undefined for any other.
 */
export function parseDiscovery(argv: readonly string[]): DiscoveryWords | undefined {
  const [command, what, ...rest] = argv;
  if (command !== "hostfile" || (what !== "discover" && what !== "--discover")) return undefined;
  const [option = "", value, ...more] = rest;
  if (rest.length === 0) return { file: undefined };
  if (rest.length === 1 && option.startsWith("--file=")) return { file: option.slice("--file=".length) };
  return option === "--file" && value !== undefined && more.length === 0 ? { file: value } : undefined;
}

/** Spells `hostfile --discover` as the command that it is; any other command line stays. */
export function spellDiscovery(argv: readonly string[]): readonly string[] {
  const [command, what, ...rest] = argv;
  return command === "hostfile" && what === "--discover" ? [command, "discover", ...rest] : argv;
}
