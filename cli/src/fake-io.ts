import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CowctlIo } from "./io.ts";
import type { ControllerAddress } from "./link/controller-address.ts";
import { type Answers, createFolder, serveFakeController } from "./link/fake-controller.ts";
import type { Deadlines, OperatorLink } from "./link/operator-link.ts";
import { runCowctl } from "./run.ts";

export type Ended = { readonly exitCode: number; readonly out: string; readonly err: string };

/** Runs a command line; the controller is at `socket`, and `over` replaces what else is faked. */
export type FakeRun = (argv: readonly string[], socket: string, over?: Partial<CowctlIo>) => Promise<Ended>;

/** Runs a command line against a fake controller that gives these answers. */
export type FakeAsk = (argv: readonly string[], answers: Answers, over?: Partial<CowctlIo>) => Promise<Ended>;

/** As createFakeRun, with a controller for each command line. */
export function createFakeAsk(run: FakeRun): FakeAsk {
  return async (argv, answers, over) => {
    await using folder = await createFolder();
    const socket = join(folder.path, "operator.sock");
    await using _controller = await serveFakeController(answers, `unix:${socket}`);
    return await run(argv, socket, over);
  };
}

/** Runs command lines against a real link, with all else faked. Time runs a hundred times as fast. */
export function createFakeRun(
  createLink: (address: ControllerAddress, deadlines: Deadlines) => Promise<OperatorLink>,
): FakeRun {
  return async (argv, socket, over = {}) => {
    const out: string[] = [];
    const err: string[] = [];
    const exitCode = await runCowctl(argv, {
      version: "1.2.3",
      stdout: { isTerminal: false, write: (text) => void out.push(text) },
      stderr: { isTerminal: false, write: (text) => void err.push(text) },
      ask: undefined,
      readStdin: async () => new Uint8Array(),
      environment: {},
      clock: {
        now: () => performance.now() * 100,
        wait: (ms, signal) => sleep(ms / 100, undefined, { signal }).catch(() => {}), // it rejects for the signal alone
      },
      socket,
      hostfilePointer: "/absent/hostfile-path",
      openLink: (address) => createLink(address, { answerMs: 2_000, nodesMs: 2_000 }),
      machine: {
        effectiveUser: 1_000,
        passwd: "/dev/null",
        controllerProgram: "/absent/controller",
        joinProgram: "/absent/join",
        systemctl: "/absent/systemctl",
      },
      signal: new AbortController().signal,
      ...over,
    });
    return { exitCode, out: out.join(""), err: err.join("") };
  };
}
