import { renderApplied } from "../output/applied-text.ts";
import { type Cowctl, examples, type ParentCommand, specKeys } from "./cowctl.ts";
import { tokenCreateLine } from "./join-line.ts";
import { namingFile, readSpecFile } from "./spec-file.ts";

/** Adds `cowctl apply`. */
export function addApply(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("apply")
    .description("replace the cluster spec; all of it is taken, or nothing")
    .requiredOption("-f, --file <cluster.yaml>", "the cluster spec")
    .addHelpText(
      "after",
      specKeys + examples("cowctl plan -f cluster.yaml     # look first", "cowctl apply -f cluster.yaml"),
    )
    .action(({ file }) => applySpec(cowctl, file));
}

async function applySpec(cowctl: Cowctl, name: string): Promise<void> {
  const file = await readSpecFile(name);
  using link = await cowctl.connect();
  const applied = await namingFile(file, link.apply(file.text, cowctl.signal));
  cowctl.stdout.write(renderApplied(applied));
  for (const node of applied.added) cowctl.stderr.write(`to join ${node}: ${tokenCreateLine(node)}\n`);
}
