import type { HostfileLine, HostfileWord } from "@cowherd/proto";
import { everyMpi, type HostfileForm, type LintProblem, openMpi } from "./lint-problem.ts";
import { slotsOf } from "./setting-problems.ts";

/** A host with the line that it is on. */
type Named = { readonly line: HostfileLine; readonly host: HostfileWord };

/** Says what is wrong with a file's lines together. */
export function fileProblems(lines: readonly HostfileLine[], form: HostfileForm): readonly LintProblem[] {
  const named = lines.flatMap((line): readonly Named[] => (line.host === undefined ? [] : [{ line, host: line.host }]));
  if (named.length === 0) return [empty];
  if (form === "mpich") return [];
  return [...zeroProblems(named), ...named.flatMap((one, at) => besideOthers(one, named.slice(0, at), named))];
}

const empty: LintProblem = {
  line: 1,
  column: 1,
  severity: "error",
  rule: "H12",
  message: "it names no host: Open MPI ends, and MPICH runs every rank on the machine where it starts",
  misreadBy: everyMpi,
};

function zeroProblems(named: readonly Named[]): readonly LintProblem[] {
  const without = named.filter(({ line }) => slotsOf(line) === 0);
  if (without.length === named.length) {
    const message = "every host has slots=0: all nodes are already filled before the first rank";
    return without.slice(0, 1).map((one) => at(one, { severity: "error", rule: "H11", message, misreadBy: openMpi }));
  }
  return without.map((one) => {
    const message = `slots=0 leaves ${one.host.text} unused: leave its line out`;
    return at(one, { severity: "warning", rule: "H11", message, misreadBy: openMpi });
  });
}

/** What is wrong with a host because of those before it, or of all. */
function besideOthers(one: Named, before: readonly Named[], all: readonly Named[]): readonly LintProblem[] {
  const { text } = one.host;
  const same = before.find(({ host }) => host.text === text);
  if (same !== undefined) return [twice(one, same)];
  const problems: LintProblem[] = [];
  const add = (problem: Detail) => problems.push(at(one, problem));
  if (isLoopback(text) && all.some(({ host }) => !isLoopback(host.text))) {
    const message = `${text} stands beside other hosts: where one of them is this machine, both are one host twice`;
    add({ severity: "error", rule: "H8", message, misreadBy: openMpi });
  }
  if (isAddress(text) && !isLoopback(text) && all.some(({ host }) => !isAddress(host.text))) {
    const message = `${text} is an address beside names: a host that has both is counted twice, and nobody says so`;
    add({ severity: "warning", rule: "H9", message, misreadBy: openMpi });
  }
  const alike = before.find(({ host }) => shortName(host.text) === shortName(text) && !isAddress(text));
  if (alike !== undefined && text.includes(".") && alike.host.text.includes(".")) {
    const message = `${text} and ${alike.host.text} (line ${alike.line.line}) are one host to Open MPI, by their short name`;
    add({ severity: "error", rule: "H10", message, misreadBy: openMpi });
  }
  const otherCase = before.find(({ host }) => host.text.toLowerCase() === text.toLowerCase());
  if (otherCase !== undefined) {
    const message = `${text} and ${otherCase.host.text} (line ${otherCase.line.line}) are two hosts here, and one to the network`;
    add({ severity: "error", rule: "H27", message, misreadBy: openMpi });
  }
  return problems;
}

function twice(one: Named, first: Named): LintProblem {
  const where = `${one.host.text} is on line ${first.line.line} already`;
  const bare = one.line.settings.length === 0 && first.line.settings.length === 0;
  return bare
    ? at(one, { severity: "warning", rule: "H7", message: `${where}: each line without slots adds one`, misreadBy: [] })
    : at(one, { severity: "error", rule: "H6", message: `${where}: multiple definitions`, misreadBy: openMpi });
}

type Detail = Pick<LintProblem, "severity" | "rule" | "message" | "misreadBy">;

function at({ line, host }: Named, problem: Detail): LintProblem {
  return { line: line.line, column: host.column, ...problem };
}

function isLoopback(name: string): boolean {
  return name === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function isAddress(name: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(name);
}

function shortName(name: string): string {
  return name.split(".", 1).join("");
}
