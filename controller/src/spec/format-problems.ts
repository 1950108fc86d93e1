import type { SpecProblem } from "./cluster-spec.ts";

/** Writes each problem as one line that editors can jump to: "cluster.yaml:4:7: nodes.vm_1: …". */
export declare function formatProblems(fileName: string, problems: readonly SpecProblem[]): readonly string[];
