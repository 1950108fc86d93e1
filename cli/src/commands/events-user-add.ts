import { resolve } from "node:path";
import { isEventsUserName } from "@cowherd/proto";
import { listeningFiles, renderListening } from "../output/listening-text.ts";
import { UsageError } from "./command-error.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl events user add`. */
export function addEventsUserAdd(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("add")
    .description("make a key that may listen to the events and read their history, and nothing else")
    .argument("<name>", "whom it is for: lower-case letters, digits and -")
    .option(
      "--out <folder>",
      `where to put ${Object.values(listeningFiles).join(" and ")} (default: ./NAME.cowherd-events)`,
    )
    .addHelpText(
      "after",
      `\nThe key is made here and stays here, with mode 0600; the controller learns its public half.\n${examples(
        "cowctl events user add dashboard",
        "cowctl events user add queue --out /etc/queue/cowherd",
      )}`,
    )
    .action((name, { out = `${name}.cowherd-events` }) => addUser(cowctl, name, resolve(out)));
}

async function addUser(cowctl: Cowctl, name: string, folder: string): Promise<void> {
  if (!isEventsUserName(name)) {
    throw new UsageError('a user\'s name is up to 32 lower-case letters, digits and -, and not "controller"');
  }
  const { createUser } = await import("nkeys.js");
  const { requireFreshFolder, writeNewFiles } = await import("../operator/new-files.ts");
  await requireFreshFolder(folder, Object.values(listeningFiles));
  const pair = createUser();
  using link = await cowctl.connect();
  const place = await link.addEventsUser(name, pair.getPublicKey(), cowctl.signal);
  const seed = new TextDecoder().decode(pair.getSeed());
  await writeNewFiles(folder, [
    { name: listeningFiles.seed, content: `${seed}\n`, mode: 0o600 },
    { name: listeningFiles.authority, content: place.authority, mode: 0o644 },
  ]);
  cowctl.stderr.write(`${name} may listen to the events with the files in ${folder}, within seconds:\n`);
  cowctl.stdout.write(renderListening(name, folder, place));
}
