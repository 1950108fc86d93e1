import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { RunOptions, RunResult } from "./lab.ts";
import { CommandFailedError, CommandTimedOutError, HostOffError } from "./lab-error.ts";
import { findAccount, loginAs, ROOT } from "./login.ts";
import { withFileLock } from "./machine/file-lock.ts";
import { openGuestAgent } from "./machine/guest-agent.ts";
import { FILES_PORT, type VmSockets } from "./machine/qemu.ts";
import { openStream } from "./machine/unix-exchange.ts";

/** How commands are run in one virtual machine: see LabHost for what run and check promise. */
export type VmCommands = {
  run(command: readonly string[], options?: RunOptions, signal?: AbortSignal): Promise<RunResult>;
  check(command: readonly string[], options?: RunOptions, signal?: AbortSignal): Promise<string>;
  /** Replaces a file with the bytes of one of this machine's. */
  send(file: string, size: number, path: string, mode: number): Promise<void>;
};

const GROUPS = "/sys/fs/cgroup/lab";
/** What a command ends in that was killed, or whose machine went off. */
export const KILLED = 137;
/** How long a guest may take to kill what it is told to. One that is frozen never does. */
const KILL_MS = 10_000;

/** $1 is a group that is killed as one. The input is a file that any user may open, which a pipe is not. */
const IN_GROUP = `group=$1; shift
mkdir -p "$group"
(echo 0 > "$group/cgroup.procs" && exec "$@")
code=$?
rmdir "$group" 2> /dev/null # a daemon that the command started may live on in it
exit $code`;
const WITH_INPUT = `input=$(mktemp) && cat > "$input" && chmod 444 "$input" && exec < "$input" && rm "$input" || exit 1
${IN_GROUP}`;
const KILL_GROUP = `echo 1 > "$1/cgroup.kill"
while grep -q "populated 1" "$1/cgroup.events"; do sleep 0.02; done`;
/** $1 path, $2 mode, $3 size, $4 port. Only whole files get their name. */
const RECEIVE = `draft="$1.lab-draft" &&
install -D -m 600 /dev/null "$draft" &&
head -c "$3" < "$4" > "$draft" && test "$(stat -c %s "$draft")" = "$3" &&
chmod "$2" "$draft" && mv -T "$draft" "$1"`;

/** `host` is what errors call the machine; `lock` is held while a file is sent. */
export function createVmCommands(host: string, sockets: VmSockets, lock: string): VmCommands {
  const agent = openGuestAgent(host, sockets.agent);

  const script = async (text: string, words: readonly string[], input?: string, signal?: AbortSignal) =>
    agent.start(["/bin/sh", "-c", text, "lab", ...words], input, signal);

  const login = async (command: readonly string[], { user = ROOT.name, env }: RunOptions, signal?: AbortSignal) => {
    if (user === ROOT.name) return loginAs(ROOT, command, env);
    const passwd = await (await agent.start(["/bin/cat", "/etc/passwd"], undefined, signal)).ended(signal);
    return loginAs(findAccount(passwd.stdout, user), command, env);
  };

  const kill = async (group: string) => {
    const limit = AbortSignal.timeout(KILL_MS);
    await (await script(KILL_GROUP, [group], undefined, limit)).ended(limit);
  };

  const run: VmCommands["run"] = async (command, options = {}, signal) => {
    signal?.throwIfAborted();
    const { timeoutMs, input } = options;
    const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
    const stop = AbortSignal.any([signal, limit].filter((source) => source !== undefined));
    const group = `${GROUPS}/${randomUUID()}`;
    const overdue = (output: RunResult) => {
      signal?.throwIfAborted();
      throw new CommandTimedOutError(host, command, timeoutMs ?? 0, output);
    };
    let process: Awaited<ReturnType<typeof script>> | undefined;
    try {
      const entry = await login(command, options, stop);
      process = await script(input === undefined ? IN_GROUP : WITH_INPUT, [group, ...entry], input); // never half told
      return await process.ended(stop);
    } catch (error) {
      if (error instanceof HostOffError && process) return { exitCode: KILLED, stdout: "", stderr: "" };
      if (!stop.aborted) throw error;
      if (!process) return overdue(NOTHING);
      const limited = AbortSignal.timeout(KILL_MS);
      const output = await kill(group)
        .then(() => process?.ended(limited))
        .catch(() => NOTHING); // frozen or off: nothing runs
      return overdue(output ?? NOTHING);
    }
  };

  const check: VmCommands["check"] = async (command, options, signal) => {
    const result = await run(command, options, signal);
    if (result.exitCode !== 0) throw new CommandFailedError(host, command, result);
    return result.stdout;
  };

  return {
    run,
    check,

    async send(file, size, path, mode) {
      await withFileLock(lock, async () => {
        const words = [path, mode.toString(8), String(size), `/dev/virtio-ports/${FILES_PORT}`];
        const receiver = await script(RECEIVE, words);
        const stream = await openStream(host, sockets.files);
        const sending = pipeline(createReadStream(file), stream, { end: false });
        try {
          const [result] = await Promise.all([receiver.ended(), sending]);
          if (result.exitCode !== 0) throw new CommandFailedError(host, ["copy", file, path], result);
        } finally {
          stream.destroy();
        }
      });
    },
  };
}

const NOTHING: RunResult = { exitCode: KILLED, stdout: "", stderr: "" };
