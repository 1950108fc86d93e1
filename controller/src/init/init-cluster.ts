import { createAuthority } from "../identity/certificate-authority.ts";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import { initialState } from "../state/initial-state.ts";
import type { OpenStore } from "../store/cluster-store.ts";
import { makeClusterFolder } from "./cluster-folder.ts";

/**
 * Makes a cluster of the text of a cluster.yaml: its authority, and its store with the spec.
 *
 * Throws InvalidSpecError or AlreadyInitialisedError, and then nothing was changed. The
 * epoch is the time, so that agents prefer a rebuilt store to the one that was lost.
 */
export async function initCluster(stateFolder: string, text: string, now: Date, openStore: OpenStore): Promise<void> {
  const spec = parseClusterSpec(text);
  const authority = await createAuthority(spec.name, now);
  await makeClusterFolder(stateFolder, authority, (database) => {
    const store = openStore(database);
    try {
      const state = initialState(spec, BigInt(now.getTime()));
      store.commit({ state, tokens: new Map(), operators: new Map() });
    } finally {
      store.close();
    }
  });
}
