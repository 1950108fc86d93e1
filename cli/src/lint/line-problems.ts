import type { HostfileLine } from "@cowherd/proto";
import { hostProblems } from "./host-problems.ts";
import { type HostfileForm, type LintProblem, openMpi } from "./lint-problem.ts";
import { settingProblems } from "./setting-problems.ts";

/** Says what is wrong with one line, whatever the others are. */
export function lineProblems(line: HostfileLine, form: HostfileForm): readonly LintProblem[] {
  return [
    ...(line.host === undefined ? [] : hostProblems(line.line, line.host, form)),
    ...(form === "mpich" ? foreignSettings(line) : settingProblems(line)),
    ...commentProblems(line),
    ...(form === "mpich" ? [] : endProblems(line)),
  ];
}

function foreignSettings({ line, settings }: HostfileLine): readonly LintProblem[] {
  return settings.map(({ key }) => ({
    line,
    column: key.column,
    severity: "error",
    rule: "H19",
    message: `${key.text} is a setting of Open MPI's: write HOST:N`,
    misreadBy: ["MPICH"],
  }));
}

function commentProblems({ line, host, comment }: HostfileLine): readonly LintProblem[] {
  if (host === undefined || comment === undefined) return [];
  const message = "a comment behind a host is read by MPICH 4.0 and, it seems, not by later ones: give it its own line";
  return [{ line, column: comment.column, severity: "warning", rule: "H4", message, misreadBy: ["MPICH"] }];
}

function endProblems({ line, host, comment, end }: HostfileLine): readonly LintProblem[] {
  const last = comment ?? host;
  const column = (last?.column ?? 1) + (comment?.text.length ?? 0);
  if (end === "\r\n") {
    const message = "the line ends as Windows ends lines, with a carriage return";
    return [{ line, column, severity: "error", rule: "H1", message, misreadBy: openMpi }];
  }
  if (end === "\n") return [];
  if (comment !== undefined) {
    const message = "the comment at the end of the file has no newline, and so is a parse error";
    return [{ line, column: comment.column, severity: "error", rule: "H3", message, misreadBy: openMpi }];
  }
  if (host === undefined) return [];
  const message = "the last line has no newline: a file that was cut off amid a number looks the same";
  return [{ line, column: host.column, severity: "warning", rule: "H2", message, misreadBy: [] }];
}
