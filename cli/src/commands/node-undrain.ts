import { printable } from "../output/printable.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl node undrain`, which some call uncordon. */
export function addNodeUndrain(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("undrain")
    .alias("uncordon")
    .description("let a drained node back into the hostfile, once it is fit")
    .argument("<name>", 'as "cowctl status" shows it')
    .addHelpText("after", examples("cowctl node undrain secondary1"))
    .action((name) => undrainNode(cowctl, name));
}

async function undrainNode(cowctl: Cowctl, name: string): Promise<void> {
  using link = await cowctl.connect();
  await link.undrainNode(name, cowctl.signal);
  cowctl.stderr.write(`node ${printable(name)} is not drained any more\n`);
}
