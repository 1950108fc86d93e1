import { renderJson } from "../output/json.ts";
import { renderPinned } from "../output/pinned-text.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { parseGenerationNumber } from "./generation.ts";
import { outputOption } from "./output-option.ts";

const meaning = `
The entries of that generation become the hostfile, as a new generation, and stay it: nodes that
become ready later do not enter. A node that is not fit is never listed; one that falls silent
leaves and comes back as ever. No node gets more slots than it has processors now.
`;

/** Adds `cowctl hostfile rollback`. */
export function addHostfileRollback(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("rollback")
    .description("go back to an earlier generation of the hostfile, and stay there")
    .argument("<generation>", 'as "cowctl hostfile history" shows it', parseGenerationNumber)
    .addOption(outputOption("text"))
    .addHelpText("after", meaning + examples("cowctl hostfile rollback 12", "cowctl hostfile unpin     # the way back"))
    .action((generation, { output }) => rollBack(cowctl, generation, output));
}

async function rollBack(cowctl: Cowctl, generation: bigint, form: "text" | "json"): Promise<void> {
  using link = await cowctl.connect();
  const pinned = await link.rollBackHostfile(generation, cowctl.signal);
  cowctl.stdout.write(form === "json" ? renderJson(pinned) : renderPinned(pinned, `generation ${generation}`));
}
