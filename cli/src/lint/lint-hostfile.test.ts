import { renderHostfile } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lintHostfile } from "./lint-hostfile.ts";
import type { HostfileForm, LintProblem } from "./lint-problem.ts";

/** "line:column severity rule, misreaders" of each problem. */
function lint(text: string, form: HostfileForm = "open-mpi"): readonly string[] {
  return lintHostfile(text, form).map(told);
}

function told({ line, column, severity, rule, misreadBy }: LintProblem): string {
  return `${line}:${column} ${severity} ${rule}${misreadBy.map((mpi) => `, ${mpi}`).join("")}`;
}

const both = ", Open MPI 4.1, Open MPI 5";
const all = `${both}, MPICH`;

/** The cases of the table of measured hostfiles, each with a file that shows it and what is said of it. */
const cases: readonly (readonly [name: string, text: string, problems: readonly string[]])[] = [
  ["H1: a line that ends as Windows ends lines", "a slots=1\r\nb slots=1\n", [`1:1 error H1${both}`]],
  ["H1: a comment that does", "a slots=1\n# c\r\n", [`2:4 error H1${both}`]],
  ["H2: a last line without a newline", "a slots=3", ["1:1 warning H2"]],
  ["H3: a comment without a newline at the end", "a slots=1\n# end", [`2:1 error H3${both}`]],
  ["H3: also behind a host", "a slots=1 # end", ["1:11 warning H4, MPICH", `1:11 error H3${both}`]],
  ["H4: a comment behind a host", "a slots=1 # mine\n", ["1:11 warning H4, MPICH"]],
  ["H5: a byte order mark", "\u{feff}a slots=1\n", [`1:1 error H5${all}`]],
  ["H5: a name with other letters", "kn\u{f6}ten slots=1\n", [`1:1 error H5${all}`]],
  ["H6: a host that is there twice with slots", "a slots=1\nb slots=1\na slots=1\n", [`3:1 error H6${both}`]],
  ["H6: also where only one of them has slots", "a\na slots=1\n", [`2:1 error H6${both}`]],
  ["H7: a host that is there twice without slots", "a\na\n", ["2:1 warning H7"]],
  ["H8: localhost beside a name", "a slots=1\nlocalhost slots=1\n", [`2:1 error H8${both}`]],
  ["H8: the loopback address beside a name", "127.0.0.1 slots=1\na slots=1\n", [`1:1 error H8${both}`]],
  ["H9: an address beside a name", "a slots=1\n10.0.0.2 slots=1\n", [`2:1 warning H9${both}`]],
  ["H10: two names with one short name", "n1.a slots=1\nn1.b slots=1\n", [`2:1 error H10${both}`]],
  ["H11: a host without slots among others", "a slots=0\nb slots=1\n", [`1:1 warning H11${both}`]],
  ["H11: no slots at all", "a slots=0\nb slots=0\n", [`1:1 error H11${both}`]],
  ["H12: an empty file", "", [`1:1 error H12${all}`]],
  ["H12: comments alone", "# nobody\n\n", [`1:1 error H12${all}`]],
  ["H13: slots below zero", "a slots=-1\n", [`1:9 error H13${both}`]],
  ["H13: part of a slot", "a slots=2.5\n", [`1:9 error H13${both}`]],
  ["H13: slots in words", "a slots=two\n", [`1:9 error H13${both}`]],
  ["H13: slots in quotes", 'a slots="2"\n', [`1:9 error H13${both}`]],
  ["H13: slots that are left out", "a slots=\n", [`1:9 error H13${both}`]],
  ["H14: more slots than the parser's number holds", "a slots=99999999999\n", [`1:9 error H14${both}`]],
  ["H15: SLOTS in capitals", "a SLOTS=2\n", [`1:3 error H15${both}`]],
  ["H15: slot for slots", "a slot=2\n", [`1:3 error H15${both}`]],
  ["H15: a word that is no setting", "a slots=2 b\n", [`1:11 error H15${both}`]],
  ["H15: a sign without a word", "a =2\n", [`1:3 error H15${both}`]],
  ["H16: blanks and tabs around the sign, which are fine", "a slots = 2\nb\tslots=2\n", []],
  ["H17: MPICH's form", "node:4\n", [`1:1 error H17${both}`]],
  ["H18: MPICH's form behind a dot", "node.cluster:4\n", [`1:1 error H18${both}`]],
  ["H20: no processes", "node:0\n", [`1:1 error H20${all}`]],
  ["H20: processes in words", "node:two\n", [`1:1 error H20${all}`]],
  ["H21: a host named as a word of the grammar", "cpu slots=1\n", [`1:1 error H21${both}`]],
  ["H21: also with an underscore in it", "max_slots slots=1\n", [`1:1 error H21${both}`]],
  ["H22: a host named rank", "rank slots=1\n", [`1:1 error H22${both}`]],
  ["H23: a name of digits", "01 slots=1\n", [`1:1 error H23${both}`]],
  ["H24: an underscore in a name", "node_1 slots=1\n", ["1:1 error H24, Open MPI 4.1"]],
  ["H25: fewer slots at most than slots", "a slots=4 max_slots=2\n", [`1:11 error H25${both}`]],
  [
    "H25: also in its other spellings, and as many are fine",
    "a slots=4 slots-max=2\nb slots=2 max-slots=2\n",
    [`1:11 error H25${both}`],
  ],
  ["H26: a host that is left out", "^a slots=1\n", [`1:1 error H26${both}`]],
  ["H27: a capital letter", "Node1 slots=1\n", [`1:1 warning H27${both}`]],
  [
    "H27: one host in two spellings",
    "node1 slots=1\nNode1 slots=1\n",
    [`2:1 error H27${both}`, `2:1 warning H27${both}`],
  ],
  ["H28: an IPv6 address", "fe80::1 slots=1\n", ["1:1 error H28, Open MPI 4.1, MPICH"]],
];

describe("lint", () => {
  it.each(cases)("%s", (_name, text, problems) => {
    expect(lint(text)).toEqual(problems);
  });

  it.each([
    ["H19: Open MPI's settings", "a slots=2\nb:2 c\n", ["1:3 error H19, MPICH", "2:5 error H19, MPICH"]],
    ["H19: a setting in place of a host", "slots=2\n", ["1:1 error H19, MPICH"]],
    ["H20: no processes", "a:2\nb:0\n", [`2:1 error H20${all}`]],
    ["H28: an IPv6 address", "::1:2\n", ["1:1 error H28, Open MPI 4.1, MPICH"]],
    ["H12: nobody", "\n", [`1:1 error H12${all}`]],
    ["nothing in its own form", "# ours\na:2\nb.c:12\nd\n", []],
  ])("of MPICH's form: %s", (_name, text, problems) => {
    expect(lint(text, "mpich")).toEqual(problems);
  });

  it("has a case for each hostfile of the table that a file's content can show", () => {
    // H29 is about an exit code and H30 about a folder: the command's own tests have them.
    const numbers = Array.from({ length: 28 }, (_, at) => `H${at + 1}:`).filter((number) => number !== "H19:");
    expect(numbers.filter((number) => !cases.some(([name]) => name.startsWith(number)))).toEqual([]);
  });

  it("knows the settings that Open MPI knows, and leaves them alone", () => {
    expect(lint("a slots=2 port=22 user_name=ada\nb count=1 max-count=2\nc cpu=2\n")).toEqual([]);
  });

  it("has nothing to say of any hostfile of Cowherd's", () => {
    const node = fc.stringMatching(/^n[0-9]{1,3}(-[a-z]{1,5})?$/);
    const entry = fc.record({ node, slots: fc.integer({ min: 1, max: 65_536 }) });
    const entries = fc.uniqueArray(entry, { minLength: 1, selector: (one) => one.node });
    fc.assert(
      fc.property(entries, (any) => {
        expect(lint(renderHostfile({ generation: 3n, entries: any }))).toEqual([]);
      }),
    );
  });

  it("has an answer to any text, in the file's order, and each place is in the file", () => {
    const unit = fc.constantFrom(
      "a",
      "B",
      "0",
      "1",
      "=",
      "#",
      ":",
      ".",
      "_",
      "^",
      " ",
      "\t",
      "\n",
      "\r",
      "slots=",
      "\u{feff}",
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), fc.constantFrom("open-mpi", "mpich"), (text, form) => {
        const problems = lintHostfile(text, form);
        const rows = text.split("\n");
        for (const { line, column, message } of problems) {
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((rows[line - 1]?.length ?? 0) + 1);
          expect(message).not.toBe("");
        }
        const places = problems.map(({ line, column }) => line * 1_000 + column);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });
});
