import { webcrypto } from "node:crypto";
import { controllerServerName } from "@cowherd/proto";
import {
  AgentServiceClient,
  EnrollmentServiceClient,
  type Facts,
  OperatorServiceClient,
  type SessionResponse,
} from "@cowherd/proto/wire";
import { type ClientReadableStream, credentials, type ServiceError } from "@grpc/grpc-js";
import { PemConverter, Pkcs10CertificateRequestGenerator } from "../identity/x509.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A key with its signing request, as an agent makes them. `privateKey` is PEM. */
export type MachineKey = { readonly privateKey: string; readonly csr: Buffer };

/** Makes a key whose signing request claims a name that nobody gave it. */
export async function newMachineKey(claim = "CN=root"): Promise<MachineKey> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({ name: claim, keys, signingAlgorithm: algorithm });
  const privateKey = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { privateKey, csr: Buffer.from(request.rawData) };
}

/** What a machine proves itself with. Both PEM. */
export type Credentials = { readonly privateKey: string; readonly certificate: string };

const tls = { "grpc.ssl_target_name_override": controllerServerName, "grpc.use_local_subchannel_pool": 1 };

/** Connects as a machine that has no certificate yet. */
export function enrollmentClient(port: number, authority: string): EnrollmentServiceClient {
  return new EnrollmentServiceClient(`127.0.0.1:${port}`, credentials.createSsl(Buffer.from(authority)), tls);
}

/** Connects with a certificate, as whatever it is for. */
export function certifiedClients(port: number, authority: string, { privateKey, certificate }: Credentials) {
  const mutual = credentials.createSsl(Buffer.from(authority), Buffer.from(privateKey), Buffer.from(certificate));
  return {
    agent: new AgentServiceClient(`127.0.0.1:${port}`, mutual, tls),
    operator: new OperatorServiceClient(`127.0.0.1:${port}`, mutual, tls),
  };
}

/** Connects through the unix socket. */
export function localClient(socket: string): OperatorServiceClient {
  return new OperatorServiceClient(`unix:${socket}`, credentials.createInsecure());
}

/** Makes one call and waits for its answer: `ask((answer) => client.heartbeat({ activity: "" }, answer))`. */
export async function ask<Response>(
  call: (answer: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  call((error, response) => (error === null ? resolve(response) : reject(error)));
  return await promise;
}

/** A session as a test reads it. */
export type OpenSession = {
  /** Resolves to the next message; rejects once the stream ended, with its error where it had one. */
  next(): Promise<SessionResponse["message"]>;
  cancel(): void;
};

export function readSession(stream: ClientReadableStream<SessionResponse>): OpenSession {
  const messages = stream[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await messages.next();
      if (done === true) throw new SessionEndedError("the session ended");
      return value.message;
    },
    cancel: () => stream.cancel(),
  };
}

/** The session ended without an error. */
export class SessionEndedError extends Error {
  override readonly name = "SessionEndedError";
}

/** What a machine at `address` reports of itself; `n` makes it unlike all others. */
export function machineFacts(address: string, n: number, over: Partial<Facts> = {}): Facts {
  const digit = n.toString(16).padStart(2, "0");
  return {
    hostname: `machine${n}`,
    machineId: digit.repeat(16),
    os: { id: "debian", versionId: "12", kernel: "6.1.0-18-amd64", architecture: "x64" },
    processors: { online: 4, schedulable: 4, quota: undefined, cores: 4 },
    memoryBytes: 4_294_967_296n,
    interfaces: [{ name: "enp0s8", mac: `52:54:00:00:00:${digit}`, addresses: [`${address}/24`] }],
    hostKeys: [`ssh-ed25519 ${ed25519(n)}`],
    userKeys: [{ user: "mpihpc", key: `ssh-ed25519 ${ed25519(n + 100)}` }],
    agentVersion: "0.1.0",
    nfs: { server: true, client: true },
    netplan: true,
    mpirun: { vendor: "Open MPI", version: "4.1.4" },
    tlsRequests: [],
    ...over,
  };
}

/** A public key in the form of RFC 4253, section 6.6. */
function ed25519(n: number): string {
  const name = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1");
  return Buffer.concat([name, Buffer.alloc(32, n)]).toString("base64");
}
