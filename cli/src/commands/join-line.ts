import type { CreatedToken } from "../link/operator-link.ts";

/** Writes the line to paste on the machine that is to join. */
export function joinLine({ address, token }: CreatedToken): string {
  return `sudo cowherd-join ${address} ${token}`;
}

/** Writes the line that makes a token for a node. */
export function tokenCreateLine(node: string): string {
  return `sudo cowctl token create --node ${node}`;
}
