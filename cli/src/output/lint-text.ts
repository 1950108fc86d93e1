import type { LintProblem } from "../lint/lint-problem.ts";
import { printable } from "./printable.ts";

/** Renders what was found in a hostfile, a line each, as compilers do. Pure. */
export function renderLint(file: string, problems: readonly LintProblem[]): string {
  return problems.map((problem) => `${lineOf(file, problem)}\n`).join("");
}

function lineOf(file: string, { line, column, severity, rule, message, misreadBy }: LintProblem): string {
  return printable(`${file}:${line}:${column}: ${severity}: ${message} (${[rule, ...misreadBy].join(", ")})`);
}
