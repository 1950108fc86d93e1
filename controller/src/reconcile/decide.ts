import type { DesiredState } from "@cowherd/proto";
import type { ClusterState, PublishedHostfile } from "../state/cluster-state.ts";

/** One step towards the fixed point. */
export type Action =
  | {
      readonly type: "set-desired-state";
      readonly node: string;
      readonly desired: DesiredState;
      readonly roster: number;
    }
  | { readonly type: "admit"; readonly node: string }
  | { readonly type: "withdraw"; readonly node: string }
  | { readonly type: "publish-hostfile"; readonly hostfile: PublishedHostfile };

/** Lists what must be done next; empty at the fixed point. */
export declare function decide(state: ClusterState): readonly Action[];
