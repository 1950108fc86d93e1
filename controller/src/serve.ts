import { randomBytes } from "node:crypto";
import { openBrokerSeed } from "./broker/broker-seed.ts";
import { createCertificateKeeper } from "./broker/certificate-keeper.ts";
import { defaultTiming } from "./config.ts";
import { createController, NotInitialisedError } from "./controller.ts";
import type { OpenBus } from "./events/event-bus.ts";
import { openAuthority } from "./identity/certificate-authority.ts";
import { createServerRenewal } from "./identity/server-renewal.ts";
import { findClusterFolder } from "./init/cluster-folder.ts";
import { type Listening, openServers } from "./rpc/servers.ts";
import type { ErrorLog } from "./rpc/unary.ts";
import type { OpenStore } from "./store/cluster-store.ts";

export type ServeOptions = {
  readonly stateFolder: string;
  readonly openStore: OpenStore;
  readonly openBus: OpenBus;
  readonly listening: Listening;
  readonly schema: Buffer | undefined;
  readonly log: ErrorLog;
  /** Called once the doors are open. */
  readonly opened: () => void;
};

/** Runs the controller on this machine until `signal` aborts. Throws NotInitialisedError. */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<void> {
  const folder = await findClusterFolder(options.stateFolder);
  if (folder === undefined) throw new NotInitialisedError(`there is no cluster in ${options.stateFolder}`);
  const authority = await openAuthority(folder.authority);
  const store = options.openStore(folder.database);
  try {
    const monotonic = () => Number(process.hrtime.bigint() / 1_000_000n);
    const controller = createController({
      store,
      authority,
      now: Date.now,
      monotonic,
      randomBytes,
      timing: defaultTiming,
      buses: { openBus: options.openBus, ownBroker: folder.broker },
    });
    await using _publishing = controller.publishing;
    const key = await openBrokerSeed(folder.broker.credentials);
    controller.loop.commit({ events: [{ type: "broker-publisher-known", key }] });
    const issuedAt = Date.now();
    const identity = await authority.issueServer(new Date(issuedAt));
    const servers = await openServers({ ...options, controller, identity, monotonic }, options.listening);
    options.opened();

    const renewIdentity = createServerRenewal({
      issuedAt,
      now: Date.now,
      renew: async (now) => servers.replaceIdentity(await authority.issueServer(now)),
    });
    const keepBrokerCertificate = createCertificateKeeper({ ...controller, now: Date.now });
    const tick = async () => {
      controller.tick();
      await renewIdentity();
      await keepBrokerCertificate();
    };
    const ticking = setInterval(() => {
      tick().catch((error: unknown) => options.log(error, "tick"));
    }, defaultTiming.tickMs);

    await aborted(signal);
    clearInterval(ticking);
    await servers.stop();
  } finally {
    store.close();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
}
