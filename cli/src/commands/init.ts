import type { ClusterStatus } from "../link/operator-link.ts";
import { printable, printableLines } from "../output/printable.ts";
import { awaitController } from "../primary/await-controller.ts";
import { foundCluster } from "../primary/found-cluster.ts";
import { hasJoined, joinPrimary, primaryOf } from "../primary/join-primary.ts";
import { AlreadyInitialisedError, NotRootError, ProgramFailedError } from "../primary/primary-error.ts";
import { runProgram } from "../primary/run-program.ts";
import { type Cowctl, examples, type ParentCommand, specKeys } from "./cowctl.ts";
import { tokenCreateLine } from "./join-line.ts";
import { namingFile, readSpecFile } from "./spec-file.ts";
import type { TextFile } from "./text-file.ts";

const controllerUnit = "cowherd-controller.service";

/** Adds `cowctl init`. */
export function addInit(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("init")
    .description("make this machine the primary of a new cluster; as root, on the machine that is to be it")
    .requiredOption("-f, --file <cluster.yaml>", "the cluster spec")
    .addHelpText(
      "after",
      `\nNothing is touched before the whole spec is found valid. Where a step fails, the same command
goes on from there. A primary that has joined is left alone: see "cowctl apply".\n${specKeys}${examples("sudo cowctl init -f cluster.yaml")}`,
    )
    .action(({ file }) => init(cowctl, file));
}

async function init(cowctl: Cowctl, name: string): Promise<void> {
  const { machine, clock, signal, stderr, stdout } = cowctl;
  if (machine.effectiveUser !== 0) throw new NotRootError("not root");
  const tell = (line: string) => stderr.write(`${line}\n`);
  const passOn = (text: string) => stderr.write(printableLines(text));
  const file = await readSpecFile(name);

  tell(`1/4 checking ${printable(name)}`);
  const founded = await foundCluster(machine, file, passOn, signal);
  tell(founded === "founded" ? "2/4 starting the controller" : "2/4 initialised before; starting the controller");
  await startController(cowctl, passOn);
  tell("3/4 waiting for the controller");
  const first = await awaitController(cowctl.connect, clock, signal);
  const status = founded === "already" ? await resume(cowctl, file, first) : first;
  const primary = primaryOf(status);
  tell(`4/4 joining this machine as ${primary.node}`);
  using link = await cowctl.connect();
  await joinPrimary(machine, primary.node, link, passOn, signal);

  const others = status.nodes.filter(({ node }) => node !== primary.node);
  tell(`cluster ${status.cluster} is up${others.length === 0 ? "" : "; here, make a token for each other node:"}`);
  for (const { node } of others) stdout.write(`${tokenCreateLine(node)}\n`);
}

async function startController({ machine, signal }: Cowctl, passOn: (text: string) => void): Promise<void> {
  const args = ["enable", "--now", controllerUnit];
  const exitCode = await runProgram({ path: machine.systemctl, args }, passOn, signal);
  if (exitCode !== 0) {
    throw new ProgramFailedError(`systemctl ${args.join(" ")}`, exitCode, `journalctl -u ${controllerUnit}`);
  }
}

/**
 * Goes on with an init that was cut off before the primary had joined. The file counts, not
 * what was in it the first time: a wrong address in it may be why the join failed.
 */
async function resume(cowctl: Cowctl, file: TextFile, status: ClusterStatus): Promise<ClusterStatus> {
  if (hasJoined(primaryOf(status))) throw new AlreadyInitialisedError(status.cluster);
  using link = await cowctl.connect();
  await namingFile(file, link.apply(file.text, cowctl.signal));
  return await link.getStatus(cowctl.signal);
}
