import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { ExitCode } from "../exit-code.ts";
import type { CowctlIo } from "../io.ts";
import type { OperatorLink } from "../link/operator-link.ts";
import type { Paint } from "../output/paint.ts";

/** What a command works with. */
export type Cowctl = CowctlIo & {
  /** Opens a link to the controller that the options name; the caller disposes of it. */
  connect(): Promise<OperatorLink>;
  /** Colours for stdout. */
  readonly paint: Paint;
  /** Ends the program with another code than zero where nothing failed. */
  endWith(code: ExitCode): void;
};

/** A command that another is added to. */
export type ParentCommand = CommandUnknownOpts;

/** Writes the part of a command's help that shows how to use it. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** Where a command's help sends whoever has to write a spec. */
export const specKeys =
  '\nThe keys of cluster.yaml, and what holds where one is left out, are in Cowherd\'s README under "cluster.yaml".\n';
