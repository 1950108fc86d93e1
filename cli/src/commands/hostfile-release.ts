import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl hostfile release`. */
export function addHostfileRelease(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("release")
    .description("let a held hostfile move on without the nodes that fell silent at once")
    .addHelpText("after", examples("cowctl hostfile release"))
    .action(() => releaseHostfile(cowctl));
}

async function releaseHostfile(cowctl: Cowctl): Promise<void> {
  using link = await cowctl.connect();
  await link.releaseHostfile(cowctl.signal);
  cowctl.stderr.write("the hostfile is not held any more\n");
}
