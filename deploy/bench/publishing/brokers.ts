import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { freePorts, natsProgram, startNatsServer } from "../../test/genuine-brokers.ts";

/** Brokers on loopback in each of the ways in which one may be, as `events.nats` of a cluster.yaml. */
export type Brokers = AsyncDisposable & {
  readonly up: string;
  /** Nobody listens there. */
  readonly down: string;
  /** Connections are taken, and never answered. */
  readonly silent: string;
  /** A genuine server, which `freeze` stops in its tracks. */
  readonly frozen: string;
  freeze(): void;
  thaw(): void;
};

/** Starts them. */
export async function startBrokers(): Promise<Brokers> {
  const folder = await mkdtemp(`${tmpdir()}/bench-brokers-`);
  const program = await natsProgram();
  const [upPort = 0, downPort = 0, frozenPort = 0] = await freePorts(3);
  const up = await startNatsServer({ program, folder: `${folder}/up`, port: upPort });
  const frozen = await startNatsServer({ program, folder: `${folder}/frozen`, port: frozenPort });
  const silent = createServer((socket) => void socket.on("error", () => {}));
  await once(silent.listen(0, "127.0.0.1"), "listening");
  const address = silent.address();
  const silentPort = typeof address === "object" && address !== null ? address.port : 0;
  const at = (port: number) => `{ url: "nats://127.0.0.1:${port}" }`;
  return {
    up: at(upPort),
    down: at(downPort),
    silent: at(silentPort),
    frozen: at(frozenPort),
    freeze: () => frozen.freeze(),
    thaw: () => frozen.thaw(),
    async [Symbol.asyncDispose]() {
      silent.close();
      frozen.thaw();
      await Promise.all([up.kill(), frozen.kill()]);
      await rm(folder, { recursive: true });
    },
  };
}
