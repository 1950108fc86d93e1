import { type HostfileLine, type HostfileSetting, isHostfileWord } from "@cowherd/proto";
import { type LintProblem, openMpi } from "./lint-problem.ts";

const mostSlots = 2_147_483_647; // what the parsers' own integers hold

/** Words of the grammar that are no settings of a host. */
const noSettings: ReadonlySet<string> = new Set(["rank", "slot"]);

const mostKeys: ReadonlySet<string> = new Set([
  "count-max",
  "cpu-max",
  "max-count",
  "max-cpu",
  "max-slots",
  "slots-max",
]);

/** Says what is wrong with the settings of a line in Open MPI's form. */
export function settingProblems({ line, settings }: HostfileLine): readonly LintProblem[] {
  const found = settings.flatMap((setting) => problemsOf(line, setting));
  const slots = numberOf(settings.find(({ key }) => isSlots(key.text)));
  const most = settings.find(({ key }) => mostKeys.has(spelled(key.text)));
  const limit = numberOf(most);
  if (most === undefined || slots === undefined || limit === undefined || limit >= slots) return found;
  return [...found, error(line, most.key.column, "H25", `${most.key.text}=${limit} is below slots=${slots}`)];
}

/** Reads the slots that a line gives its host. Undefined where it gives none that are a number. */
export function slotsOf({ settings }: HostfileLine): number | undefined {
  return numberOf(settings.find(({ key }) => isSlots(key.text)));
}

function problemsOf(line: number, { key, value }: HostfileSetting): readonly LintProblem[] {
  const name = spelled(key.text);
  if (value === undefined || noSettings.has(name) || !isHostfileWord(name)) {
    const meant = /^slots?$/i.test(key.text) ? "; write slots=N" : "";
    return [error(line, key.column, "H15", `${key.text === "" ? '"="' : key.text} is no setting of a host${meant}`)];
  }
  if (!isSlots(key.text) && !mostKeys.has(name)) return [];
  if (!/^\d+$/.test(value.text)) {
    return [error(line, value.column, "H13", `${key.text}=${value.text} is no whole number of slots`)];
  }
  return Number(value.text) > mostSlots
    ? [
        error(
          line,
          value.column,
          "H14",
          `${key.text}=${value.text} is read as another number: it is above ${mostSlots}`,
        ),
      ]
    : [];
}

/** Open MPI knows three words for it. */
function isSlots(key: string): boolean {
  return key === "slots" || key === "cpu" || key === "count";
}

function spelled(key: string): string {
  return key.replaceAll("_", "-");
}

function numberOf(setting: HostfileSetting | undefined): number | undefined {
  const text = setting?.value?.text ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function error(line: number, column: number, rule: string, message: string): LintProblem {
  return { line, column, severity: "error", rule, message, misreadBy: openMpi };
}
