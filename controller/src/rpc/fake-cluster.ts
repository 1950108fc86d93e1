import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { parseToken } from "@cowherd/proto";
import type { CreateTokenResponse, EnrollResponse, Facts } from "@cowherd/proto/wire";
import { defaultTiming, type Timing } from "../config.ts";
import { type Controller, type ControllerDeps, createController } from "../controller.ts";
import { atOnce } from "../hostfile/pace.ts";
import { createAuthority, openAuthority } from "../identity/certificate-authority.ts";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import { initialState } from "../state/initial-state.ts";
import type { ClusterStore } from "../store/cluster-store.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import {
  ask,
  type Credentials,
  certifiedClients,
  enrollmentClient,
  localClient,
  type MachineKey,
  machineFacts,
  newMachineKey,
} from "./fake-machine.ts";
import { openServers, type Servers } from "./servers.ts";

export const specText = `name: lab
nodes:
  primary: { address: 192.168.56.10, role: primary }
  secondary1: { address: 192.168.56.11 }
  secondary2: { address: 192.168.56.12 }
`;

/** Clocks that stand still until a test moves them. Milliseconds. */
export type Clocks = { wall: number; monotonic: number };

/** One machine's try to join; `n` makes it unlike all others. */
export type Enrolling = {
  readonly token: string;
  readonly key: MachineKey;
  readonly node?: string;
  readonly n: number;
  readonly over?: Partial<Facts>;
};

/** A controller with its real doors on loopback, and clocks of its own. */
export type FakeCluster = AsyncDisposable & {
  readonly controller: Controller;
  readonly servers: Servers;
  readonly clocks: Clocks;
  readonly authority: string;
  readonly socket: string;
  /** What was logged as the controller's own fault. */
  readonly faults: readonly unknown[];
  readonly local: ReturnType<typeof localClient>;
  /** Tries to join with a token. */
  enroll(enrolling: Enrolling): Promise<EnrollResponse>;
  /** Joins a machine over the wire, with a token of its own. */
  join(node: string, n: number, over?: Partial<Facts>): Promise<Credentials>;
  clients(credentials: Credentials): ReturnType<typeof certifiedClients>;
};

/** Starts on `store`, which is given a cluster where it has none. */
export async function startFakeCluster(
  store: ClusterStore = createMemoryStore(),
  timing: Partial<Timing> = {},
  over: Pick<ControllerDeps, "eventRules" | "buses"> = {},
): Promise<FakeCluster> {
  const clocks: Clocks = { wall: Date.now(), monotonic: 1_000_000 };
  const files = await createAuthority("lab", new Date(clocks.wall));
  const authority = await openAuthority(files);
  if (store.load() === undefined) {
    const state = initialState(parseClusterSpec(specText), 1n);
    store.commit({ state, tokens: new Map(), operators: new Map() });
  }
  const faults: unknown[] = [];
  const controller = createController({
    store,
    authority,
    now: () => clocks.wall,
    monotonic: () => clocks.monotonic,
    randomBytes,
    ...over,
    timing: { ...defaultTiming, checkMs: 150, pace: atOnce, ...timing }, // clocks that stand still never end a burst
  });
  const folder = await mkdtemp(`${tmpdir()}/cluster-`);
  const socket = `${folder}/run/operator.sock`;
  const servers = await openServers(
    {
      controller,
      identity: await authority.issueServer(new Date(clocks.wall)),
      schema: await readFile(new URL("../../../proto/schema/cowherd.binpb", import.meta.url)),
      monotonic: () => clocks.monotonic,
      log: (error) => void faults.push(error),
    },
    { address: "127.0.0.1", enrollmentPort: 0, agentPort: 0, socket },
  );
  const local = localClient(socket);
  const open: { close(): void }[] = [local];

  async function enroll({ token, key, node = "", n, over = {} }: Enrolling): Promise<EnrollResponse> {
    const client = enrollmentClient(servers.enrollmentPort, files.certificate);
    open.push(client);
    const address = controller.loop.record().state.spec.nodes.get(node)?.address ?? "192.168.56.11";
    const secret = Buffer.from(parseToken(token).secret);
    const facts = machineFacts(address, n, over);
    return await ask((answer) => client.enroll({ secret, csr: key.csr, facts, node }, answer));
  }

  return {
    controller,
    servers,
    clocks,
    authority: files.certificate,
    socket,
    faults,
    local,

    enroll,

    async join(node, n, over = {}) {
      const made = await ask<CreateTokenResponse>((answer) => local.createToken({ node, lifetimeSeconds: 0 }, answer));
      const key = await newMachineKey();
      const { certificate } = await enroll({ token: made.token, key, node, n, over });
      return { privateKey: key.privateKey, certificate };
    },

    clients(credentials) {
      const clients = certifiedClients(servers.agentPort, files.certificate, credentials);
      open.push(clients.agent, clients.operator);
      return clients;
    },

    async [Symbol.asyncDispose]() {
      for (const client of open) client.close();
      await servers.stop();
      await controller.publishing?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
