import { printable } from "../output/printable.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl node release`. */
export function addNodeRelease(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("release")
    .description("end the quarantine of a node that fell silent too often, and forget how often it did")
    .argument("<name>", 'as "cowctl status" shows it')
    .addHelpText("after", examples("cowctl node release secondary1"))
    .action((name) => releaseNode(cowctl, name));
}

async function releaseNode(cowctl: Cowctl, name: string): Promise<void> {
  using link = await cowctl.connect();
  await link.releaseNode(name, cowctl.signal);
  cowctl.stderr.write(`nothing counts against node ${printable(name)} any more\n`);
}
