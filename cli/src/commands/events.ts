import { eventTypes } from "@cowherd/proto";
import { followEvents } from "../link/follow-events.ts";
import type { EventQuery, EventText } from "../link/operator-link.ts";
import { UsageError } from "./command-error.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { parseDuration } from "./duration.ts";
import { addEventsUser } from "./events-user.ts";
import { outputOption } from "./output-option.ts";

const explanation = `
The controller keeps what became different in the cluster: the last days, over its restarts.
With --follow and without --since, only what comes is shown. A controller that goes away is
awaited, and nothing is left out or shown twice meanwhile.

-o json writes each event in a line of its own, as CloudEvents 1.0 has it; docs/events.md
says what each one holds.

TYPES  ${wrapped(eventTypes)}
`;

/** Adds `cowctl events`. */
export function addEvents(parent: ParentCommand, cowctl: Cowctl): void {
  const command = parent
    .command("events")
    .description("show what became different in the cluster, and when")
    .option("--since <duration>", "only those of the last so long, such as 30m, 1h or 2d", parseDuration)
    .option("--node <node>", "only those about this node")
    .option("--type <type>", 'only those of this type, such as node.ready, or of this kind, such as "node"')
    .option("-f, --follow", "go on showing them as they come")
    .addOption(outputOption("text"))
    .addHelpText(
      "after",
      explanation +
        examples(
          "cowctl events --since 1h",
          "cowctl events --node secondary1 --type node",
          "cowctl events --follow -o json | jq --unbuffered .data",
          "cowctl events user add dashboard     # who listens at the broker",
        ),
    )
    .action(({ since, node, type, follow = false, output }) =>
      events(cowctl, { after: undefined, sinceMs: since, node, type, follow }, output),
    );
  command.hook("preSubcommand", () => {
    const { since, node, type, follow } = command.opts();
    if ([since, node, type, follow].some((given) => given !== undefined))
      throw new UsageError("--since, --node, --type and --follow choose events, and here are none to choose from");
  });
  addEventsUser(command, cowctl, () => command.opts().output);
}

async function events(cowctl: Cowctl, query: EventQuery, form: "text" | "json"): Promise<void> {
  const { renderEvent } = await import("../output/event-text.ts");
  const show = (event: EventText) =>
    cowctl.stdout.write(form === "json" ? `${event.cloudEvent}\n` : renderEvent(event, cowctl.paint));
  if (query.follow) return await follow(cowctl, query, show);
  using link = await cowctl.connect();
  let shown = 0;
  for await (const { kept } of link.listEvents(query, cowctl.signal)) {
    if (kept === undefined) continue;
    show(kept);
    shown += 1;
  }
  if (shown === 0 && form === "text") cowctl.stderr.write("there are no such events\n");
}

async function follow(cowctl: Cowctl, query: EventQuery, show: (event: EventText) => void): Promise<void> {
  let lost = false;
  const onLost = () => {
    if (!lost) cowctl.stderr.write("lost the controller; trying again\n");
    lost = true;
  };
  for await (const event of followEvents({ ...cowctl, onLost }, query, cowctl.signal)) {
    lost = false;
    show(event);
  }
}

/** Lists the names in lines of a help text. */
function wrapped(types: readonly string[]): string {
  const lines: string[] = [];
  for (const type of types) {
    const last = lines.at(-1);
    if (last === undefined || last.length + type.length > 80) lines.push(type);
    else lines[lines.length - 1] = `${last}, ${type}`;
  }
  return lines.join(",\n       ");
}
