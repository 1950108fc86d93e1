import { readWrittenExports } from "../resources/exports-file.ts";
import { parseExportTable } from "./export-table.ts";
import type { Files } from "./files.ts";
import { type NfsServer, NfsServerError, type NfsServerState } from "./nfs-server.ts";

/** How a server in memory stands at first: off and without exports, on a kernel that can serve, if nothing is said. */
export type MemoryNfsServerSeed = Partial<NfsServerState> & { readonly cannotServe?: boolean };

/** An NFS server that serves nobody. It reads /etc/exports from `files`. */
export function createMemoryNfsServer(files: Files, seed: MemoryNfsServerSeed = {}): NfsServer {
  const { enabled = false, running = false, exports = [], cannotServe = false } = seed;
  let state: NfsServerState = { enabled, running, exports };
  return {
    look: async () => state,
    async serve() {
      if (cannotServe) throw new NfsServerError("this machine's kernel cannot serve NFS");
      const text = (await files.read("/etc/exports"))?.content.toString("latin1") ?? "";
      const table = readWrittenExports(text).map(
        ({ path, clients, options }) => `${path.replaceAll(" ", "\\040")}\t${clients}(${options.join(",")})`,
      );
      state = { enabled: true, running: true, exports: parseExportTable(table.join("\n")) };
    },
  };
}
