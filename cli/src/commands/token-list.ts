import { renderJson } from "../output/json.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { outputOption } from "./output-option.ts";

/** Adds `cowctl token list`. */
export function addTokenList(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("list")
    .description("list the tokens, without their secrets")
    .addOption(outputOption("table"))
    .addHelpText("after", examples("cowctl token list", "cowctl token list -o json"))
    .action(({ output }) => listTokens(cowctl, output));
}

async function listTokens(cowctl: Cowctl, form: "table" | "json"): Promise<void> {
  using link = await cowctl.connect();
  const tokens = await link.listTokens(cowctl.signal);
  if (form === "json") return cowctl.stdout.write(renderJson({ tokens }));
  if (tokens.length === 0) return cowctl.stderr.write("there are no tokens\n");
  const { renderTokenTable } = await import("../output/token-table.ts");
  cowctl.stdout.write(renderTokenTable(tokens));
}
