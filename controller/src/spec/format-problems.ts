import type { SpecProblem } from "./cluster-spec.ts";

/** Writes each problem as one line that editors can jump to: "cluster.yaml:4:7: nodes.vm_1: …". */
export function formatProblems(fileName: string, problems: readonly SpecProblem[]): readonly string[] {
  return problems.map(({ line, column, path, message }) =>
    [`${fileName}:${line}:${column}`, path, message].filter((part) => part !== "").join(": "),
  );
}
