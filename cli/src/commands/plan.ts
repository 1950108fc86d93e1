import { exitCodes } from "../exit-code.ts";
import type { OperatorLink } from "../link/operator-link.ts";
import { renderJson } from "../output/json.ts";
import { renderPlan, wouldChange } from "../output/plan-text.ts";
import { type Cowctl, examples, type ParentCommand, specKeys } from "./cowctl.ts";
import { outputOption } from "./output-option.ts";
import { namingFile, readSpecFile } from "./spec-file.ts";

/** Adds `cowctl plan`. */
export function addPlan(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("plan")
    .description("show what would change where; nothing is touched")
    .option("-f, --file <cluster.yaml>", "the cluster spec to look at, in place of the one in force")
    .option(
      "--exit-code",
      `exit with ${exitCodes.changes} where something would change, as "git diff --exit-code" does`,
    )
    .addOption(outputOption("text"))
    .addHelpText(
      "after",
      `\nIn the text, ~ is a change, ! what is in its way, and - what is left out for that reason.\n${specKeys}${examples(
        "cowctl plan                     # has anything drifted?",
        "cowctl plan -f cluster.yaml     # what would apply do?",
      )}`,
    )
    .action((options) => showPlan(cowctl, options));
}

type Options = {
  readonly file?: string | undefined;
  readonly exitCode?: true | undefined;
  readonly output: "text" | "json";
};

async function showPlan(cowctl: Cowctl, { file, exitCode, output }: Options): Promise<void> {
  const nodes = await askPlan(cowctl, file);
  cowctl.stdout.write(output === "json" ? renderJson({ nodes }) : renderPlan(nodes, cowctl.paint));
  if (exitCode === true && nodes.some(wouldChange)) cowctl.endWith(exitCodes.changes);
}

async function askPlan(cowctl: Cowctl, name: string | undefined): ReturnType<OperatorLink["plan"]> {
  const file = name === undefined ? undefined : await readSpecFile(name);
  using link = await cowctl.connect();
  if (file === undefined) return await link.plan("", cowctl.signal);
  return await namingFile(file, link.plan(file.text, cowctl.signal));
}
