import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import {
  type ClusterStore,
  type Controller,
  createAuthority,
  createController,
  defaultTiming,
  initialState,
  openAuthority,
  openServers,
  parseClusterSpec,
} from "@cowherd/controller";
import { createKeyPair, createRequest } from "../../../agent/src/link/certificate-request.ts";
import { toWireFacts } from "../../../agent/src/link/wire-facts.ts";
import { type Machine, subnet } from "./machine.ts";
import type { Member } from "./troupe.ts";

/** A controller at work, with its doors open on loopback and its record on a disk. */
export type Stage = AsyncDisposable & {
  readonly controller: Controller;
  readonly members: readonly [Member, ...Member[]];
};

/**
 * Starts a controller as the product does, and enrols the machines.
 *
 * They enrol past the door, which takes no more than one machine a second of one address, as all
 * of these have: a burst begins with machines that joined and were off.
 */
export async function openStage(
  machines: readonly [Machine, ...Machine[]],
  openStore: (path: string) => ClusterStore,
): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(`${tmpdir()}/cowherd-burst-`);
  opened.defer(() => rm(folder, { recursive: true }));
  const store = openStore(`${folder}/cluster.sqlite`);
  opened.defer(() => store.close());
  store.commit({
    state: initialState(parseClusterSpec(specOf(machines)), 1n),
    tokens: new Map(),
    operators: new Map(),
  });

  const files = await createAuthority("burst", new Date());
  const authority = await openAuthority(files);
  const monotonic = () => performance.now();
  const controller = createController({
    store,
    authority,
    now: Date.now,
    monotonic,
    randomBytes,
    timing: defaultTiming,
  });
  const identity = await authority.issueServer(new Date());
  const listening = { address: "127.0.0.1", enrollmentPort: 0, agentPort: 0, socket: `${folder}/run/operator.sock` };
  const faults = (error: unknown) => void process.emitWarning(error instanceof Error ? error : String(error));
  const servers = await openServers({ controller, identity, schema: undefined, monotonic, log: faults }, listening);
  opened.defer(() => servers.stop());
  const ticking = setInterval(() => controller.tick(), defaultTiming.tickMs);
  opened.defer(() => clearInterval(ticking));

  const enrol = async (machine: Machine): Promise<Member> => {
    const { node } = machine;
    const { secret } = controller.tokens.create(node, 0);
    const keys = createKeyPair();
    const facts = toWireFacts({ ...machine.facts, userKeys: [] });
    const { certificate } = await controller.enrollment.enroll({ secret, csr: createRequest(keys), facts, node });
    const key = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const place = { node, cluster: "burst", address: "127.0.0.1", agentPort: servers.agentPort };
    return { machine, membership: { ...place, key, certificate, authority: files.certificate } };
  };
  const [first, ...rest] = machines;
  const members: [Member, ...Member[]] = [await enrol(first)];
  for (const machine of rest) members.push(await enrol(machine));

  const closing = opened.move();
  return { controller, members, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

function specOf(machines: readonly Machine[]): string {
  const lines = machines.map(({ node, address }) => `  ${node}: { address: ${address} }\n`);
  return `name: burst\nsubnet: ${subnet}\nnodes:\n${lines.join("")}`;
}
