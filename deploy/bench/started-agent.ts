import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type WatchedProcess, watchProcess } from "./watched-process.ts";

/** An agent that was started for a bench. Disposing of it stops it. */
export type StartedAgent = AsyncDisposable & {
  readonly watched: WatchedProcess;
  /** Waits until `isReady`, and returns how long that was after the start. Throws AgentEndedError. */
  readyMs(isReady: () => boolean): Promise<number>;
};

/** The agent ended before it was ready. The message has the end of what it said. */
export class AgentEndedError extends Error {
  override readonly name = "AgentEndedError";
}

/** What the package's launcher and unit give to the agent: deploy/packaging/launchers/cowherd-agent. */
export const agentFlags = ["--max-old-space-size=64", "--max-semi-space-size=1"];
export const agentEnvironment = { MALLOC_ARENA_MAX: "1" };

const lookMs = 2;
const patienceMs = 30_000;

/** Starts the agent `program` with its state in `folder`/state. */
export function startAgent(program: string, folder: string): StartedAgent {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...agentFlags, program, "run", "--state-dir", `${folder}/state`], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", NODE_COMPILE_CACHE: `${folder}/cache`, ...agentEnvironment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said = (said + String(chunk)).slice(-4_000);
    });
  }
  const ended = once(child, "exit");
  return {
    watched: watchProcess(child.pid ?? -1),
    async readyMs(isReady) {
      while (!isReady()) {
        const waitedMs = performance.now() - startedAt;
        if (child.exitCode !== null || child.signalCode !== null || waitedMs > patienceMs) {
          throw new AgentEndedError(`the agent was not ready after ${waitedMs.toFixed(0)} ms; it said:\n${said}`);
        }
        await sleep(lookMs);
      }
      return performance.now() - startedAt;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
