import type { Path } from "./yaml-document.ts";

/** Something that does not hold between fields, each of which may be well-formed. */
export type RuleBreach = {
  readonly path: Path;
  readonly place: "key" | "value";
  readonly message: string;
  /** Where the other half of the contradiction stands. */
  readonly other?: Path;
};
