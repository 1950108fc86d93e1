import type { Probe as WireProbe } from "./gen/cowherd/v1/agent.ts";

/** A question for evidence that a node can run ranks now. */
export type Probe =
  /** For the primary: can ranks be started on `node`, as `user`, over the path that MPI takes? */
  | {
      readonly kind: "launch";
      readonly node: string;
      /** What the name of `node` must resolve to, dotted IPv4. */
      readonly address: string;
      readonly user: string;
      readonly uid: number;
      readonly gid: number;
      /** The folder that all nodes see. Undefined where there is none. */
      readonly sharedPath: string | undefined;
      /** The name of the primary, where the other rank runs. */
      readonly primary: string;
      /** How long the program that communicates may take. */
      readonly boundMs: number;
    }
  /** For any node: do these names resolve to these addresses there? */
  | { readonly kind: "peers"; readonly peers: readonly { readonly name: string; readonly address: string }[] }
  /** For any node: is a daemon or a rank of `user` left over from a job whose mpirun is gone? Ends what is found if `end`. */
  | { readonly kind: "remnants"; readonly user: string; readonly end: boolean };

/** A probe that this version does not know, and so cannot answer. */
export class InvalidProbeError extends Error {
  override readonly name = "InvalidProbeError";
}

/** Parses a probe from the wire. Throws InvalidProbeError for an unknown kind. */
export function parseProbe({ kind }: WireProbe): Probe {
  switch (kind?.$case) {
    case "launch": {
      const { node, address, user, uid, gid, sharedPath, primary, boundMs } = kind.value;
      return { kind: "launch", node, address, user, uid, gid, sharedPath, primary, boundMs };
    }
    case "peers":
      return { kind: "peers", peers: kind.value.peers.map(({ name, address }) => ({ name, address })) };
    case "remnants":
      return { kind: "remnants", user: kind.value.user, end: kind.value.end };
    case undefined:
      throw new InvalidProbeError("the probe is of a kind that this version does not know");
  }
}

/** Brings a probe into the wire's form. `id` is what its answer will bear. */
export function toWireProbe(id: string, probe: Probe): WireProbe {
  switch (probe.kind) {
    case "launch": {
      const { kind, ...value } = probe;
      return { id, kind: { $case: kind, value } };
    }
    case "peers":
      return { id, kind: { $case: probe.kind, value: { peers: probe.peers.map((peer) => ({ ...peer })) } } };
    case "remnants":
      return { id, kind: { $case: probe.kind, value: { user: probe.user, end: probe.end } } };
  }
}
