import { connect } from "node:net";
import type { Unreachability } from "./link-error.ts";

/**
 * Finds out why a unix socket could not be used, by the error number of connect(2).
 * gRPC tells it in prose alone.
 */
export function diagnoseSocket(path: string): Promise<Unreachability> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const conclude = (because: Unreachability) => {
      socket.destroy();
      resolve(because);
    };
    socket.once("connect", () => conclude("no-connection"));
    socket.once("error", (error: NodeJS.ErrnoException) => conclude(unreachabilityOf(error.code)));
  });
}

/** Translates the error number of connect(2). Pure. */
export function unreachabilityOf(code: string | undefined): Unreachability {
  if (code === "ENOENT") return "no-socket";
  if (code === "EACCES" || code === "EPERM") return "not-permitted";
  return code === "ECONNREFUSED" ? "not-listening" : "no-connection";
}
