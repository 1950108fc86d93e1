import { renderHostfile } from "@cowherd/proto";
import type { OperatorLink, PublishedHostfile } from "../link/operator-link.ts";
import { renderJson } from "../output/json.ts";
import { printableLines } from "../output/printable.ts";
import { NoHostfileError } from "./command-error.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { findGeneration, parseGenerationNumber } from "./generation.ts";
import { outputOption } from "./output-option.ts";

/** Adds `cowctl hostfile show`, which is what `cowctl hostfile` does. */
export function addHostfileShow(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("show", { isDefault: true })
    .description("print the hostfile as it stands on the primary's disk, or an earlier one")
    .argument("[generation]", 'as "cowctl hostfile history" shows it', parseGenerationNumber)
    .addOption(outputOption("text"))
    .addHelpText("after", examples("cowctl hostfile", "cowctl hostfile show 12", "cowctl hostfile show -o json"))
    .action((generation, { output }) => showHostfile(cowctl, generation, output));
}

async function showHostfile(cowctl: Cowctl, generation: bigint | undefined, form: "text" | "json"): Promise<void> {
  using link = await cowctl.connect();
  const hostfile = await askHostfile(link, generation, cowctl.signal);
  if (form === "json") return cowctl.stdout.write(renderJson(hostfile));
  cowctl.stderr.write(`generation ${hostfile.generation} of ${hostfile.path}\n`);
  cowctl.stdout.write(cowctl.stdout.isTerminal ? printableLines(hostfile.text) : hostfile.text);
}

async function askHostfile(
  link: OperatorLink,
  generation: bigint | undefined,
  signal: AbortSignal,
): Promise<PublishedHostfile> {
  const current = await link.getHostfile(signal);
  if (current === undefined) throw new NoHostfileError("there is no hostfile yet: no node has been ready so far");
  if (generation === undefined || generation === current.generation) return current;
  const { entries } = findGeneration(await link.listHostfileGenerations(signal), generation);
  return { generation, path: current.path, entries, text: renderHostfile({ generation, entries }) };
}
