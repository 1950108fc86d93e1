import { createDesiredState, toWireDesiredState } from "@cowherd/proto";
import { type AgentServiceServer, AgentServiceService } from "@cowherd/proto/wire";
import { type handleUnaryCall, Server, ServerCredentials } from "@grpc/grpc-js";
import type { TestAuthority } from "../../agent/src/link/test-authority.ts";

/** A controller that asks its agents for heartbeats and for nothing else. */
export type IdleController = {
  readonly port: number;
  /** How many heartbeats it has answered. */
  heartbeats(): number;
  stop(): void;
};

/** Starts one on loopback, with mutual TLS. Every desired state that it gives is empty. */
export async function startIdleController(authority: TestAuthority, nextPeriodMs: number): Promise<IdleController> {
  let heartbeats = 0;
  const desiredState = toWireDesiredState(createDesiredState({ epoch: 1n, generation: 1n }, []));
  const implementation: AgentServiceServer = {
    session: (call) => void call.write({ message: { $case: "desiredState", value: desiredState } }),
    heartbeat(_call, answer) {
      heartbeats += 1;
      answer(null, { nextPeriodMs });
    },
    reportFacts: answerWith({}),
    reportRun: answerWith({}),
    reportCheck: answerWith({}),
    reportProof: answerWith({}),
    reportHook: answerWith({}),
    renew: answerWith({ certificate: "" }),
  };
  const server = new Server();
  server.addService(AgentServiceService, implementation);
  const { key, certificate } = await authority.issueController();
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) };
  const credentials = ServerCredentials.createSsl(Buffer.from(authority.certificate), [pair], true);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return { port, heartbeats: () => heartbeats, stop: () => server.forceShutdown() };
}

function answerWith<Response>(response: Response): handleUnaryCall<unknown, Response> {
  return (_call, answer) => answer(null, response);
}
