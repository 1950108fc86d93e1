import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { hostfilePointer, operatorSocket } from "@cowherd/proto";
import { runCowctl } from "./run.ts";

/** The product's version. The build writes it in; a run from sources has none. */
const version = process.env["COWHERD_VERSION"] ?? "0.0.0-sources";

/** A busy controller on a small machine answers late; one that is not there is found out at once. */
const deadlines = { answerMs: 30_000, nodesMs: 60_000 } as const;

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => interruption.abort());
process.stdout.on("error", () => interruption.abort()); // the reader of a pipe went away

process.exitCode = await runCowctl(process.argv.slice(2), {
  version,
  stdout: { isTerminal: process.stdout.isTTY === true, write: (text) => void process.stdout.write(text) },
  stderr: { isTerminal: process.stderr.isTTY === true, write: (text) => void process.stderr.write(text) },
  ask: process.stdin.isTTY ? ask : undefined,
  readStdin,
  environment: process.env,
  clock: {
    now: () => performance.now(),
    wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}), // it rejects for the signal alone
  },
  socket: operatorSocket,
  hostfilePointer,
  openLink: async (address) => {
    const { createGrpcOperatorLink } = await import("./link/grpc-operator-link.ts");
    return await createGrpcOperatorLink(address, deadlines);
  },
  machine: {
    effectiveUser: process.geteuid?.() ?? -1,
    passwd: "/etc/passwd",
    controllerProgram: "/usr/lib/cowherd/cowherd-controller",
    joinProgram: "/usr/sbin/cowherd-join",
    systemctl: "/usr/bin/systemctl",
  },
  signal: interruption.signal,
});

/** A terminal that is closed in place of an answer gives the empty one. */
async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = once(terminal, "close").then(() => "");
  terminal.once("SIGINT", () => interruption.abort());
  try {
    return await Promise.race([terminal.question(question, { signal }), closed]);
  } finally {
    terminal.close();
  }
}

async function readStdin(most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > most) throw new RangeError("more was piped in than is taken");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
