import { ServerInterceptingCall, type ServerInterceptingCallInterface, type ServerInterceptor } from "@grpc/grpc-js";
import type { Connected, Peer } from "./peer.ts";
import type { RateLimit } from "./rate-limit.ts";
import { mayCall } from "./role.ts";
import { RoleRefusedError, TooManyCallsError, toRpcStatus } from "./rpc-error.ts";

/** Looks at a call before any of it is read, and throws what it is refused with. */
export type Doorkeeper = (path: string, call: Connected) => void;

/** Lets a call in only where its caller's role has a row for the method. */
export function roleDoorkeeper(identify: (call: Connected) => Peer): Doorkeeper {
  return (path, call) => {
    const { role } = identify(call);
    if (!mayCall(role, path)) throw new RoleRefusedError(`the role ${role} may not call ${path}`);
  };
}

/** Asks each doorkeeper in turn about every call of a server, foreign services included. */
export function createGuard(doorkeepers: readonly Doorkeeper[]): ServerInterceptor {
  return ({ path }, call: ServerInterceptingCallInterface) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, goOn) {
            try {
              for (const admit of doorkeepers) admit(path, call);
            } catch (error) {
              call.sendStatus(toRpcStatus(error));
              return;
            }
            goOn(metadata);
          },
        }),
    });
}

/** Lets a call in only while its address stays within the rate. */
export function rateDoorkeeper(rate: RateLimit): Doorkeeper {
  return (_path, call) => {
    const address = call.getPeer().replace(/:\d+$/, ""); // without the port, which is another with each connection
    if (!rate(address)) throw new TooManyCallsError("too many calls from this address, try again in a minute");
  };
}
