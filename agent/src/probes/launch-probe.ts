import { nodeNameProblem, type Probe } from "@cowherd/proto";
import type { Clock } from "../clock.ts";
import type { User } from "../host/accounts.ts";
import { mpiName } from "../host/mpi-identity.ts";
import type { ResolveNames } from "../host/name-lookup.ts";
import type { RunAs } from "../host/run-as.ts";
import {
  type LauncherAnswer,
  type LoginAnswer,
  launcherScript,
  loginScript,
  readLauncherAnswer,
  readLoginAnswer,
} from "./login-answer.ts";
import { messageFailure, messageRun } from "./message.ts";
import { waitOutGrace } from "./nfs-grace.ts";
import { resolutionProblem } from "./peers-probe.ts";
import type { Evidence } from "./prove.ts";
import { answerFailure, answerScript, isFull, offerScript, verifyScript, withdrawScript } from "./shared-file.ts";
import { lastLine, loginFailure, sshCommand } from "./ssh.ts";

/** What the probe of a launch stands on. */
export type LaunchDeps = {
  readonly resolve: ResolveNames;
  account(name: string): Promise<User | undefined>;
  readonly runAs: RunAs;
  /** Makes a file that every user can read, and that goes when it is disposed of. */
  makeFile(text: string): Promise<{ readonly path: string } & AsyncDisposable>;
  /** A word that was not used before, of letters, digits and "-". */
  word(): string;
  /** The path of the program of two ranks, the same on every node. */
  readonly rankProgram: string;
  /** Whether this machine's NFS server has started too lately to let its clients open files. */
  isInGrace(): Promise<boolean>;
  readonly clock: Pick<Clock, "now" | "sleep">;
};

type LaunchProbe = Extract<Probe, { readonly kind: "launch" }>;

/** A login takes a second, and ten on a machine that is busy; the folder may have to be mounted first. */
const loginMs = 20_000;
const sharedMs = 30_000;
const localMs = 15_000;

/**
 * Says how to find out, in order, whether ranks can be started on a node: each needs what is before it.
 *
 * Everything runs as the cluster's user and ends in time. This process itself touches no shared folder.
 */
export function launchEvidence(probe: LaunchProbe, deps: LaunchDeps, signal: AbortSignal): readonly Evidence[] {
  const { node, address, user: name, sharedPath: path } = probe;
  const { resolve, account, runAs } = deps;
  let login: { readonly user: User; readonly answer: LoginAnswer } | undefined;
  let launcher: LauncherAnswer | undefined;

  /** What the login found out for those that come after it. */
  const found = () => {
    if (login === undefined) throw new TypeError("the login comes first");
    return login;
  };

  const seekLogin = async () => {
    const user = await account(name);
    if (user === undefined) return `there is no user ${name} on the primary`;
    const end = await runAs(user, sshCommand(node, loginScript, []), loginMs, signal);
    const answer = readLoginAnswer(end.stdout);
    if (answer.uid === undefined) return loginFailure(end, node, name);
    login = { user, answer };
    return undefined;
  };

  const seekMpirun = async () => {
    launcher = await seekLauncher(found().user, deps, signal);
    return launcherProblem(node, found().answer.launcher, launcher);
  };

  return [
    {
      kind: "name",
      seek: async () => nameProblem(probe) ?? resolutionProblem(node, address, await resolve([node], signal)),
    },
    { kind: "login", seek: seekLogin },
    { kind: "identity", seek: async () => identityProblem(probe, found()) },
    ...(path === undefined
      ? []
      : [{ kind: "shared-folder", seek: () => seekShared(probe, path, found().user, deps, signal) } as const]),
    { kind: "mpirun", seek: seekMpirun },
    { kind: "message", seek: async () => seekMessage(probe, found().user, launcher, deps, signal) },
  ];
}

/** Names reach a command line and a hostfile, so what is no name goes nowhere. */
function nameProblem({ node, primary }: LaunchProbe): string | undefined {
  return nodeNameProblem(node) ?? nodeNameProblem(primary);
}

function identityProblem(
  { node, user, uid, gid }: LaunchProbe,
  { user: own, answer }: { readonly user: User; readonly answer: LoginAnswer },
): string | undefined {
  const wanted = `has uid ${uid} and gid ${gid} in the cluster`;
  if (own.uid !== uid || own.gid !== gid)
    return `${user} ${wanted}, and uid ${own.uid} and gid ${own.gid} on the primary`;
  if (answer.uid !== uid || answer.gid !== gid)
    return `${user} ${wanted}, and uid ${answer.uid} and gid ${answer.gid} on ${node}`;
  return undefined;
}

async function seekShared(
  { node, primary }: LaunchProbe,
  path: string,
  user: User,
  { runAs, word, isInGrace, clock }: LaunchDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  const grace = node === primary ? undefined : await waitOutGrace(isInGrace, clock, signal);
  if (grace !== undefined) return grace;
  const words = [path, `.cowherd-proof.${node}.${word()}`, word()];
  const here = (script: string, over: AbortSignal) =>
    runAs(user, ["sh", "-c", script, "cowherd-proof", ...words], localMs, over);
  let left = true;
  try {
    const offer = await here(offerScript, signal);
    if (offer.late) return `${path} hangs on the primary itself`;
    if (isFull(offer)) return undefined;
    if (offer.exitCode !== 0) return `${path} cannot be written on the primary: ${lastLine(offer)}`;
    const answer = await runAs(user, sshCommand(node, answerScript, words), sharedMs, signal);
    const failure = answerFailure(answer, node, path);
    if (failure !== undefined || isFull(answer)) return failure;
    const verified = await here(verifyScript, signal);
    left = verified.exitCode !== 0;
    return left ? `what ${node} writes into ${path} does not reach the primary: ${lastLine(verified)}` : undefined;
  } finally {
    if (left) await here(withdrawScript, new AbortController().signal).catch(() => {}); // the next probe finds it
  }
}

async function seekLauncher(user: User, { runAs }: LaunchDeps, signal: AbortSignal): Promise<LauncherAnswer> {
  const { stdout } = await runAs(user, ["sh", "-c", launcherScript], localMs, signal);
  return readLauncherAnswer(stdout);
}

function launcherProblem(node: string, there: LauncherAnswer, here: LauncherAnswer): string | undefined {
  const problem = missing("the primary", here) ?? missing(node, there);
  if (problem !== undefined || here.state !== "found" || there.state !== "found") return problem;
  const [own, other] = [mpiName(here.mpi), mpiName(there.mpi)];
  return own === other ? undefined : `mpirun on ${node} is of ${other}, and on the primary of ${own}`;
}

function missing(where: string, launcher: LauncherAnswer): string | undefined {
  switch (launcher.state) {
    case "found":
      return undefined;
    case "absent":
      return `there is no mpirun on ${where} for a job that has no terminal`;
    case "unknown":
      return `${launcher.path} on ${where} does not say of which MPI it is`;
    case "hung":
      return `${launcher.path} --version did not end on ${where}`;
  }
}

async function seekMessage(
  probe: LaunchProbe,
  user: User,
  launcher: LauncherAnswer | undefined,
  deps: LaunchDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (launcher?.state !== "found") throw new TypeError("mpirun comes first");
  const libraries = `${launcher.path.slice(0, launcher.path.lastIndexOf("/"))}/../lib`;
  const run = messageRun(launcher.mpi, probe, [deps.rankProgram, "2", libraries]);
  if (run === undefined) return `how to start ranks by ${mpiName(launcher.mpi)} is not known`;
  await using hostfile = await deps.makeFile(run.hostfile);
  const end = await deps.runAs(user, run.command(hostfile.path), probe.boundMs, signal);
  return messageFailure(end, probe, probe.boundMs);
}
