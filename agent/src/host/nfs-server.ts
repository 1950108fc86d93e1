/** The machine's NFS server, the kernel's own. What it is to export stands in /etc/exports (exports(5)). */
export interface NfsServer {
  /** Tells how the server stands, from files alone. */
  look(): Promise<NfsServerState>;

  /**
   * Makes the server run, now and after each boot, and export what /etc/exports says.
   *
   * Clients of exports that stay as they are notice nothing. Rejects with NfsServerError.
   */
  serve(signal: AbortSignal): Promise<void>;
}

export type NfsServerState = {
  /** It starts with the machine. */
  readonly enabled: boolean;
  readonly running: boolean;
  /** What exportfs(8) holds for exported, which is stale while the server does not run. */
  readonly exports: readonly LiveExport[];
};

/** One folder for one set of clients, a network in CIDR form. `options` name every flag, the defaults too. */
export type LiveExport = { readonly path: string; readonly clients: string; readonly options: readonly string[] };

/** The server does not serve. The message says why, in one line. */
export class NfsServerError extends Error {
  override readonly name = "NfsServerError";
}
