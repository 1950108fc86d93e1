import { type HostfileWord, isHostfileWord } from "@cowherd/proto";
import { everyMpi, type HostfileForm, type LintProblem, openMpi } from "./lint-problem.ts";

type Found = Pick<LintProblem, "severity" | "rule" | "message" | "misreadBy">;

/** Says what is wrong with the name of a host alone; the first thing where there are more. */
export function hostProblems(line: number, host: HostfileWord, form: HostfileForm): readonly LintProblem[] {
  const found = problemOfAny(host.text) ?? (form === "mpich" ? problemOfMpich(host.text) : problemOfOpenMpi(host.text));
  return found === undefined ? [] : [{ line, column: host.column, ...found }];
}

function problemOfAny(name: string): Found | undefined {
  if (name.startsWith("\u{feff}")) {
    return error("H5", "the file begins with a byte order mark, which becomes a part of the first name", everyMpi);
  }
  if (/[^\u0021-\u007e]/.test(name))
    return error("H5", `${name} has characters that are no part of a host name`, everyMpi);
  if (name.split(":").length > 2) {
    return error("H28", `${name} is an IPv6 address: Open MPI warns of it, and MPICH splits it at the wrong colon`, [
      "Open MPI 4.1",
      "MPICH",
    ]);
  }
  const count = name.split(":")[1];
  if (count !== undefined && !/^0*[1-9]\d*$/.test(count)) {
    return error(
      "H20",
      `"${count}" is no number of processes: MPICH dies of it, and Open MPI takes it for a part of the name`,
      everyMpi,
    );
  }
  return undefined;
}

function problemOfMpich(name: string): Found | undefined {
  return name.includes(":") || !name.includes("=")
    ? undefined
    : error("H19", `${name} is a setting of Open MPI's`, ["MPICH"]);
}

function problemOfOpenMpi(name: string): Found | undefined {
  const [host = "", count] = name.split(":");
  if (count !== undefined && host.includes(".")) {
    return error("H18", `":${count}" is MPICH's form and silently left out: write ${host} slots=${count}`, openMpi);
  }
  if (count !== undefined) {
    return error(
      "H17",
      `${name} is MPICH's form, and all of it the name of one host here: write ${host} slots=${count}`,
      openMpi,
    );
  }
  if (name.startsWith("^")) return error("H26", `${name}: a host cannot be left out here`, openMpi);
  if (/^\d+$/.test(name)) return error("H23", `${name} is read as a number, and so as another name`, openMpi);
  if (name === "rank") return error("H22", "a host named rank makes the line one of a rank file", openMpi);
  if (isHostfileWord(name)) return error("H21", `${name} is a word of the hostfile's own grammar`, openMpi);
  if (name.includes("_"))
    return error("H24", `"_" in ${name} is an illegal character to the launcher`, ["Open MPI 4.1"]);
  if (/[A-Z]/.test(name)) {
    return {
      severity: "warning",
      rule: "H27",
      message: `${name} and ${name.toLowerCase()} are two hosts here, and one to the network`,
      misreadBy: openMpi,
    };
  }
  return undefined;
}

function error(rule: string, message: string, misreadBy: Found["misreadBy"]): Found {
  return { severity: "error", rule, message, misreadBy };
}
