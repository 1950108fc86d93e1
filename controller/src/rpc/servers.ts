import { AgentServiceService, EnrollmentServiceService, OperatorServiceService } from "@cowherd/proto/wire";
import { Server, type ServerOptions } from "@grpc/grpc-js";
import type { Controller } from "../controller.ts";
import type { ServerIdentity } from "../identity/certificate-authority.ts";
import { createAgentService } from "./agent-service.ts";
import { type Door, openDoor } from "./door.ts";
import { createEnrollmentService } from "./enrollment-service.ts";
import { createGuard, rateDoorkeeper, roleDoorkeeper } from "./guard.ts";
import { addHealth } from "./health.ts";
import { createOperatorService } from "./operator-service.ts";
import { type Connected, certifiedPeer, type Peer } from "./peer.ts";
import { createRateLimit } from "./rate-limit.ts";
import { addReflection } from "./reflection.ts";
import { ControllerCredentials } from "./server-credentials.ts";
import { openSocketDoor } from "./socket-door.ts";
import type { ErrorLog } from "./unary.ts";

/** Where to listen. A port of zero takes any free one. */
export type Listening = {
  readonly address: string;
  readonly enrollmentPort: number;
  readonly agentPort: number;
  /** The operator's unix socket, alone in a folder that nobody else may enter. */
  readonly socket: string;
};

export type ServersDeps = {
  readonly controller: Controller;
  readonly identity: ServerIdentity;
  /** The FileDescriptorSet of the schema; undefined for no reflection. */
  readonly schema: Buffer | undefined;
  /** Milliseconds of a clock that only goes forwards. */
  readonly monotonic: () => number;
  readonly log: ErrorLog;
};

/** The controller's three doors, open. */
export type Servers = {
  readonly enrollmentPort: number;
  readonly agentPort: number;
  /** Connections from now on see this identity. */
  replaceIdentity(identity: ServerIdentity): void;
  /** Tells the agents, lets calls under way finish, and has everything closed within 10 s. */
  stop(): Promise<void>;
};

/** Opens the doors: enrolment, mutual TLS for agents and operators, and the local operator's socket. */
export async function openServers(deps: ServersDeps, listening: Listening): Promise<Servers> {
  const { controller, identity, log, schema, monotonic } = deps;
  const { address: host } = listening;
  await using opened = new AsyncDisposableStack(); // what is open when a later door fails is closed again

  const certified = (call: Connected): Peer => certifiedPeer(call, controller.loop.record(), controller.now());
  const agents = new Server({ ...common, interceptors: [createGuard([roleDoorkeeper(certified)])] });
  agents.addService(AgentServiceService, createAgentService(controller, certified, log));
  agents.addService(OperatorServiceService, createOperatorService(controller, log));
  addHealth(agents);
  if (schema !== undefined) addReflection(agents, schema);

  const local = new Server({ ...common, interceptors: [createGuard([roleDoorkeeper(() => localOperator)])] });
  local.addService(OperatorServiceService, createOperatorService(controller, log));
  addHealth(local);
  if (schema !== undefined) addReflection(local, schema);

  const mutual = new ControllerCredentials(identity, controller.authority.certificate);
  const agentDoor = await openDoor(agents, mutual, { host, port: listening.agentPort }, agentLimits);
  opened.defer(async () => await agentDoor.close(0));

  const rate = createRateLimit({ burst: 30, perSecond: 1 }, monotonic);
  const guard = createGuard([rateDoorkeeper(rate), roleDoorkeeper(() => anyone)]);
  const enrolling = new Server({ ...common, ...enrollmentOptions, interceptors: [guard] });
  enrolling.addService(EnrollmentServiceService, createEnrollmentService(controller, agentDoor.port, log));
  const open = new ControllerCredentials(identity, undefined);
  const enrollmentDoor = await openDoor(enrolling, open, { host, port: listening.enrollmentPort }, enrollmentLimits);
  opened.defer(async () => await enrollmentDoor.close(0));

  const localDoor = await openSocketDoor(local, listening.socket);
  opened.move();

  return {
    enrollmentPort: enrollmentDoor.port,
    agentPort: agentDoor.port,
    replaceIdentity(next) {
      mutual.replace(next);
      open.replace(next);
    },
    async stop() {
      controller.sessions.stop();
      await Promise.all([
        closeBoth(agents, agentDoor),
        closeBoth(enrolling, enrollmentDoor),
        closeBoth(local, localDoor),
      ]);
    },
  };
}

const anyone: Peer = { role: "anyone" };
const localOperator: Peer = { role: "local-operator" };

const common: ServerOptions = {
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.max_concurrent_streams": 64,
  "grpc.max_receive_message_length": 1024 * 1024, // a cluster.yaml of thousands of nodes
};

const enrollmentOptions: ServerOptions = {
  "grpc.max_concurrent_streams": 4,
  "grpc.max_receive_message_length": 256 * 1024,
  "grpc.max_connection_age_ms": 60_000,
  "grpc.max_connection_age_grace_ms": 5_000,
};

const agentLimits = { maxConnections: 4096, idleMs: 0 };
const enrollmentLimits = { maxConnections: 128, idleMs: 15_000 };

/** In this order, or tryShutdown never returns: an open stream holds it up, and a drain after it does nothing. */
async function closeBoth(server: Server, door: Door): Promise<void> {
  const closed = Promise.withResolvers<void>();
  const force = setTimeout(() => {
    server.forceShutdown();
    closed.resolve();
  }, 10_000);
  door.close(500).then(() => server.tryShutdown(() => closed.resolve()), closed.reject);
  try {
    await closed.promise;
  } finally {
    clearTimeout(force);
  }
}
