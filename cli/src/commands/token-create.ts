import { renderJson } from "../output/json.ts";
import { formatTime } from "../output/time.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { parseDuration } from "./duration.ts";
import { joinLine } from "./join-line.ts";
import { outputOption } from "./output-option.ts";

/** Adds `cowctl token create`. */
export function addTokenCreate(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("create")
    .description("make a token and print the line to paste on the machine that is to join")
    .requiredOption("--node <name>", "the node of the cluster spec that the machine is to become")
    .option("--lifetime <duration>", "how long the token may be spent, such as 30m or 2h", parseDuration)
    .addOption(outputOption("text"))
    .addHelpText(
      "after",
      `\nA token joins one machine, once. It is shown now and never again.\n${examples(
        "cowctl token create --node secondary1",
        "cowctl token create --node secondary1 --lifetime 30m",
        'ssh root@vm1 "$(cowctl token create --node secondary1)"',
      )}`,
    )
    .action((options) => createToken(cowctl, options));
}

type Options = { readonly node: string; readonly lifetime?: number | undefined; readonly output: "text" | "json" };

async function createToken(cowctl: Cowctl, { node, lifetime, output }: Options): Promise<void> {
  using link = await cowctl.connect();
  const seconds = lifetime === undefined ? undefined : lifetime / 1_000;
  const created = await link.createToken(node, seconds, cowctl.signal);
  const command = joinLine(created);
  if (output === "json") return cowctl.stdout.write(renderJson({ ...created, node, command }));
  cowctl.stderr.write(`token ${created.id}, for one machine, until ${formatTime(created.expiresAt)}\n`);
  cowctl.stdout.write(`${command}\n`);
}
