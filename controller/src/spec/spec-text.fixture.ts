import { InvalidSpecError } from "./cluster-spec.ts";
import { formatProblems } from "./format-problems.ts";
import { parseClusterSpec } from "./parse-cluster-spec.ts";

/** The shortest spec there is. */
export const minimal = "nodes: { primary: { address: 192.168.56.10 } }\n";

/** A spec of one primary and a node with this name. */
export const named = (name: string) =>
  `nodes:\n  primary: { address: 192.168.56.10 }\n  ${name}: { address: 192.168.56.11 }\n`;

/** The shortest spec with further lines before it. */
export const withField = (line: string) => `${line}\n${minimal}`;

/** The problems of a text as lines without the file's name. */
export function problemsOf(text: string): readonly string[] {
  try {
    parseClusterSpec(text);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    return formatProblems("", error.problems).map((line) => line.slice(1));
  }
}
