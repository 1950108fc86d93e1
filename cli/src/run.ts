import { Command } from "@commander-js/extra-typings";
import { CommanderError } from "commander";
import { addApply } from "./commands/apply.ts";
import { UsageError } from "./commands/command-error.ts";
import { type Cowctl, examples } from "./commands/cowctl.ts";
import { addEvents } from "./commands/events.ts";
import { addExplain } from "./commands/explain.ts";
import { addHostfile } from "./commands/hostfile.ts";
import { addInit } from "./commands/init.ts";
import { addNodeDrain } from "./commands/node-drain.ts";
import { addNodeRelease } from "./commands/node-release.ts";
import { addNodeRemove } from "./commands/node-remove.ts";
import { addNodeUndrain } from "./commands/node-undrain.ts";
import { addOperatorCreate } from "./commands/operator-create.ts";
import { addPlan } from "./commands/plan.ts";
import { addStatus } from "./commands/status.ts";
import { addTokenCreate } from "./commands/token-create.ts";
import { addTokenList } from "./commands/token-list.ts";
import { addTokenRevoke } from "./commands/token-revoke.ts";
import { addVersion } from "./commands/version.ts";
import { spellDiscovery } from "./discovery/spell-discovery.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-code.ts";
import type { CowctlIo } from "./io.ts";
import { type ControllerAddress, parseTarget } from "./link/controller-address.ts";
import { renderFailure } from "./output/failure-text.ts";
import { createPaint } from "./output/paint.ts";

/**
 * Runs one command line, without the program's own name, and resolves to its exit code.
 *
 * Never rejects and never ends the process: every failure is told on stderr and has its
 * code in exit-code.ts.
 */
export async function runCowctl(argv: readonly string[], io: CowctlIo): Promise<number> {
  let exitCode: ExitCode = exitCodes.done;
  const program = createProgram(io);
  addCommands(program, {
    ...io,
    connect: async () => await io.openLink(addressOf(program.opts(), io.socket)),
    paint: createPaint(io.stdout, io.environment),
    endWith: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync(spellDiscovery(argv), { from: "user" });
    return io.signal.aborted ? exitCodes.interrupted : exitCode;
  } catch (error) {
    if (io.signal.aborted) return exitCodes.interrupted;
    if (!(error instanceof CommanderError)) io.stderr.write(renderFailure(error));
    return exitCodeOf(error);
  }
}

function createProgram({ version, stdout, stderr }: CowctlIo) {
  const program = new Command("cowctl");
  return program
    .description("Steers a Cowherd cluster: plain machines that run MPI programs together.")
    .version(version, "-V, --version", "print the version of cowctl alone")
    .option("--controller <address>", "the controller on another machine, such as 192.168.56.10 (needs --credentials)")
    .option("--credentials <folder>", 'what "cowctl operator create" made')
    .addHelpText(
      "after",
      examples("sudo cowctl init -f cluster.yaml", "cowctl status --watch", "cowctl help token create"),
    )
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: ({ parent }) => (parent === null ? [] : [...program.options]),
    })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "cowctl: ")),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError("next: the same with --help")
    .exitOverride();
}

type Program = ReturnType<typeof createProgram>;

function addCommands(program: Program, cowctl: Cowctl): void {
  addInit(program, cowctl);
  addStatus(program, cowctl);
  addExplain(program, cowctl);
  addEvents(program, cowctl);
  addPlan(program, cowctl);
  addApply(program, cowctl);
  addHostfile(program, cowctl);
  const token = program.command("token").description("make, list and revoke the tokens that machines join with");
  addTokenCreate(token, cowctl);
  addTokenList(token, cowctl);
  addTokenRevoke(token, cowctl);
  const node = program.command("node").description("take nodes out of the hostfile or the cluster, and let them back");
  addNodeDrain(node, cowctl);
  addNodeUndrain(node, cowctl);
  addNodeRelease(node, cowctl);
  addNodeRemove(node, cowctl);
  addOperatorCreate(program.command("operator").description("let people steer the cluster from elsewhere"), cowctl);
  addVersion(program, cowctl);
}

function addressOf(options: ReturnType<Program["opts"]>, socket: string): ControllerAddress {
  const { controller, credentials } = options;
  if (controller === undefined && credentials === undefined) return { via: "socket", path: socket };
  if (controller === undefined || credentials === undefined) {
    throw new UsageError("--controller and --credentials go together");
  }
  const target = parseTarget(controller);
  if (target === undefined) throw new UsageError("--controller is a name or an IPv4 address, perhaps with :PORT");
  return { via: "tls", target, credentials };
}
