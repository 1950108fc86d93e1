/** The machine's live network addresses. */
export interface Addresses {
  /** Lists the IPv4 addresses of all interfaces that are up, as they are now. Starts no child process. */
  read(): Promise<readonly LiveAddress[]>;
}

/** An address without its prefix's length, and the name of the interface that holds it. */
export type LiveAddress = { readonly interface: string; readonly address: string };
