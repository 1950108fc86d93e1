import { controllerServerName, errorDetailTrailer } from "@cowherd/proto";
import { OperatorServiceClient } from "@cowherd/proto/wire";
import {
  type ClientOptions,
  type ClientReadableStream,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { printable } from "../output/printable.ts";
import type { ControllerAddress } from "./controller-address.ts";
import { type OperatorCredentials, readCredentials } from "./credentials-folder.ts";
import { ControllerUnreachableError, CredentialsError, NoAnswerError } from "./link-error.ts";
import type { Deadlines, OperatorLink } from "./operator-link.ts";
import {
  parseApplied,
  parseCertificate,
  parseCreatedToken,
  parseGeneration,
  parseHostfile,
  parseNodePlan,
  parsePinned,
  parseStatus,
  parseToken,
  parseVersion,
} from "./parse-answer.ts";
import { parseListed } from "./parse-event.ts";
import { parseEventsUser, parseListeningPlace } from "./parse-events-user.ts";
import { parseExplanation } from "./parse-explanation.ts";
import { translateFailure } from "./rpc-error.ts";
import { diagnoseSocket } from "./socket-diagnosis.ts";

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: { deadline: number },
  done: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

/** Opens a link. Nothing is sent before the first call; throws CredentialsError for a folder without credentials. */
export async function createGrpcOperatorLink(address: ControllerAddress, deadlines: Deadlines): Promise<OperatorLink> {
  const client = await createClient(address);

  function ask<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    signal: AbortSignal,
    deadlineMs = deadlines.answerMs,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + deadlineMs };
      const call = method.call(client, request, new Metadata(), options, (error, response) => {
        signal.removeEventListener("abort", cancel);
        if (error === null) resolve(response);
        else if (!signal.aborted) resolve(refuse(error, address));
      });
      function cancel() {
        call.cancel();
        reject(signal.reason);
      }
      signal.addEventListener("abort", cancel, { once: true });
      if (signal.aborted) cancel();
    });
  }

  return {
    getVersion: async (signal) => parseVersion(await ask(client.getVersion, {}, signal)),
    getStatus: async (signal) => parseStatus((await ask(client.getStatus, {}, signal)).status),
    watchStatus: async function* (signal) {
      for await (const { status } of readStream(client.watchStatus({}), address, signal)) yield parseStatus(status);
    },
    listEvents: async function* ({ after, sinceMs = 0, follow, node = "", type = "" }, signal) {
      const request = { after, sinceMs: BigInt(sinceMs), follow, node, type };
      for await (const response of readStream(client.listEvents(request), address, signal)) yield parseListed(response);
    },
    explainNode: async (node, signal) => parseExplanation(await ask(client.explainNode, { node }, signal)),
    plan: async (spec, signal) =>
      (await ask(client.plan, { spec }, signal, deadlines.nodesMs)).nodes.map(parseNodePlan),
    apply: async (spec, signal) => parseApplied(await ask(client.apply, { spec }, signal)),
    getHostfile: async (signal) => parseHostfile(await ask(client.getHostfile, {}, signal)),
    listHostfileGenerations: async (signal) =>
      (await ask(client.listHostfileGenerations, {}, signal)).generations.map(parseGeneration),
    rollBackHostfile: async (generation, signal) =>
      parsePinned((await ask(client.rollBackHostfile, { generation }, signal)).pinned),
    adoptHostfile: async (text, signal) => parsePinned((await ask(client.adoptHostfile, { text }, signal)).pinned),
    unpinHostfile: async (signal) => await ask(client.unpinHostfile, {}, signal),
    removeNode: async (node, signal) => {
      await ask(client.removeNode, { node }, signal);
    },
    drainNode: async (node, reason, deadlineSeconds = 0, signal) => {
      const { listed } = await ask(client.drainNode, { node, reason, deadlineSeconds }, signal);
      return { listed };
    },
    undrainNode: async (node, signal) => {
      await ask(client.undrainNode, { node }, signal);
    },
    releaseNode: async (node, signal) => {
      await ask(client.releaseNode, { node }, signal);
    },
    releaseHostfile: async (signal) => {
      await ask(client.releaseHostfile, {}, signal);
    },
    createToken: async (node, lifetimeSeconds = 0, signal) =>
      parseCreatedToken(await ask(client.createToken, { node, lifetimeSeconds }, signal)),
    listTokens: async (signal) => (await ask(client.listTokens, {}, signal)).tokens.map(parseToken),
    revokeToken: async (id, signal) => {
      await ask(client.revokeToken, { id }, signal);
    },
    issueOperatorCertificate: async (name, request, signal) =>
      parseCertificate(await ask(client.issueOperatorCertificate, { name, csr: Buffer.from(request) }, signal)),
    addEventsUser: async (name, key, signal) =>
      parseListeningPlace(await ask(client.addEventsUser, { name, key }, signal)),
    listEventsUsers: async (signal) => (await ask(client.listEventsUsers, {}, signal)).users.map(parseEventsUser),
    removeEventsUser: async (name, signal) => {
      await ask(client.removeEventsUser, { name }, signal);
    },
    [Symbol.dispose]: () => client.close(),
  };
}

async function createClient(address: ControllerAddress): Promise<OperatorServiceClient> {
  const options: ClientOptions = {
    "grpc.keepalive_time_ms": 20_000,
    "grpc.keepalive_timeout_ms": 10_000,
    "grpc.keepalive_permit_without_calls": 1,
    "grpc.enable_http_proxy": 0, // a proxy for the Internet does not know a host-only network
  };
  if (address.via === "socket") {
    return new OperatorServiceClient(`unix:${address.path}`, credentials.createInsecure(), options);
  }
  return new OperatorServiceClient(address.target, createTls(address, await readCredentials(address.credentials)), {
    ...options,
    "grpc.ssl_target_name_override": controllerServerName,
    "grpc.default_authority": controllerServerName,
  });
}

function createTls(address: ControllerAddress & { via: "tls" }, files: OperatorCredentials) {
  try {
    return credentials.createSsl(files.authority, files.key, files.certificate);
  } catch (cause) {
    throw new CredentialsError(address.credentials, { cause }); // not PEM, or a key of another certificate
  }
}

async function* readStream<Message>(
  stream: ClientReadableStream<Message>,
  address: ControllerAddress,
  signal: AbortSignal,
): AsyncIterable<Message> {
  const cancel = () => stream.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    if (signal.aborted) return;
    for await (const message of iterate<Message>(stream)) yield message;
  } catch (error) {
    if (signal.aborted) return;
    if (isServiceError(error)) await refuse(error, address);
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
    stream.cancel();
  }
}

/** Gives a stream of objects the type of its messages, which Node's own type leaves open. */
function iterate<Message>(stream: AsyncIterable<Message>): AsyncIterable<Message> {
  return stream;
}

async function refuse(error: ServiceError, address: ControllerAddress): Promise<never> {
  const [trailer] = error.metadata.get(errorDetailTrailer);
  const failure = translateFailure({
    code: error.code,
    details: error.details,
    trailer: Buffer.isBuffer(trailer) ? trailer : undefined,
  });
  if (failure === "deadline") throw new NoAnswerError(address);
  if (failure === "unavailable") {
    const because = address.via === "socket" ? await diagnoseSocket(address.path) : "no-connection";
    throw new ControllerUnreachableError(address, because, printable(error.details));
  }
  throw failure;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "details" in error && "metadata" in error;
}
