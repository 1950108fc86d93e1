import { renderJson } from "../output/json.ts";
import { printableLines } from "../output/printable.ts";
import { NoHostfileError } from "./command-error.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { addHostfileRelease } from "./hostfile-release.ts";
import { outputOption } from "./output-option.ts";

/** Adds `cowctl hostfile`. */
export function addHostfile(parent: ParentCommand, cowctl: Cowctl): void {
  const command = parent
    .command("hostfile")
    .description("print the hostfile as it stands on the primary's disk")
    .addOption(outputOption("text"))
    .addHelpText("after", examples("cowctl hostfile", "mpirun --hostfile <(cowctl hostfile) ./program"))
    .action(({ output }) => printHostfile(cowctl, output));
  addHostfileRelease(command, cowctl);
}

async function printHostfile(cowctl: Cowctl, form: "text" | "json"): Promise<void> {
  using link = await cowctl.connect();
  const hostfile = await link.getHostfile(cowctl.signal);
  if (hostfile === undefined) throw new NoHostfileError("there is no hostfile yet: no node has been ready so far");
  if (form === "json") return cowctl.stdout.write(renderJson(hostfile));
  cowctl.stderr.write(`generation ${hostfile.generation} of ${hostfile.path}\n`);
  cowctl.stdout.write(cowctl.stdout.isTerminal ? printableLines(hostfile.text) : hostfile.text);
}
