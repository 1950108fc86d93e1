import { encodeCommand, isRecord, type JsonAnswer, type JsonCommand, parseAnswer, wholeLines } from "./json-wire.ts";
import { CLUSTER_NIC } from "./qemu.ts";
import { exchange } from "./unix-exchange.ts";

/** QEMU itself, by its own protocol (QMP). Every method rejects with HostOffError if it is not running. */
export type Monitor = {
  isRunning(): Promise<boolean>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** The carrier of the cluster NIC, as the guest sees it. QEMU starts with it on. */
  setCarrier(on: boolean): Promise<void>;
};

const START_SESSION: JsonCommand = { execute: "qmp_capabilities" };

export function openMonitor(host: string, socket: string): Monitor {
  const perform = async (command: JsonCommand): Promise<unknown> => {
    const message = encodeCommand(START_SESSION) + encodeCommand(command);
    const answer = await exchange(host, socket, message, secondAnswer);
    if (answer.kind === "refusal") throw new Error(`${host}: QEMU refuses ${command.execute}: ${answer.reason}`);
    return answer.kind === "value" ? answer.value : undefined;
  };
  const setCarrier = (up: boolean) => perform({ execute: "set_link", arguments: { name: CLUSTER_NIC, up } });
  return {
    async isRunning() {
      const status = await perform({ execute: "query-status" });
      return isRecord(status) && status["running"] === true;
    },
    async freeze() {
      await perform({ execute: "stop" });
    },
    async thaw() {
      await perform({ execute: "cont" });
    },
    async setCarrier(on) {
      await setCarrier(on);
    },
  };
}

/** The answer to what followed START_SESSION. Undefined until it is there. */
export function secondAnswer(received: Buffer): JsonAnswer | undefined {
  return wholeLines(received)
    .map(parseAnswer)
    .filter(({ kind }) => kind !== "event")[1];
}
