import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { isIP, Socket } from "node:net";
import {
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  type TlsOptions,
} from "nats";
import type { Credentials } from "./credentials.ts";

/** A connection, and the way to be rid of it whatever the server does. */
export type NatsLine = { readonly connection: NatsConnection; hangUp(): void };

/** Who we are, and the certificates that the server's own is signed by, in PEM. */
export type NatsAccess = { readonly credentials: Credentials | undefined; readonly ca: string | undefined };

const dialMs = 3_000;
const pingMs = 10_000;

/**
 * Connects to one server, once. Rejects with the client's error, or as soon as `signal` aborts.
 *
 * The client leaves a socket open for each try that a server accepts and never answers, and
 * goes on dialling by itself in the same way. So it dials once, and its sockets are known here.
 */
export async function dialNats(server: string, access: NatsAccess, signal: AbortSignal): Promise<NatsLine> {
  const sockets = collectSockets();
  const dialling = sockets.during(() => connect(optionsOf(server, access)));
  try {
    const connection = await untilAborted(dialling, signal);
    return {
      connection,
      hangUp() {
        connection.close().catch(() => {}); // it is of no use any more, in whichever way it ends
        sockets.destroy();
      },
    };
  } catch (error) {
    sockets.destroy();
    throw error;
  }
}

/** Settles as `promise` does, or rejects once `signal` aborts. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function optionsOf(server: string, { credentials, ca }: NatsAccess): ConnectionOptions {
  const { protocol, hostname } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, "");
  // Node takes the name to verify from these two, and for lack of them "localhost".
  const tls: TlsOptions & { host: string; servername: string } = { host, servername: isIP(host) === 0 ? host : "" };
  return {
    servers: server,
    name: "cowherd-controller",
    timeout: dialMs,
    pingInterval: pingMs,
    maxPingOut: 2,
    reconnect: false,
    ignoreClusterUpdates: true, // what a server tells of others may lead nowhere, or to whom no certificate is for
    resolve: false,
    ...(protocol === "tls:" || ca !== undefined ? { tls: ca === undefined ? tls : { ...tls, ca } } : {}),
    ...authOf(credentials),
  };
}

function authOf(credentials: Credentials | undefined): Partial<ConnectionOptions> {
  switch (credentials?.kind) {
    case undefined:
      return {};
    case "jwt":
      return { authenticator: credsAuthenticator(new TextEncoder().encode(credentials.text)) };
    case "nkey":
      return { authenticator: nkeyAuthenticator(new TextEncoder().encode(credentials.seed)) };
    case "password":
      return { user: credentials.user, pass: credentials.password };
    case "token":
      return { token: credentials.token };
  }
}

const channel = "net.client.socket";

/** Knows every socket that is opened by what runs within `during`, and by whatever that starts. */
function collectSockets() {
  const within = new AsyncLocalStorage<boolean>();
  const sockets: Socket[] = [];
  let destroyed = false;
  const note = (message: unknown) => {
    if (within.getStore() !== true) return;
    const socket = socketIn(message);
    if (socket === undefined) return;
    sockets.push(socket);
    if (destroyed) socket.destroy();
  };
  return {
    async during<T>(act: () => Promise<T>): Promise<T> {
      subscribe(channel, note);
      try {
        return await within.run(true, act);
      } finally {
        unsubscribe(channel, note);
      }
    },
    destroy() {
      destroyed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

function socketIn(message: unknown): Socket | undefined {
  if (typeof message !== "object" || message === null || !("socket" in message)) return undefined;
  return message.socket instanceof Socket ? message.socket : undefined;
}
