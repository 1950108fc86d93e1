/** Spells `hostfile --discover` as the command that it is; any other command line stays. */
export function spellDiscovery(argv: readonly string[]): readonly string[] {
  const [command, what, ...rest] = argv;
  return command === "hostfile" && what === "--discover" ? [command, "discover", ...rest] : argv;
}
