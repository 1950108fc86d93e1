import { parseOutcome, toWireDesiredState, toWireHook, toWireProbe, toWireResource } from "@cowherd/proto";
import type { AgentServiceServer, SessionResponse } from "@cowherd/proto/wire";
import type { Controller } from "../controller.ts";
import { CertificateRevokedError, type CertifiedNode } from "../enrollment/enrollment.ts";
import type { SessionEnd, SessionMessage } from "../sessions/session.ts";
import { oneLine } from "../spec/printable.ts";
import type { Connected, Peer } from "./peer.ts";
import { toAnswer } from "./proof-report.ts";
import { createResponseStream } from "./response-stream.ts";
import { isOurFault, MalformedRequestError, RoleRefusedError, SessionSupersededError } from "./rpc-error.ts";
import { toHandEdit, toRunRecord } from "./run-record.ts";
import { type ErrorLog, unary } from "./unary.ts";

const longestFailure = 400; // characters of what a hook's end says, which goes to the store

/** Answers agents. Whom a call is about comes from its certificate and from nowhere else. */
export function createAgentService(
  controller: Controller,
  identify: (call: Connected) => Peer,
  log: ErrorLog,
): AgentServiceServer {
  function caller(call: Connected): CertifiedNode {
    const peer = identify(call);
    if (peer.role !== "node") throw new RoleRefusedError("only a node may speak about a node");
    controller.certificateUsed(peer.node, peer.certificate);
    return peer;
  }

  return {
    session(call) {
      const stream = createResponseStream(call);
      try {
        const { node, certificate } = caller(call);
        const closed = controller.sessions.open(node, certificate, controller.loop.desired().get(node), {
          send: (message) => stream.send(toWireMessage(message)),
          end(end) {
            const error = toError(end);
            if (error === undefined) stream.end();
            else stream.fail(error);
          },
        });
        controller.sessionOpened(node);
        stream.closed.addEventListener("abort", closed, { once: true });
        if (stream.closed.aborted) closed();
      } catch (error) {
        if (isOurFault(error)) log(error, call.getPath());
        stream.fail(error);
      }
    },

    heartbeat: unary(log, ({ activity, ranks }, call) => {
      const { node } = caller(call);
      controller.liveness.heartbeat(node, activity, ranks);
      const { spec, nodes } = controller.loop.record().state;
      return {
        nextPeriodMs: spec.liveness.heartbeatSeconds * 1000,
        countRanksOfUid: nodes.get(node)?.drain && spec.user.uid,
      };
    }),

    reportFacts: unary(log, ({ facts }, call) => {
      if (facts === undefined) throw new MalformedRequestError("the report holds no facts");
      controller.reportFacts(caller(call).node, facts);
      return {};
    }),

    reportRun: unary(log, ({ run }, call) => {
      if (run === undefined) throw new MalformedRequestError("the report holds no run");
      const { node } = caller(call);
      if (run.epoch === controller.loop.record().state.epoch)
        controller.reportRun(node, toRunRecord(run), toHandEdit(run)); // another store's generations say nothing here
      return {};
    }),

    reportCheck: unary(log, ({ id, outcomes }, call) => {
      controller.checks.answer(caller(call).node, id, outcomes.map(parseOutcome));
      return {};
    }),

    reportProof: unary(log, ({ id, proofs }, call) => {
      controller.reportProof(caller(call).node, id, toAnswer(proofs));
      return {};
    }),

    reportHook: unary(log, ({ id, failure }, call) => {
      controller.hooks.ended(caller(call).node, id, failure === "" ? undefined : oneLine(failure, longestFailure));
      return {};
    }),

    renew: unary(log, async ({ csr }, call) => ({
      certificate: await controller.enrollment.renew(caller(call), csr),
    })),
  };
}

function toWireMessage(message: SessionMessage): SessionResponse {
  switch (message.type) {
    case "desired-state":
      return { message: { $case: "desiredState", value: toWireDesiredState(message.desired) } };
    case "check": {
      const { id, resources } = message;
      return { message: { $case: "check", value: { id, resources: resources.map(toWireResource) } } };
    }
    case "probe":
      return { message: { $case: "probe", value: toWireProbe(message.id, message.probe) } };
    case "hook":
      return { message: { $case: "hook", value: toWireHook(message.request) } };
    case "going-away":
      return { message: { $case: "goingAway", value: {} } };
  }
}

function toError(end: SessionEnd): Error | undefined {
  switch (end) {
    case "superseded":
      return new SessionSupersededError("a newer session of this node took this one's place");
    case "revoked":
      return new CertificateRevokedError("the node was removed, or another machine took its place");
    case "stopping":
      return undefined;
  }
}
