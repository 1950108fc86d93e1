import {
  type ErrorReason,
  errorDetailTrailer,
  parseOutcome,
  parseProof,
  toWireDesiredState,
  toWireHook,
  toWireProbe,
  toWireResource,
} from "@cowherd/proto";
import {
  type AgentServiceServer,
  AgentServiceService,
  ErrorDetail,
  type SessionResponse,
  type Facts as WireFacts,
} from "@cowherd/proto/wire";
import { type handleUnaryCall, Metadata, Server, ServerCredentials, type StatusObject, status } from "@grpc/grpc-js";
import type { Facts } from "../facts/facts.ts";
import type { SessionMessage } from "./controller-link.ts";
import { type FakeController, nothingHeard } from "./fake-controller.ts";
import type { TestAuthority } from "./test-authority.ts";

/** A controller for tests that really listens on loopback, with mutual TLS. */
export type LoopbackController = FakeController & { readonly port: number; stop(): void };

type OpenSession = { write(message: SessionResponse): unknown; end(): void };

/** Starts one. Renewals are answered by its authority, for the node "secondary1". */
export async function startLoopbackController(authority: TestAuthority): Promise<LoopbackController> {
  const heard = nothingHeard();
  const waiting: SessionResponse[] = [];
  let countRanksOf: number | undefined;
  let failing: ErrorReason | "UNREACHABLE" | undefined;
  let session: OpenSession | undefined;

  function unary<Request, Response>(serve: (request: Request) => Response | Promise<Response>) {
    const answer: handleUnaryCall<Request, Response> = (call, callback) => {
      if (failing !== undefined) callback(refusal(failing));
      else Promise.resolve(serve(call.request)).then((response) => callback(null, response), callback);
    };
    return answer;
  }

  const implementation: AgentServiceServer = {
    session(call) {
      if (failing !== undefined) return void call.emit("error", refusal(failing));
      const { epoch, generation } = call.request;
      heard.sessions.push(epoch === 0n && generation === 0n ? undefined : { epoch, generation });
      session = call;
      for (const message of waiting.splice(0)) call.write(message);
    },
    heartbeat: unary(({ activity, ranks }) => {
      heard.activities.push(activity);
      if (ranks !== undefined) heard.ranks.push(ranks);
      return { nextPeriodMs: 1_000, countRanksOfUid: countRanksOf };
    }),
    reportFacts: unary(({ facts }) => {
      if (facts !== undefined) heard.facts.push(fromWireFacts(facts));
      return {};
    }),
    reportRun: unary(({ run }) => {
      if (run !== undefined) heard.runs.push({ ...run, outcomes: run.outcomes.map(parseOutcome) });
      return {};
    }),
    reportCheck: unary(({ id, outcomes }) => {
      heard.checks.push({ id, outcomes: outcomes.map(parseOutcome) });
      return {};
    }),
    reportProof: unary(({ id, proofs }) => {
      heard.proofs.push({ id, proofs: proofs.map(parseProof) });
      return {};
    }),
    reportHook: unary(({ id, failure }) => {
      heard.hooks.push({ id, failure: failure === "" ? undefined : failure });
      return {};
    }),
    renew: unary(async ({ csr }) => {
      heard.renewals.push(csr);
      return { certificate: await authority.issueFor(csr, "secondary1") };
    }),
  };

  const server = new Server();
  server.addService(AgentServiceService, implementation);
  const { key, certificate } = await authority.issueController();
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate + authority.certificate) };
  const credentials = ServerCredentials.createSsl(Buffer.from(authority.certificate), [pair], true);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });

  return {
    port,
    heard,
    tell(message) {
      const response = toWireMessage(message);
      if (session === undefined) waiting.push(response);
      else session.write(response);
    },
    endSession() {
      session?.end();
      session = undefined;
    },
    askForRanks(uid) {
      countRanksOf = uid;
    },
    fail(reason) {
      failing = reason;
    },
    stop: () => server.forceShutdown(),
  };
}

function refusal(reason: ErrorReason | "UNREACHABLE"): Partial<StatusObject> {
  if (reason === "UNREACHABLE") return { code: status.UNAVAILABLE, details: "away" };
  const metadata = new Metadata();
  metadata.set(errorDetailTrailer, Buffer.from(ErrorDetail.encode({ reason, problems: [] }).finish()));
  return { code: status.PERMISSION_DENIED, details: "refused", metadata };
}

function toWireMessage(message: SessionMessage): SessionResponse {
  switch (message.type) {
    case "desired-state":
      return { message: { $case: "desiredState", value: toWireDesiredState(message.state) } };
    case "invalid-desired-state": {
      const resources = message.resources.map((id) => ({ id, requires: [], kind: undefined }));
      const value = { ...message.version, revision: message.revision, resources };
      return { message: { $case: "desiredState", value } };
    }
    case "check":
      return {
        message: { $case: "check", value: { id: message.id, resources: message.resources.map(toWireResource) } },
      };
    case "invalid-check": {
      const resources = message.resources.map((id) => ({ id, requires: [], kind: undefined }));
      return { message: { $case: "check", value: { id: message.id, resources } } };
    }
    case "probe":
      return { message: { $case: "probe", value: toWireProbe(message.id, message.probe) } };
    case "invalid-probe":
      return { message: { $case: "probe", value: { id: message.id, kind: undefined } } };
    case "hook":
      return { message: { $case: "hook", value: toWireHook(message.request) } };
    case "going-away":
      return { message: { $case: "goingAway", value: {} } };
  }
}

function fromWireFacts({ os, processors, memoryBytes, nfs, mpirun, tlsRequests, ...facts }: WireFacts): Facts {
  return {
    ...facts,
    os: os ?? { id: "", versionId: "", kernel: "", architecture: "" },
    processors: { online: 0, schedulable: 0, cores: 0, ...processors, quota: processors?.quota },
    memoryBytes: Number(memoryBytes),
    nfs: nfs ?? { server: false, client: false },
    mpirun,
    tlsRequests: tlsRequests.map(({ path, csr }) => ({ path, csr: csr.toString("base64") })),
  };
}
