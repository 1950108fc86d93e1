import type { EnrollmentServiceServer } from "@cowherd/proto/wire";
import type { Controller } from "../controller.ts";
import { MalformedRequestError } from "./rpc-error.ts";
import { type ErrorLog, unary } from "./unary.ts";

/** Answers machines that want to join. `agentPort` is where their agents go afterwards. */
export function createEnrollmentService(
  controller: Controller,
  agentPort: number,
  log: ErrorLog,
): EnrollmentServiceServer {
  return {
    enroll: unary(log, async ({ secret, csr, facts, node }) => {
      if (facts === undefined) throw new MalformedRequestError("the request holds no facts");
      const enrolled = await controller.enrollment.enroll({ secret, csr, facts, node });
      return { ...enrolled, cluster: controller.loop.record().state.spec.name, agentPort };
    }),
  };
}
