import { splitHostfile } from "@cowherd/proto";
import { fileProblems } from "./file-problems.ts";
import { lineProblems } from "./line-problems.ts";
import type { HostfileForm, LintProblem } from "./lint-problem.ts";

/**
 * Lists everything in a hostfile that an MPI would misread, in the order of the file. Pure.
 *
 * What it knows was measured on Open MPI 4.1.4 and 5.0.7 and MPICH 4.0.2, case by case; the
 * numbers of the cases are those of its tests.
 */
export function lintHostfile(text: string, form: HostfileForm): readonly LintProblem[] {
  const lines = splitHostfile(text);
  const problems = [...fileProblems(lines, form), ...lines.flatMap((line) => lineProblems(line, form))];
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
