import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl hostfile unpin`. */
export function addHostfileUnpin(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("unpin")
    .alias("resume")
    .description("let the hostfile follow the nodes again, after rollback or adopt")
    .addHelpText("after", examples("cowctl hostfile unpin"))
    .action(() => unpin(cowctl));
}

async function unpin(cowctl: Cowctl): Promise<void> {
  using link = await cowctl.connect();
  const { wasPinned, generation } = await link.unpinHostfile(cowctl.signal);
  const told = wasPinned ? `it follows the nodes again; generation ${generation} is in force` : "it was not pinned";
  cowctl.stderr.write(`the hostfile: ${told}\n`);
}
