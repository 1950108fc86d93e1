import { resolve } from "node:path";
import { isEventsUserName } from "@cowherd/proto";
import { exitCodes } from "../exit-code.ts";
import type { ListeningPlace } from "../link/operator-link.ts";
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
  const add = () => link.addEventsUser(name, pair.getPublicKey(), cowctl.signal);
  const place = await add();
  const seed = new TextDecoder().decode(pair.getSeed());
  await writeNewFiles(folder, [
    { name: listeningFiles.seed, content: `${seed}\n`, mode: 0o600 },
    { name: listeningFiles.authority, content: place.authority, mode: 0o644 },
  ]);
  cowctl.stderr.write(`${name} may listen to the events with the files in ${folder}:\n`);
  cowctl.stdout.write(renderListening(name, folder, place));
  await waitUntilHeard(cowctl, place, add);
}

const patienceMs = 60_000;
const lookMs = 500;

/** Waits until a program that listens would hear something, since one that is too early may end at once. Says what it waits for. */
async function waitUntilHeard(
  cowctl: Cowctl,
  first: ListeningPlace,
  look: () => Promise<ListeningPlace>,
): Promise<void> {
  const until = cowctl.clock.now() + patienceMs;
  let told: string | undefined;
  for (let { awaited } = first; awaited !== undefined; { awaited } = await look()) {
    if (cowctl.clock.now() >= until) {
      cowctl.stderr.write("nothing can be heard there so far; the key is good once that is so: see cowctl status\n");
      return cowctl.endWith(exitCodes.notYet);
    }
    if (awaited !== told) cowctl.stderr.write(`waiting: ${awaited}\n`);
    told = awaited;
    await cowctl.clock.wait(lookMs, cowctl.signal);
  }
}
