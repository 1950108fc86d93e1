import { join } from "node:path";
import type { DesiredState } from "@cowherd/proto";
import type { Files } from "../host/files.ts";
import { compareVersions } from "./version.ts";

/** What became of a desired state that was handed to the journal. */
export type Taken = "kept" | "repeated" | "older";

/** How a desired state lies on the disk: the wire's bytes. */
export type DesiredStateCodec = {
  encode(state: DesiredState): Uint8Array;
  /** Throws InvalidDesiredStateError for what is not whole. */
  decode(bytes: Uint8Array): DesiredState;
};

/**
 * The last desired state, kept through restarts and power cuts.
 *
 * Invariant: (epoch, generation) never goes back. One file per cluster, so that a machine
 * which moves to another cluster does not measure its states against the old one's.
 */
export interface DesiredStateJournal {
  /** Reads the last desired state. Undefined before the first; throws InvalidDesiredStateError for a damaged one. */
  read(): Promise<DesiredState | undefined>;

  /**
   * Keeps a state that is newer than the last one. On return it survives a power cut.
   *
   * Rejects with FilesError when the disk refuses it; the state is the last one all the
   * same, and is written when it is repeated.
   */
  take(state: DesiredState): Promise<Taken>;
}

/** Opens the journal in the agent's state folder, for the cluster whose CA has this fingerprint. */
export function createDesiredStateJournal(deps: {
  readonly files: Files;
  readonly stateFolder: string;
  /** In lower-case hexadecimal. */
  readonly authorityFingerprint: string;
  readonly codec: DesiredStateCodec;
  readonly owner: { readonly uid: number; readonly gid: number };
}): DesiredStateJournal {
  const { files, codec, owner } = deps;
  const path = join(deps.stateFolder, `desired-state-${deps.authorityFingerprint.slice(0, 16)}.binpb`);
  let last: DesiredState | undefined;
  let unsaved = false;

  return {
    async read() {
      const file = await files.read(path);
      if (file !== undefined) last = codec.decode(file.content);
      return last;
    },

    async take(state) {
      const order = last === undefined ? 1 : compareVersions(state, last);
      if (order < 0) return "older";
      const repeated = order === 0 && state.revision === last?.revision;
      if (repeated && !unsaved) return "repeated";
      unsaved = true;
      last = state; // also when the disk is full: a state that is true in memory beats an old one on disk
      await files.replace(path, { content: Buffer.from(codec.encode(state)), mode: 0o600, ...owner });
      unsaved = false;
      return repeated ? "repeated" : "kept";
    },
  };
}
