import type { Process, ProcessTable } from "../host/processes.ts";
import { type LauncherPlace, launcherPlaceOf } from "./launcher-place.ts";

/** A process that is left over from a job, or is unless the launcher at `unless` takes a connection. */
export type Suspect = {
  readonly process: Process;
  readonly unless: Extract<LauncherPlace, { readonly to: "connect" }> | undefined;
};

/** What an MPI leaves on each node to start ranks there; names as the kernel keeps them, cut to 15 characters. */
const daemons: ReadonlySet<string> = new Set(["orted", "prted", "hydra_pmi_proxy", "hydra_bstrap_pr"]);

/** What a user starts jobs by: mpirun.openmpi and mpiexec.hydra too. */
const launchers = /^(mpirun|mpiexec|orterun|prterun|oshrun|prte$|prun$)/;

const init = 1;

/**
 * Finds the user's MPI daemons and ranks whose job is gone, as far as this machine can tell. Pure.
 *
 * A process whose launcher is among its ancestors is never in it, nor is one that somebody
 * else than an MPI started and still has, such as a batch system. What cannot be known counts as alive.
 */
export function suspectsOf({ processes, connectedPorts }: ProcessTable, uid: number): readonly Suspect[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const verdicts = new Map<number, Suspect | "alive">();

  function judge(process: Process): Suspect | "alive" {
    const known = verdicts.get(process.pid);
    if (known !== undefined) return known;
    verdicts.set(process.pid, "alive"); // ancestors in a ring, as a torn look may have them, end here
    const verdict = daemons.has(process.program) ? judgeDaemon(process) : judgeRank(process);
    verdicts.set(process.pid, verdict);
    return verdict;
  }

  function judgeDaemon(process: Process): Suspect | "alive" {
    const owner = ownerOf(process);
    if (owner === "launcher") return "alive";
    const place = launcherPlaceOf(process.argv);
    switch (place?.to) {
      case "connect":
        return { process, unless: place };
      case "look":
        return connectedPorts.has(place.port) ? "alive" : { process, unless: undefined };
      case undefined:
        if (typeof owner === "object") return withOwner(process, owner);
        return process.parent === init && process.argv.length > 0 ? { process, unless: undefined } : "alive";
    }
  }

  function judgeRank(process: Process): Suspect | "alive" {
    const owner = ownerOf(process);
    if (owner === "nobody") return { process, unless: undefined };
    if (owner === "launcher" || owner === "others") return "alive";
    return withOwner(process, owner);
  }

  function withOwner(process: Process, daemon: Process): Suspect | "alive" {
    const verdict = judge(daemon);
    return verdict === "alive" ? "alive" : { process, unless: verdict.unless };
  }

  /** Who of the ancestors answers for a process: a launcher, a daemon, nobody any more, or others than MPI. */
  function ownerOf(process: Process): Process | "launcher" | "nobody" | "others" {
    const seen = new Set<number>();
    for (let at = process.parent; !seen.has(at); ) {
      seen.add(at);
      if (at === init) return "nobody";
      const ancestor = byPid.get(at);
      if (ancestor === undefined) return "others"; // it went amid the look
      if (ancestor.program === "systemd") return "nobody"; // the user's own, which takes orphans in
      if (ancestor.uid !== uid) return "others";
      if (launchers.test(ancestor.program)) return "launcher";
      if (daemons.has(ancestor.program)) return ancestor;
      at = ancestor.parent;
    }
    return "others";
  }

  return processes
    .filter(({ uid: owner, program }) => owner === uid && !launchers.test(program))
    .filter(({ program, isRank }) => isRank || daemons.has(program))
    .map(judge)
    .filter((verdict) => verdict !== "alive");
}

/** Names what is left over, in one line. Undefined for nothing. Pure. */
export function describeLeftOvers(processes: readonly Process[]): string | undefined {
  const [first] = processes;
  if (first === undefined) return undefined;
  const named = processes
    .slice(0, mostNamed)
    .map(({ program, pid, ageMs }) => `${program} (pid ${pid}, ${age(ageMs)} old)`);
  const more = processes.length > mostNamed ? ` and ${processes.length - mostNamed} more` : "";
  const verb = processes.length === 1 ? "is" : "are";
  return `${named.join(", ")}${more} ${verb} left over from a job whose mpirun is gone`;
}

const mostNamed = 4;

function age(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  if (minutes < 2) return `${Math.round(milliseconds / 1_000)} s`;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 60 / 24)} days`;
}
