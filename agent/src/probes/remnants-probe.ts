import type { Probe } from "@cowherd/proto";
import type { Clock } from "../clock.ts";
import type { User } from "../host/accounts.ts";
import type { Process, Processes } from "../host/processes.ts";
import { describeLeftOvers, type Suspect, suspectsOf } from "./left-over.ts";

/** What looking for remnants stands on. */
export type RemnantsDeps = {
  readonly processes: Processes;
  account(name: string): Promise<User | undefined>;
  /** Whether somebody takes a TCP connection. */
  connects(address: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  readonly clock: Pick<Clock, "sleep" | "now">;
};

const connectMs = 2_000;
/** A job that ends takes its daemons with it a moment later. */
const secondLookMs = 1_000;
const politeMs = 5_000;
const killMs = 2_000;
const askAgainMs = 100;

/** Says which daemons and ranks of the user are left over; undefined for none. Ends them first where the probe says so. */
export async function findRemnants(
  { user, end }: Extract<Probe, { readonly kind: "remnants" }>,
  deps: RemnantsDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  const account = await deps.account(user);
  if (account === undefined) return undefined; // whoever is not there runs nothing
  const found = await leftOvers(account.uid, deps, signal);
  if (!end || found.length === 0) return describeLeftOvers(found);
  await endAll(found, "SIGTERM", politeMs, deps, signal);
  await endAll(found, "SIGKILL", killMs, deps, signal);
  return describeLeftOvers(await leftOvers(account.uid, deps, signal));
}

/** What is left over at two looks: whatever a job's own end takes away in between is none. */
async function leftOvers(uid: number, deps: RemnantsDeps, signal: AbortSignal): Promise<readonly Process[]> {
  const first = await look(uid, deps, signal);
  if (first.length === 0) return [];
  await deps.clock.sleep(secondLookMs, signal);
  signal.throwIfAborted();
  const second = await look(uid, deps, signal);
  return second.filter(({ pid, startedAt }) => first.some((one) => one.pid === pid && one.startedAt === startedAt));
}

async function look(uid: number, deps: RemnantsDeps, signal: AbortSignal): Promise<readonly Process[]> {
  const suspects = suspectsOf(await deps.processes.look(uid), uid);
  const answers = new Map<string, Promise<boolean>>(); // ranks share a launcher
  const isGone = async ({ unless }: Suspect) => {
    if (unless === undefined) return true;
    const key = JSON.stringify(unless.addresses);
    const answer = answers.get(key) ?? anyConnects(unless.addresses, deps, signal);
    answers.set(key, answer);
    return !(await answer);
  };
  const gone = await Promise.all(suspects.map(isGone));
  return suspects.flatMap(({ process }, at) => (gone[at] === true ? [process] : []));
}

async function anyConnects(
  addresses: readonly { readonly address: string; readonly port: number }[],
  deps: RemnantsDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const answers = addresses.map(({ address, port }) => deps.connects(address, port, connectMs, signal));
  return (await Promise.all(answers)).includes(true);
}

/** Signals those that live, and waits until none does or the time is up. */
async function endAll(
  processes: readonly Process[],
  by: "SIGTERM" | "SIGKILL",
  waitMs: number,
  deps: RemnantsDeps,
  signal: AbortSignal,
): Promise<void> {
  for (const process of processes) deps.processes.signal(process, by);
  const until = deps.clock.now() + waitMs;
  while (processes.some((process) => deps.processes.lives(process)) && deps.clock.now() < until) {
    await deps.clock.sleep(askAgainMs, signal);
    signal.throwIfAborted();
  }
}
