import { printable } from "../output/printable.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl token revoke`. */
export function addTokenRevoke(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("revoke")
    .description("make a token worthless; a machine that joined with it stays")
    .argument("<id>", 'as "cowctl token list" shows it')
    .addHelpText("after", examples("cowctl token revoke 4f2a"))
    .action((id) => revokeToken(cowctl, id));
}

async function revokeToken(cowctl: Cowctl, id: string): Promise<void> {
  using link = await cowctl.connect();
  await link.revokeToken(id, cowctl.signal);
  cowctl.stderr.write(`token ${printable(id)} is worthless now\n`);
}
