import type { Writable } from "node:stream";
import { toRpcStatus } from "./rpc-error.ts";

/** The sending half of a streaming call. */
export type ResponseStream<Response> = {
  /** Resolves once the message left for the network, or the stream closed; never rejects. */
  send(message: Response): Promise<void>;
  /** Ends the stream well. Only the first end counts. */
  end(): void;
  /** Ends the stream with an error, which rpc-error.ts maps. */
  fail(error: unknown): void;
  /** Aborts once nobody reads any more. */
  readonly closed: AbortSignal;
};

/** What is used of a call of grpc-js (ServerWritableStream). */
export type StreamingCall<Response> = Pick<Writable, "on" | "emit" | "end"> & {
  write(message: Response, left: () => void): boolean;
};

/** Wraps a grpc-js stream, which would buffer without end if nobody waited for its writes. */
export function createResponseStream<Response>(call: StreamingCall<Response>): ResponseStream<Response> {
  const closing = new AbortController();
  let ended = false;
  call.on("cancelled", () => closing.abort()); // fires after a normal end too
  call.on("close", () => closing.abort());

  return {
    closed: closing.signal,
    async send(message) {
      if (ended || closing.signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const left = () => resolve();
      closing.signal.addEventListener("abort", left);
      call.write(message, left);
      await promise;
      closing.signal.removeEventListener("abort", left); // a stream may be open for months
    },
    end() {
      if (ended) return;
      ended = true;
      call.end();
    },
    fail(error) {
      if (ended) return;
      ended = true;
      call.emit("error", toRpcStatus(error)); // grpc-js ends the stream with this status
    },
  };
}
