/** The generated messages and services. For the edges alone: agent/src/link, controller/src/rpc and cli/src. */
export * from "./gen/cowherd/v1/agent.ts";
export * from "./gen/cowherd/v1/enrollment.ts";
export * from "./gen/cowherd/v1/error.ts";
export * from "./gen/cowherd/v1/event.ts";
export * from "./gen/cowherd/v1/facts.ts";
export * from "./gen/cowherd/v1/operator.ts";
export * from "./gen/cowherd/v1/resource.ts";
