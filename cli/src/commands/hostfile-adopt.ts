import { HostfileRefusedError } from "../link/link-error.ts";
import { renderJson } from "../output/json.ts";
import { renderPinned } from "../output/pinned-text.ts";
import { InvalidHostfileError, NoHostfileError } from "./command-error.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { outputOption } from "./output-option.ts";
import { readTextFile } from "./text-file.ts";

const meaning = `
What the text lists becomes the hostfile, in its order and with its slots, and stays it: nodes that
it leaves out do not enter. Only nodes of cluster.yaml can be listed, each once, with slots=N up to
maxSlots; a node that is not fit is never listed.
`;

/** Adds `cowctl hostfile adopt`. */
export function addHostfileAdopt(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("adopt")
    .description("make an edit of the hostfile by hand hold, which was taken back")
    .argument("[file]", 'the edited text (default: the last edit, which stands beside the hostfile as ".edited")')
    .addOption(outputOption("text"))
    .addHelpText("after", meaning + examples("sudo cowctl hostfile adopt", "cowctl hostfile adopt ./hostfile"))
    .action((file, { output }) => adopt(cowctl, file, output));
}

async function adopt(cowctl: Cowctl, name: string | undefined, form: "text" | "json"): Promise<void> {
  using link = await cowctl.connect();
  const path = name ?? `${await hostfilePath()}.edited`;
  const file = await readTextFile(path);
  try {
    const pinned = await link.adoptHostfile(file.text, cowctl.signal);
    cowctl.stdout.write(form === "json" ? renderJson(pinned) : renderPinned(pinned, file.name));
  } catch (error) {
    if (error instanceof HostfileRefusedError) throw new InvalidHostfileError(file.name, error.problems);
    throw error;
  }

  async function hostfilePath(): Promise<string> {
    const hostfile = await link.getHostfile(cowctl.signal);
    if (hostfile === undefined) throw new NoHostfileError("there is no hostfile yet: no node has been ready so far");
    return hostfile.path;
  }
}
