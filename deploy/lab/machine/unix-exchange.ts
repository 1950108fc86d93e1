import { connect, type Socket } from "node:net";
import { HostOffError } from "../lab-error.ts";

/**
 * Connects to a socket of QEMU's, writes, and hands the growing answer to `read` until it
 * returns something. QEMU serves one client at a time, so a connection is also a turn.
 * Rejects with HostOffError if QEMU is gone or goes, and with the signal's reason.
 */
export async function exchange<T>(
  host: string,
  path: string,
  message: Uint8Array | string,
  read: (received: Buffer) => T | undefined,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const socket = connect(path);
  return await new Promise<T>((resolve, reject) => {
    const abort = () => end(() => reject(signal?.reason));
    const end = (settle: () => void) => {
      signal?.removeEventListener("abort", abort);
      socket.destroy();
      settle();
    };
    let received: Buffer = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      try {
        const answer = read(received);
        if (answer !== undefined) end(() => resolve(answer));
      } catch (error) {
        end(() => reject(error));
      }
    });
    socket.once("error", () => end(() => reject(new HostOffError(host)))); // refused, or no such socket: nobody is there
    socket.once("close", () => end(() => reject(new HostOffError(host))));
    signal?.addEventListener("abort", abort, { once: true });
    socket.write(message);
  });
}

/** Opens a socket of QEMU's for a stream. Rejects with HostOffError if nobody is there. */
export async function openStream(host: string, path: string): Promise<Socket> {
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", () => reject(new HostOffError(host)));
  });
  return socket;
}
