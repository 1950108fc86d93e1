import type { NodeFacts } from "./cluster-state.ts";

/** Facts as they came, with nothing checked. The wire's message fits. */
export type ReportedFacts = {
  readonly hostname: string;
  readonly machineId: string;
  readonly os?:
    | { readonly id: string; readonly versionId: string; readonly kernel: string; readonly architecture: string }
    | undefined;
  readonly processors?:
    | {
        readonly online: number;
        readonly schedulable: number;
        readonly quota?: number | undefined;
        readonly cores: number;
      }
    | undefined;
  readonly memoryBytes: bigint;
  readonly interfaces: readonly {
    readonly name: string;
    readonly mac: string;
    readonly addresses: readonly string[];
  }[];
  readonly hostKeys: readonly string[];
  readonly userKeys: readonly { readonly user: string; readonly key: string }[];
  readonly agentVersion: string;
};

/** `user` is the cluster user's name: the keys of others are dropped. */
export type FactsLimits = { readonly maxSlots: number; readonly user: string };

/** Facts that cannot be: out of range, or made to be misread. Names the field; never quotes what is unprintable. */
export class FactsRefusedError extends Error {
  override readonly name = "FactsRefusedError";
  /** "processors.online". */
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.field = field;
  }
}

/** Parses what an agent says of its machine. Throws FactsRefusedError; its message is fit for `status`. */
export declare function parseFacts(reported: ReportedFacts, limits: FactsLimits): NodeFacts;
