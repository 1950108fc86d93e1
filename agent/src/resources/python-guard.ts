import { pythonVersionProblem } from "@cowherd/proto";
import { guard, isPlainPath } from "./spec-guard.ts";

/** Refuses a home or a version that would lead elsewhere than below that home, or that a shell reads as more than a word. */
export function guardWho(home: string, version: string): void {
  guard(
    isPlainPath(home) && /^[\w./@+-]+$/.test(home) && !home.split("/").includes(".."),
    () => `${JSON.stringify(home)} is not a home that shells read as one word`,
  );
  const problem = pythonVersionProblem(version);
  guard(problem === undefined, () => `${JSON.stringify(version)} ${problem}`);
}
