import { type Figure, meetsGoal, type PartReport } from "./figure.ts";

const header = ["", "", "median", "min", "max", "goal"];

/** Renders the parts for people: a table each, a line for each figure. */
export function formatReport(parts: readonly PartReport[]): string {
  return parts.map(({ about, figures }) => `${about}\n${formatTable([header, ...figures.map(cells)])}`).join("\n");
}

/** Renders the parts as JSON: each figure with whether its goal is met, where it has one. */
export function formatJson(parts: readonly PartReport[]): string {
  const judged = parts.map(({ figures, ...part }) => ({
    ...part,
    figures: figures.map((figure) => (figure.goal === undefined ? figure : { ...figure, met: meetsGoal(figure) })),
  }));
  return `${JSON.stringify({ parts: judged }, undefined, 2)}\n`;
}

function cells(figure: Figure): readonly string[] {
  const { what, unit, measured, goal } = figure;
  const verdict = goal === undefined ? "" : meetsGoal(figure) ? "pass" : "FAIL";
  const [median, ...ends] = [measured.median, measured.min, measured.max].map(formatNumber);
  return [verdict, what, `${median} ${unit}`.trimEnd(), ...ends, formatGoal(goal)];
}

function formatGoal(goal: Figure["goal"]): string {
  if (goal === undefined) return "";
  return "atMost" in goal ? `at most ${formatNumber(goal.atMost)}` : `at least ${formatNumber(goal.atLeast)}`;
}

function formatNumber(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
