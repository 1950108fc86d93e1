import { printable } from "../output/printable.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl events user remove`. */
export function addEventsUserRemove(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("remove")
    .description("let somebody listen no more; connections that stand are cut")
    .argument("<name>", 'as "cowctl events user list" shows it')
    .addHelpText("after", examples("cowctl events user remove dashboard"))
    .action((name) => removeUser(cowctl, name));
}

async function removeUser(cowctl: Cowctl, name: string): Promise<void> {
  using link = await cowctl.connect();
  await link.removeEventsUser(name, cowctl.signal);
  cowctl.stderr.write(`${printable(name)} may listen no more; the broker cuts it off within seconds\n`);
}
