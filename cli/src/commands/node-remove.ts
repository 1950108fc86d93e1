import { printable } from "../output/printable.ts";
import { DeclinedError, UsageError } from "./command-error.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl node remove`. */
export function addNodeRemove(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("remove")
    .description("take a node's machine out of the cluster; its certificate is refused from then on")
    .argument("<name>", 'as "cowctl status" shows it')
    .option("--yes", "do not ask")
    .addHelpText("after", examples("cowctl node remove secondary1", "cowctl node remove secondary1 --yes"))
    .action((name, { yes }) => removeNode(cowctl, name, yes === true));
}

async function removeNode(cowctl: Cowctl, name: string, sure: boolean): Promise<void> {
  if (!sure) await confirm(cowctl, name);
  using link = await cowctl.connect();
  await link.removeNode(name, cowctl.signal);
  cowctl.stderr.write(`node ${printable(name)} is out of the cluster\n`);
}

async function confirm({ ask, signal }: Cowctl, name: string): Promise<void> {
  if (ask === undefined) throw new UsageError("nobody is there to be asked: say --yes to remove the node");
  const question = `Remove ${printable(name)} from the cluster? It loses its place in the hostfile. [y/N] `;
  const answer = await ask(question, signal);
  if (!/^y(es)?$/i.test(answer.trim())) throw new DeclinedError("nothing was removed");
}
