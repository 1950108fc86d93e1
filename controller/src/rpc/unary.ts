import type { handleUnaryCall, ServerUnaryCall } from "@grpc/grpc-js";
import { isOurFault, toRpcStatus } from "./rpc-error.ts";

/** Where errors that are ours go, cause and all. */
export type ErrorLog = (error: unknown, doing: string) => void;

/** Makes a grpc-js method of an async function; what it throws is mapped by rpc-error.ts alone. */
export function unary<Request, Response>(
  log: ErrorLog,
  answer: (request: Request, call: ServerUnaryCall<Request, Response>) => Promise<Response> | Response,
): handleUnaryCall<Request, Response> {
  return (call, respond) => {
    void (async () => answer(call.request, call))().then(
      (response) => respond(null, response),
      (error: unknown) => {
        if (isOurFault(error)) log(error, call.getPath());
        respond(toRpcStatus(error));
      },
    );
  };
}
