import type { PinnedHostfile } from "../link/operator-link.ts";

/** Tells in words what a pin made of the hostfile. `origin` is what it is pinned to. Pure. */
export function renderPinned({ generation, entries, unlisted }: PinnedHostfile, origin: string): string {
  const listed = entries.map(({ node, slots }) => `  ${node} slots=${slots}\n`);
  const missing = unlisted.map(({ node, reason }) => `not listed: ${node}, ${reason}\n`);
  const head = `generation ${generation} is pinned to ${origin}:\n`;
  return [
    head,
    ...listed,
    ...missing,
    "nodes that become ready do not enter it; cowctl hostfile unpin ends that\n",
  ].join("");
}
