import { discoverHosts } from "../discovery/discover.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

const meaning = `
Prints HOST:SLOTS, a line each, from the hostfile on this machine's disk, fast and without the
controller; nothing at all, and an exit code, where there is none. Which file that is the primary's
agent notes; elsewhere say --file.
`;

/** Adds `cowctl hostfile discover`. */
export function addHostfileDiscover(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("discover")
    .description("print the hosts as the discovery scripts of elastic launchers do, such as Horovod's")
    .option("--file <hostfile>", "a hostfile in Open MPI's form, in place of the cluster's")
    .addHelpText("after", meaning + examples("cowctl hostfile --discover", "cowctl hostfile discover --file ./hosts"))
    .action(async ({ file }) => cowctl.stdout.write(await discoverHosts(file, cowctl.hostfilePointer)));
}
