import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { join as joinPath } from "node:path";
import pino from "pino";
import { runAgent } from "./agent.ts";
import type { Clock } from "./clock.ts";
import { type Command, parseCommand, UsageError } from "./config.ts";
import { converge, watchedPaths } from "./converge.ts";
import { createInotifyWatch } from "./drift/inotify-watch.ts";
import { collectFacts, factFiles } from "./facts/collect-facts.ts";
import { createLinuxMachine } from "./facts/linux-machine.ts";
import { createLinuxHooks } from "./hooks/linux-hooks.ts";
import { readMoment } from "./host/linux/boot-moment.ts";
import { createLinuxFiles } from "./host/linux/files.ts";
import { createLinuxNetplan, readCarrier, readRoutes } from "./host/linux/netplan.ts";
import { createLinuxRanks } from "./host/linux/ranks.ts";
import { createLinuxHost } from "./host/linux-host.ts";
import { requireCommand } from "./host/run-command.ts";
import { createAwaitedJobs } from "./jobs/awaited-jobs.ts";
import { createSystemdJobs } from "./jobs/systemd-jobs.ts";
import { join } from "./join/join.ts";
import { joinEnds } from "./join/join-end.ts";
import { JoinError } from "./join/join-error.ts";
import { startAgentService } from "./join/service.ts";
import { createDesiredStateJournal } from "./journal/desired-state-journal.ts";
import type { Membership } from "./journal/membership.ts";
import { DamagedMembershipError, openMembershipJournal } from "./journal/membership-journal.ts";
import { createGrpcEnrollment } from "./link/grpc-enrollment.ts";
import { createGrpcLink } from "./link/grpc-link.ts";
import { createRenewableLink } from "./link/renewable-link.ts";
import { keepRenewing, proveStaged } from "./link/renewal.ts";
import { createTlsReach } from "./link/tls-reach.ts";
import { decodeDesiredState, encodeDesiredState } from "./link/wire-desired-state.ts";
import type { Log } from "./log.ts";
import { createNetworkKeeper } from "./network/keeper.ts";
import { createNetworkJournal } from "./network/network-journal.ts";
import { createLinuxProbes } from "./probes/linux-probes.ts";
import { createSystemClock } from "./system-clock.ts";

const version = process.env["COWHERD_VERSION"] ?? "0.0.0-sources";
const owner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

/** EX_CONFIG of sysexits.h, for no membership or a damaged one: nothing is served by starting it again. */
const notUsableExit = 78;
const usageExit = 2;
const stopMs = 1_500;

async function perform(command: Command, signal: AbortSignal): Promise<number> {
  switch (command.command) {
    case "help":
      process.stdout.write(command.text);
      return 0;
    case "version":
      process.stdout.write(`${version}\n`);
      return 0;
    case "join":
      return performJoin(command, signal);
    case "run":
      return performRun(command, signal);
  }
}

async function performRun(
  { stateFolder, logLevel }: Extract<Command, { readonly command: "run" }>,
  signal: AbortSignal,
): Promise<number> {
  const log = pino({ level: logLevel, base: null, formatters: { level: (level) => ({ level }) } });
  const memberships = await openMembershipJournal(createLinuxFiles(""), stateFolder, owner);
  const membership = await memberships.current();
  if (membership === undefined) {
    log.error(`no cluster was joined yet (${stateFolder}): run cowherd-join`);
    return notUsableExit;
  }
  log.info(
    { version, node: membership.node, cluster: membership.cluster, controller: membership.address },
    "agent starts",
  );

  const clock = createSystemClock();
  const connect = (of: Membership) => createGrpcLink(of, clock.calendar);
  const link = createRenewableLink(connect(membership));
  const renewal = { memberships, link, connect, clock, log };
  const stop = new AbortController();
  const over = AbortSignal.any([signal, stop.signal]);
  try {
    const { network, ...deps } = machineDeps(stateFolder, membership, { clock, log }, over);
    void network.recover(); // before anything else: what an earlier change cut off comes back first
    // Where a renewal was cut short, the former certificate may be refused already.
    const renewed = await proveStaged(renewal, over).catch(() => undefined); // keepRenewing asks again
    await Promise.all([
      runAgent({ ...deps, link, clock, log }, over),
      keepRenewing(renewed ?? membership, renewal, over),
    ]);
  } finally {
    stop.abort(); // when one of them breaks, the other must not keep the process alive
    link.close();
  }
  log.info("agent stopped");
  return 0;
}

/** What the agent touches of this machine. */
function machineDeps(
  stateFolder: string,
  membership: Membership,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
) {
  const allJobs = createSystemdJobs({
    folder: joinPath(stateFolder, "jobs"),
    transientUnits: "/run/systemd/transient",
    execute: async (argv, signal) => void (await requireCommand(argv, { timeoutMs: 60_000 }, signal)),
  });
  const { jobs, isAwaited } = createAwaitedJobs(allJobs); // those of runs: no run waits for a hook
  const files = createLinuxFiles("");
  const network = createNetworkKeeper(
    {
      netplan: createLinuxNetplan({ root: "", files, jobs }),
      journal: createNetworkJournal({ files, stateFolder, owner }),
      controller: createTlsReach({
        membership,
        routes: () => readRoutes(""),
        hasCarrier: (device) => readCarrier("", device),
      }),
      moment: readMoment,
      sleep: clock.sleep,
      newId: () => randomBytes(4).toString("hex"),
      log,
    },
    signal,
  );
  const host = createLinuxHost({ jobs, network });
  const machine = createLinuxMachine();
  const authority = new X509Certificate(membership.authority);
  return {
    network,
    desiredStates: createDesiredStateJournal({
      files: createLinuxFiles(""),
      stateFolder,
      authorityFingerprint: createHash("sha256").update(authority.raw).digest("hex"),
      codec: { encode: encodeDesiredState, decode: decodeDesiredState },
      owner,
    }),
    converge: (...[resources, mode, signal, observer]: ConvergeArguments) =>
      converge(resources, host, mode, signal, observer),
    prove: createLinuxProbes(clock),
    runHook: createLinuxHooks({ jobs: allJobs, clock }),
    watchedPaths,
    createDriftWatch: (changed: () => void) => createInotifyWatch(changed, log),
    watchFacts(changed: () => void) {
      const watch = createInotifyWatch(changed, log);
      watch.watch(factFiles);
      return watch;
    },
    isJobAwaited: isAwaited,
    ranks: createLinuxRanks(),
    collectFacts: (resources: Parameters<typeof collectFacts>[1]) => collectFacts(machine, resources, version),
  };
}

type ConvergeArguments = Parameters<Parameters<typeof runAgent>[0]["converge"]>;

async function performJoin(
  { request, stateFolder, start }: Extract<Command, { readonly command: "join" }>,
  signal: AbortSignal,
): Promise<number> {
  try {
    if (owner.uid !== 0) throw new JoinError("not-root", "joining changes this machine, which is root's to do");
    const memberships = await openMembershipJournal(createLinuxFiles(""), stateFolder, owner);
    const machine = createLinuxMachine();
    const facts = () => collectFacts(machine, [], version);
    const deps = { memberships, enrollment: createGrpcEnrollment(), collectFacts: facts, calendar: Date.now };
    const { node, cluster } = await join(request, deps, signal);
    process.stdout.write(`joined cluster ${cluster} as node ${node}\n`);
    if (start) await startAgentService(signal);
    process.stdout.write(
      "The agent now makes this machine what the cluster wants; the first time takes some minutes.\n" +
        "  here:            journalctl --unit cowherd-agent --follow\n" +
        "  on the primary:  cowctl status --watch\n",
    );
    return 0;
  } catch (error) {
    if (!(error instanceof JoinError)) throw error;
    const { exitCode, advice } = joinEnds[error.failure];
    process.stderr.write(`cowherd-join: ${error.message}\n${advice}\n`);
    return exitCode;
  }
}

async function main(): Promise<number> {
  const stop = new AbortController();
  const end = () => {
    stop.abort();
    setTimeout(() => process.exit(), stopMs).unref(); // what does not let go is let go
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  try {
    return await perform(parseCommand(process.argv.slice(2), process.env), stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return 0;
    if (error instanceof DamagedMembershipError) {
      process.stderr.write(`${error.message}\nJoin again with a fresh token, and --force: cowherd-join --help\n`);
      return notUsableExit;
    }
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\nTry --help.\n`);
      return usageExit;
    }
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return 1;
  }
}

process.exitCode = await main();
