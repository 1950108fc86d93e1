import { mkdir, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { dirname } from "node:path";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { type Door, openDoor } from "./door.ts";

/** Another controller listens on the socket already. */
export class SocketTakenError extends Error {
  override readonly name = "SocketTakenError";
}

/**
 * Opens the operator's unix socket. The folder's mode is its whole protection, since a
 * unix peer shows no certificate: it is made with mode 0700.
 *
 * A socket that a killed controller left behind is removed; one that somebody listens on
 * is not. Throws SocketTakenError.
 */
export async function openSocketDoor(server: Server, path: string): Promise<Door> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await isListenedOn(path)) throw new SocketTakenError(`another controller listens on ${path}`);
  await rm(path, { force: true });
  return await openDoor(server, ServerCredentials.createInsecure(), { path }, { maxConnections: 64, idleMs: 0 });
}

async function isListenedOn(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection(path);
  socket.once("connect", () => resolve(true));
  socket.once("error", () => resolve(false));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}
