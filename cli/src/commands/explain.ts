import { renderJson } from "../output/json.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { outputOption } from "./output-option.ts";

const columns = `
RESULT  holds; failed; missing: not tried yet; stale: what it rested on (the node's presence, its
        keys, the user, the shared folder, an MPI) is not so any more, so it counts for nothing
AGE     how long ago the answer came; those of a ready node are made anew every five minutes
TOOK    how long it took
A node is in the hostfile once every proof holds, and leaves it when one fails twice in a row.
`;

/** Adds `cowctl explain`. */
export function addExplain(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("explain")
    .description("tell why a node stands where it stands: what was proved of it, what is in its way, what to do")
    .argument("<node>", 'as "cowctl status" shows it')
    .addOption(outputOption("text"))
    .addHelpText("after", columns + examples("cowctl explain secondary1", "cowctl explain secondary1 -o json"))
    .action((node, { output }) => explain(cowctl, node, output));
}

async function explain(cowctl: Cowctl, node: string, form: "text" | "json"): Promise<void> {
  using link = await cowctl.connect();
  const explanation = await link.explainNode(node, cowctl.signal);
  if (form === "json") return cowctl.stdout.write(renderJson(explanation));
  const { renderExplanation } = await import("../output/explanation-text.ts");
  cowctl.stdout.write(renderExplanation(explanation, cowctl.paint));
}
