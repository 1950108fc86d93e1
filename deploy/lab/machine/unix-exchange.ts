import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HostOffError } from "../lab-error.ts";

const TURN_POLL_MS = 20;

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
  const socket = await openStream(host, path, signal);
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
    socket.once("error", () => end(() => reject(new HostOffError(host))));
    socket.once("close", () => end(() => reject(new HostOffError(host))));
    signal?.addEventListener("abort", abort, { once: true });
    socket.write(message);
  });
}

/**
 * Opens a socket of QEMU's, once there is a place in the queue before it, which is short: many
 * may want their turn at once. Rejects with HostOffError if nobody is there, and with the signal's reason.
 */
export async function openStream(host: string, path: string, signal?: AbortSignal): Promise<Socket> {
  for (;;) {
    signal?.throwIfAborted();
    const socket = connect(path);
    const refusal = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      socket.once("connect", () => resolve(undefined));
      socket.once("error", resolve);
    });
    if (refusal === undefined) return socket;
    if (refusal.code !== "EAGAIN") throw new HostOffError(host); // refused, or no such socket
    await sleep(TURN_POLL_MS, undefined, { signal });
  }
}
