import type { Spread } from "./spread.ts";

/** What a figure may be at most, or must be at least. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** One thing that was measured, perhaps several times. */
export type Figure = {
  readonly what: string;
  /** "ms"; empty for a bare number. */
  readonly unit: string;
  readonly measured: Spread;
  /** Undefined where nothing was promised. */
  readonly goal?: Goal | undefined;
};

/** The figures of one part of the bench, and what has to be known to read them. */
export type PartReport = { readonly part: string; readonly about: string; readonly figures: readonly Figure[] };

/** Tells whether every measurement kept to the goal, the worst one too. True without a goal. */
export function meetsGoal({ measured, goal }: Figure): boolean {
  if (goal === undefined) return true;
  return "atMost" in goal ? measured.max <= goal.atMost : measured.min >= goal.atLeast;
}

/** Tells whether every goal of every part is met. */
export function meetsGoals(parts: readonly PartReport[]): boolean {
  return parts.every(({ figures }) => figures.every(meetsGoal));
}
