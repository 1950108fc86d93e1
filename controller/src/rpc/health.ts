import type { Server, ServerUnaryCall, ServerWritableStream, sendUnaryData } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { serviceOf } from "./foreign-service.ts";

/** The published protocol, grpc/health/v1/health.proto, so far as it is needed. */
const protocol: Parameters<typeof fromJSON>[0] = {
  nested: {
    HealthCheckRequest: { fields: { service: { type: "string", id: 1 } } },
    HealthCheckResponse: {
      fields: { status: { type: "ServingStatus", id: 1 } },
      nested: { ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } } },
    },
    Health: {
      methods: {
        Check: { requestType: "HealthCheckRequest", responseType: "HealthCheckResponse", comment: "" },
        Watch: {
          requestType: "HealthCheckRequest",
          responseType: "HealthCheckResponse",
          responseStream: true,
          comment: "",
        },
      },
    },
  },
};

type Health = { readonly status: "SERVING" };

/** Lets tools such as grpc_health_probe ask a server how it is: while it answers at all, it serves. */
export function addHealth(server: Server): void {
  const definitions = fromJSON({ nested: { grpc: { nested: { health: { nested: { v1: protocol } } } } } });
  server.addService(serviceOf(definitions, "grpc.health.v1.Health"), {
    Check: (_call: ServerUnaryCall<unknown, Health>, respond: sendUnaryData<Health>) =>
      respond(null, { status: "SERVING" }),
    Watch: (call: ServerWritableStream<unknown, Health>) => void call.write({ status: "SERVING" }),
  });
}
