import { printable } from "../output/printable.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { parseDuration } from "./duration.ts";

const promise = `
The node leaves the hostfile at once; what runs there goes on to its end, and no rank is ever
killed. "cowctl status" tells how many still run. A drain outlasts restarts of everything, and
is forgotten when the node is removed.
`;

/** Adds `cowctl node drain`, which some call cordon. */
export function addNodeDrain(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("drain")
    .alias("cordon")
    .description("take a node out of the hostfile, for its upkeep; nothing that runs there is ended")
    .argument("<name>", 'as "cowctl status" shows it')
    .requiredOption("--reason <text>", 'why, for whoever reads "cowctl status"')
    .option("--deadline <duration>", "after how long ranks that still run there are overdue", parseDuration)
    .addHelpText(
      "after",
      promise +
        examples(
          'cowctl node drain secondary1 --reason "new disk"',
          'cowctl node drain secondary1 --reason "new disk" --deadline 30m',
        ),
    )
    .action((name, { reason, deadline }) => drainNode(cowctl, name, reason, deadline));
}

async function drainNode(cowctl: Cowctl, name: string, reason: string, deadlineMs: number | undefined): Promise<void> {
  using link = await cowctl.connect();
  const seconds = deadlineMs === undefined ? undefined : deadlineMs / 1_000;
  const { listed } = await link.drainNode(name, reason, seconds, cowctl.signal);
  const node = printable(name);
  const what = listed
    ? 'is drained, and keeps its line in the hostfile so far: "cowctl status" tells why'
    : "is out of the hostfile; what runs there goes on";
  cowctl.stderr.write(`node ${node} ${what}\n`);
}
