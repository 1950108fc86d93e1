import { renderJson } from "../output/json.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { outputOption } from "./output-option.ts";

/** Adds `cowctl hostfile history`. */
export function addHostfileHistory(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("history")
    .description("list the last generations of the hostfile, newest first, and what each changed")
    .addOption(outputOption("table"))
    .addHelpText("after", examples("cowctl hostfile history", "cowctl hostfile history -o json"))
    .action(({ output }) => showHistory(cowctl, output));
}

async function showHistory(cowctl: Cowctl, form: "table" | "json"): Promise<void> {
  using link = await cowctl.connect();
  const kept = await link.listHostfileGenerations(cowctl.signal);
  const { hostfileHistory, renderHistory } = await import("../output/hostfile-history.ts");
  const history = hostfileHistory(kept);
  if (form === "json") return cowctl.stdout.write(renderJson({ generations: history }));
  if (history.length === 0) return cowctl.stderr.write("there is no hostfile yet: no node has been ready so far\n");
  cowctl.stdout.write(renderHistory(history));
}
