import { randomUUID } from "node:crypto";
import type { RunOptions, RunResult } from "./lab.ts";
import { CommandFailedError, CommandTimedOutError, HostOffError } from "./lab-error.ts";
import { findAccount, loginAs } from "./login.ts";
import type { Cgroup } from "./machine/cgroup.ts";
import { attachCommand, type CommandOptions, runCommand } from "./machine/command.ts";
import { type Container, findLeader, inContainer } from "./machine/nspawn.ts";

/** Besides text, a command in a container can read a file that is open here. */
export type ContainerRunOptions = RunOptions & { readonly inputFile?: number };

/** How commands are run in one container: see LabHost for what run, check and attach promise. */
export type ContainerCommands = {
  run(command: readonly string[], options?: ContainerRunOptions, signal?: AbortSignal): Promise<RunResult>;
  check(command: readonly string[], options?: ContainerRunOptions, signal?: AbortSignal): Promise<string>;
  attach(command: readonly string[], options?: RunOptions): Promise<number>;
};

/** Runs commands in groups of their own below `group`. `host` is what errors call the container, which is as it booted last. */
export function createContainerCommands(host: string, group: Cgroup, container: () => Container): ContainerCommands {
  /** The command that enters the container, logs in and runs `command`. Rejects with HostOffError. */
  const login = async (command: readonly string[], { user = "root", env }: RunOptions) => {
    const leader = await findLeader(container().cgroup);
    if (leader === undefined) throw new HostOffError(host);
    const passwd = await runCommand(inContainer(leader, ["cat", "/etc/passwd"]));
    if (passwd.exitCode !== 0) throw new HostOffError(host); // its power was cut in between
    const entered = inContainer(leader, loginAs(findAccount(passwd.stdout, user), command, env));
    const { cpus } = container(); // who comes from outside brings this machine's CPUs along
    return cpus.length === 0 ? entered : ["taskset", "--cpu-list", cpus.join(","), ...entered];
  };

  const run: ContainerCommands["run"] = async (command, options = {}, signal) => {
    signal?.throwIfAborted();
    const entry = await login(command, options);
    const { timeoutMs, input, inputFile } = options;
    const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
    const stop = AbortSignal.any([signal, limit].filter((source) => source !== undefined));
    const result = await runInGroup(entry, group.child(randomUUID()), { input, inputFile }, stop);
    signal?.throwIfAborted();
    if (limit?.aborted) throw new CommandTimedOutError(host, command, timeoutMs ?? 0, result);
    return result;
  };

  return {
    run,

    async check(command, options, signal) {
      const result = await run(command, options, signal);
      if (result.exitCode !== 0) throw new CommandFailedError(host, command, result);
      return result.stdout;
    },

    attach: async (command, options = {}) => attachCommand(await login(command, options)),
  };
}

/** Runs a command in a group of its own, which is killed with all that is in it once `stop` is aborted. */
async function runInGroup(
  command: readonly string[],
  group: Cgroup,
  input: Pick<CommandOptions, "input" | "inputFile">,
  stop: AbortSignal,
): Promise<RunResult> {
  await group.create();
  let killed = Promise.resolve();
  const kill = () => {
    killed = group.destroy();
  };
  stop.addEventListener("abort", kill, { once: true });
  if (stop.aborted) kill(); // the command cannot join what is gone
  try {
    return await runCommand(group.enter(command), input);
  } finally {
    stop.removeEventListener("abort", kill);
    await killed;
    await group.removeIfEmpty(); // a daemon that the command started may live on in it
  }
}
