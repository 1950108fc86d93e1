import { createServer, type ListenOptions, type Socket } from "node:net";
import type { Server, ServerCredentials } from "@grpc/grpc-js";

/** A listening socket in front of a grpc-js server. */
export type Door = {
  /** Zero for a unix socket. */
  readonly port: number;
  /** Lets nobody in any more, gives those inside `graceMs` to finish, then cuts them off. */
  close(graceMs: number): Promise<void>;
};

export type DoorLimits = {
  /** Further connections are closed at once. */
  readonly maxConnections: number;
  /** A connection on which nothing moves for so long is closed; zero for never. */
  readonly idleMs: number;
};

/**
 * Opens a door to a server.
 *
 * The socket is ours and not grpc-js's own, since that one cannot bound the number of
 * connections, nor close those that never finish their handshake.
 */
export async function openDoor(
  server: Server,
  credentials: ServerCredentials,
  where: ListenOptions,
  limits: DoorLimits,
): Promise<Door> {
  const injector = server.createConnectionInjector(credentials);
  const inside = new Set<Socket>();
  const listener = createServer((socket) => {
    inside.add(socket);
    socket.once("close", () => inside.delete(socket));
    socket.on("error", () => socket.destroy()); // a peer that vanished is not our error
    if (limits.idleMs > 0) socket.setTimeout(limits.idleMs, () => socket.destroy());
    injector.injectConnection(socket);
  });
  listener.maxConnections = limits.maxConnections;
  const listening = Promise.withResolvers<void>();
  listener.once("error", listening.reject);
  listener.listen(where, () => listening.resolve());
  await listening.promise;

  const address = listener.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async close(graceMs) {
      const closed = Promise.withResolvers<void>();
      listener.close(() => closed.resolve());
      injector.drain(graceMs);
      const cutOff = setTimeout(() => {
        for (const socket of inside) socket.destroy(); // grpc-js knows of none before its handshake
      }, graceMs);
      await closed.promise;
      clearTimeout(cutOff);
    },
  };
}
