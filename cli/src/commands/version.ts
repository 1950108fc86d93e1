import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl version`. */
export function addVersion(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("version")
    .description("print the version of cowctl, and of the controller")
    .addHelpText("after", examples("cowctl version", "cowctl --version    # asks no controller"))
    .action(() => printVersions(cowctl));
}

/** Prints its own version whether or not a controller answers. */
async function printVersions(cowctl: Cowctl): Promise<void> {
  cowctl.stdout.write(`cowctl ${cowctl.version}\n`);
  using link = await cowctl.connect();
  const { version, cluster } = await link.getVersion(cowctl.signal);
  cowctl.stdout.write(`controller ${version}, cluster ${cluster}\n`);
}
