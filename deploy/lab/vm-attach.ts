import type { RunOptions } from "./lab.ts";
import { HostOffError } from "./lab-error.ts";
import { TERMINAL_PORT } from "./machine/qemu.ts";
import { openStream } from "./machine/unix-exchange.ts";
import type { VmCommands } from "./vm-commands.ts";

/** $1 is the port and the rest the command: it runs on a terminal of the guest's own, which the port carries. */
const ON_TERMINAL = `port=$1; shift
export SHELL=/bin/sh
exec script --quiet --return --command "$*" /dev/null < "$port" > "$port" 2>&1`;

/**
 * Runs a command on the caller's own terminal, over a port of the machine's and not its
 * network, and returns its exit code. Without a terminal it reads nothing, and what it
 * says comes at its end.
 */
export async function attachToVm(
  { run }: VmCommands,
  host: string,
  socket: string,
  command: readonly string[],
  options: Pick<RunOptions, "user"> = {},
): Promise<number> {
  const { stdin, stdout, stderr } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    const result = await run(command, options);
    stdout.write(result.stdout);
    stderr.write(result.stderr);
    return result.exitCode;
  }
  const { TERM = "dumb" } = process.env;
  const resized = ["stty", "rows", String(stdout.rows), "cols", String(stdout.columns), ";", "exec"];
  const words = [...resized, ...command.map(quoted)];
  const stream = await openStream(host, socket);
  stream.on("error", () => {}); // the machine went off: the command's end says so
  stdin.setRawMode(true);
  try {
    stdin.pipe(stream);
    stream.pipe(stdout, { end: false });
    const port = `/dev/virtio-ports/${TERMINAL_PORT}`;
    const result = await run(["sh", "-c", ON_TERMINAL, "lab", port, ...words], { ...options, env: { TERM } });
    return result.exitCode;
  } catch (error) {
    if (error instanceof HostOffError) return 137;
    throw error;
  } finally {
    stdin.setRawMode(false);
    stdin.unpipe(stream).pause();
    stream.destroy();
  }
}

/** One word of a shell's line. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
