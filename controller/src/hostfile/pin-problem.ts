import type { SpecProblem } from "../spec/cluster-spec.ts";

/** No such generation was ever published, or it is not kept any more. */
export class UnknownGenerationError extends Error {
  override readonly name = "UnknownGenerationError";
}

/** No node that the pin names is fit now, and a hostfile is never without entries. The message names each with its reason. */
export class NobodyFitError extends Error {
  override readonly name = "NobodyFitError";
}

/** The hostfile is held, and a pin would have to wait for that: which lines it takes must not depend on how the hold ends. */
export class HostfileHeldError extends Error {
  override readonly name = "HostfileHeldError";
}

/** A text that cannot be the hostfile. Nothing was changed. `problems` is never empty; their path is. */
export class InvalidHostfileError extends Error {
  override readonly name = "InvalidHostfileError";
  readonly problems: readonly SpecProblem[];

  constructor(problems: readonly SpecProblem[]) {
    super(
      `the hostfile cannot be adopted: ${problems.map(({ line, message }) => `line ${line}: ${message}`).join("; ")}`,
    );
    this.problems = problems;
  }
}
