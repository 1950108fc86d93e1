import { randomInt } from "node:crypto";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunResult } from "../lab.ts";
import {
  afterDelimiter,
  encodeCommand,
  isRecord,
  type JsonAnswer,
  type JsonCommand,
  parseAnswer,
  wholeLines,
} from "./json-wire.ts";
import { exchange } from "./unix-exchange.ts";

/** The QEMU guest agent: runs commands in a guest, whatever its network does. */
export type GuestAgent = {
  /** Starts a command, as root in a bare environment. Rejects with HostOffError, or with the signal's reason if the guest is not listening. */
  start(command: readonly string[], input?: string, signal?: AbortSignal): Promise<GuestProcess>;
};

export type GuestProcess = {
  /**
   * Waits for the end of the command and of everything that holds its output. Rejects with
   * HostOffError if the guest dies, and with the signal's reason, which ends the waiting alone.
   */
  ended(signal?: AbortSignal): Promise<RunResult>;
};

const DELIMITER = Buffer.from([0xff]);
const FIRST_POLL_MS = 10;
const LAST_POLL_MS = 160;

export function openGuestAgent(host: string, socket: string): GuestAgent {
  const perform = async (command: JsonCommand, signal?: AbortSignal): Promise<unknown> => {
    const id = randomInt(2 ** 31);
    const sync = encodeCommand({ execute: "guest-sync-delimited", arguments: { id } });
    // The delimiter ends whatever half command somebody left in the guest's parser.
    const message = Buffer.concat([DELIMITER, Buffer.from(sync + encodeCommand(command))]);
    const answer = await exchange(host, socket, message, (received) => answerAfterSync(received, id), signal);
    if (answer.kind === "refusal") throw new Error(`${host}: the guest refuses ${command.execute}: ${answer.reason}`);
    return answer.kind === "value" ? answer.value : undefined;
  };

  const poll = async (pid: number, signal?: AbortSignal): Promise<RunResult> => {
    for (let pause = FIRST_POLL_MS; ; pause = Math.min(2 * pause, LAST_POLL_MS)) {
      await sleep(pause, undefined, { ...(signal && { signal }) }).catch(() => signal?.throwIfAborted());
      const status = parseStatus(await perform({ execute: "guest-exec-status", arguments: { pid } }, signal));
      if (status !== undefined) return status;
    }
  };

  return {
    async start([path = "", ...arg], input, signal) {
      const text = input === undefined ? {} : { "input-data": Buffer.from(input).toString("base64") };
      const started = await perform(
        { execute: "guest-exec", arguments: { path, arg, "capture-output": true, ...text } },
        signal,
      );
      if (!isRecord(started) || typeof started["pid"] !== "number") throw new TypeError(`${host}: no pid for ${path}`);
      const { pid } = started;
      return { ended: (stop) => poll(Number(pid), stop) };
    },
  };
}

/** The answer to what followed guest-sync-delimited. Undefined until it is there. */
export function answerAfterSync(received: Buffer, id: number): JsonAnswer | undefined {
  const fresh = afterDelimiter(received);
  if (fresh === undefined) return undefined;
  const answers = wholeLines(fresh)
    .map(parseAnswer)
    .filter(({ kind }) => kind !== "event");
  const at = answers.findIndex((answer) => answer.kind === "value" && answer.value === id);
  return at === -1 ? undefined : answers[at + 1];
}

/** Reads the answer to guest-exec-status. Undefined while the command runs. */
export function parseStatus(status: unknown): RunResult | undefined {
  if (!isRecord(status) || status["exited"] !== true) return undefined;
  const { exitcode, signal } = status;
  const exitCode = typeof exitcode === "number" ? exitcode : 128 + (typeof signal === "number" ? signal : SIGKILL);
  return { exitCode, stdout: decode(status["out-data"]), stderr: decode(status["err-data"]) };
}

const SIGKILL = constants.signals.SIGKILL;

function decode(base64: unknown): string {
  return typeof base64 === "string" ? Buffer.from(base64, "base64").toString("utf8") : "";
}
