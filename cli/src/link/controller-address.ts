import { agentPort } from "@cowherd/proto";

/** Which controller to talk to, and how. */
export type ControllerAddress =
  /** The one on this machine. */
  | { readonly via: "socket"; readonly path: string }
  /** One elsewhere, over mutual TLS: `target` is "host:port", `credentials` the folder of `operator create`. */
  | { readonly via: "tls"; readonly target: string; readonly credentials: string };

/**
 * Reads what follows --controller: a host name or an IPv4 address, perhaps with a port.
 * Returns "host:port", or undefined for anything else.
 */
export function parseTarget(text: string): string | undefined {
  const [, host, port = String(agentPort)] = /^([a-zA-Z0-9][a-zA-Z0-9.-]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return `${host}:${port}`;
}

/** Names a controller for people. */
export function formatAddress(address: ControllerAddress): string {
  return address.via === "socket" ? address.path : address.target;
}
