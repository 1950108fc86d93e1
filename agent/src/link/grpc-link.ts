import { toWireOutcome, toWireProof } from "@cowherd/proto";
import { AgentServiceClient, type HeartbeatResponse } from "@cowherd/proto/wire";
import type { CallOptions, ServiceError } from "@grpc/grpc-js";
import { Metadata } from "@grpc/grpc-js";
import { lifetimeOf, type Membership } from "../journal/membership.ts";
import { toLinkError } from "./call-error.ts";
import { channelOptions, createCredentials, targetOf } from "./channel.ts";
import type { ControllerLink } from "./controller-link.ts";
import { toWireFacts } from "./wire-facts.ts";
import { parseSessionMessage } from "./wire-session.ts";

type Answer<Response> = (error: ServiceError | null, response: Response) => void;
type Cancellable = { cancel(): void };

const heartbeatDeadlineMs = 5_000;
const reportDeadlineMs = 20_000;

/** Connects to the controller of a membership over mutual TLS. `calendar` is now, in milliseconds since 1970. */
export function createGrpcLink(membership: Membership, calendar: () => number): ControllerLink {
  const { to } = lifetimeOf(membership.certificate);
  const target = targetOf(membership.address, membership.agentPort);
  const client = new AgentServiceClient(target, createCredentials(membership), channelOptions);
  const translate = (error: unknown, call: string) => toLinkError(error, call, calendar() >= to);

  /** Makes one call with a deadline, and cancels it when it is no longer wanted. */
  function unary<Response>(
    name: string,
    deadlineMs: number,
    signal: AbortSignal,
    start: (options: CallOptions, answer: Answer<Response>) => Cancellable,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const call = start({ deadline: calendar() + deadlineMs }, (error, response) => {
        signal.removeEventListener("abort", cancel);
        if (signal.aborted) reject(signal.reason);
        else if (error === null) resolve(response);
        else reject(translate(error, name));
      });
      function cancel() {
        call.cancel();
      }
      signal.addEventListener("abort", cancel, { once: true });
    });
  }

  const none = new Metadata();
  return {
    async *session(holds, signal) {
      signal.throwIfAborted();
      const call = client.session({ epoch: holds?.epoch ?? 0n, generation: holds?.generation ?? 0n }, none);
      call.on("error", () => {}); // a cancelled call tells of it once more when nobody iterates any longer
      const cancel = () => call.cancel();
      signal.addEventListener("abort", cancel, { once: true });
      try {
        for await (const response of call) {
          const message = parseSessionMessage(response);
          if (message !== undefined) yield message;
        }
      } catch (error) {
        signal.throwIfAborted();
        throw translate(error, "session");
      } finally {
        signal.removeEventListener("abort", cancel);
        cancel();
      }
    },

    async heartbeat({ activity, ranks }, signal) {
      const { nextPeriodMs, countRanksOfUid } = await unary<HeartbeatResponse>(
        "heartbeat",
        heartbeatDeadlineMs,
        signal,
        (options, answer) => client.heartbeat({ activity, ranks }, none, options, answer),
      );
      return { periodMs: nextPeriodMs, countRanksOf: countRanksOfUid };
    },

    async reportFacts(facts, signal) {
      const request = { facts: toWireFacts(facts) };
      await unary("facts", reportDeadlineMs, signal, (options, answer) =>
        client.reportFacts(request, none, options, answer),
      );
    },

    async reportRun(run, signal) {
      const request = { run: { ...run, outcomes: run.outcomes.map(toWireOutcome) } };
      await unary("run", reportDeadlineMs, signal, (options, answer) =>
        client.reportRun(request, none, options, answer),
      );
    },

    async reportCheck(id, outcomes, signal) {
      const request = { id, outcomes: outcomes.map(toWireOutcome) };
      await unary("check", reportDeadlineMs, signal, (options, answer) =>
        client.reportCheck(request, none, options, answer),
      );
    },

    async reportProof(id, proofs, signal) {
      const request = { id, proofs: proofs.map(toWireProof) };
      await unary("proof", reportDeadlineMs, signal, (options, answer) =>
        client.reportProof(request, none, options, answer),
      );
    },

    async reportHook(id, failure, signal) {
      await unary("hook", reportDeadlineMs, signal, (options, answer) =>
        client.reportHook({ id, failure: failure ?? "" }, none, options, answer),
      );
    },

    async renew(csr, signal) {
      const { certificate } = await unary<{ certificate: string }>(
        "renewal",
        reportDeadlineMs,
        signal,
        (options, answer) => client.renew({ csr: Buffer.from(csr) }, none, options, answer),
      );
      return certificate;
    },

    close: () => client.close(),
  };
}
