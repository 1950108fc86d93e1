import { setTimeout } from "node:timers/promises";
import { eventStreamOf, formatToken, renderHostfile } from "@cowherd/proto";
import { type OperatorServiceServer, type Token, TokenState } from "@cowherd/proto/wire";
import { awaitedOfBroker } from "../broker/awaited-of-broker.ts";
import { version } from "../config.ts";
import type { Controller } from "../controller.ts";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import { primaryOf } from "../spec/primary-of.ts";
import { oneLine } from "../spec/printable.ts";
import type { TokenRecord } from "../tokens/token-record.ts";
import { clusterPlan } from "./cluster-plan.ts";
import { clusterStatus } from "./cluster-status.ts";
import { sendEvents } from "./event-stream.ts";
import { nodeExplanation } from "./node-explanation.ts";
import { createResponseStream } from "./response-stream.ts";
import { MalformedRequestError } from "./rpc-error.ts";
import { type ErrorLog, unary } from "./unary.ts";
import { toWireGeneration, toWirePinned } from "./wire-hostfile.ts";

const longestReason = 200; // characters

/** Answers operators. */
export function createOperatorService(controller: Controller, log: ErrorLog): OperatorServiceServer {
  const { loop, tokens, operators, pins, upkeep, brokerUsers, authority } = controller;
  const spec = () => loop.record().state.spec;
  const primaryAddress = () => spec().nodes.get(primaryOf(spec()))?.address ?? "";

  return {
    getVersion: unary(log, () => ({ version, cluster: spec().name })),

    getStatus: unary(log, () => ({ status: clusterStatus(controller) })),

    watchStatus(call) {
      const stream = createResponseStream(call);
      const bell = controller.watchers.add();
      const refreshing = setInterval(() => bell.ring(), controller.timing.refreshMs);
      stream.closed.addEventListener("abort", () => {
        clearInterval(refreshing);
        controller.watchers.remove(bell);
        bell.ring(); // or the loop below would wait for ever
      });
      void (async () => {
        while (!stream.closed.aborted) {
          await stream.send({ status: clusterStatus(controller) });
          await Promise.all([bell.rung(), setTimeout(controller.timing.lookMs)]); // what changes meanwhile is in one look
        }
      })().catch((error: unknown) => {
        log(error, call.getPath());
        stream.fail(error);
      });
    },

    listEvents: (call) => sendEvents(call, controller, log),

    explainNode: unary(log, ({ node }) => nodeExplanation(controller, node)),

    plan: unary(log, async ({ spec: text }) => ({
      nodes: await clusterPlan(controller, text === "" ? spec() : parseClusterSpec(text)),
    })),

    apply: unary(log, ({ spec: text }) => {
      const { added, removed, changed } = operators.apply(parseClusterSpec(text));
      return { added: [...added], removed: [...removed], changed: [...changed] };
    }),

    getHostfile: unary(log, () => {
      const { state } = loop.record();
      if (state.hostfile === undefined) return { hostfile: undefined, text: "" };
      const { name } = state.spec.user;
      const { generation, entries } = state.hostfile;
      return {
        hostfile: {
          path: state.spec.hostfile.path,
          owner: name,
          group: name,
          generation,
          entries: entries.map((entry) => ({ ...entry })),
          formerSha256: [], // the agent's alone
        },
        text: renderHostfile(state.hostfile),
      };
    }),

    listHostfileGenerations: unary(log, () => ({
      generations: [...loop.record().state.generations.values()].map(toWireGeneration),
    })),

    rollBackHostfile: unary(log, ({ generation }) => ({ pinned: toWirePinned(pins.rollBack(generation)) })),

    adoptHostfile: unary(log, ({ text }) => ({ pinned: toWirePinned(pins.adopt(text)) })),

    unpinHostfile: unary(log, () => {
      const wasPinned = pins.release();
      return { wasPinned, generation: loop.record().state.hostfile?.generation ?? 0n };
    }),

    removeNode: unary(log, ({ node }) => {
      operators.removeNode(node);
      return {};
    }),

    drainNode: unary(log, ({ node, reason, deadlineSeconds }) => {
      const words = oneLine(reason, longestReason);
      if (words === "") throw new MalformedRequestError("the request gives no reason to drain the node");
      return { listed: upkeep.drain(node, words, deadlineSeconds === 0 ? undefined : deadlineSeconds * 1000) };
    }),

    undrainNode: unary(log, ({ node }) => {
      upkeep.undrain(node);
      return {};
    }),

    releaseNode: unary(log, ({ node }) => {
      upkeep.release(node);
      return {};
    }),

    releaseHostfile: unary(log, () => {
      upkeep.releaseHostfile();
      return {};
    }),

    createToken: unary(log, ({ node, lifetimeSeconds }) => {
      const { record, secret } = tokens.create(node, lifetimeSeconds);
      return {
        id: record.id,
        token: formatToken({ secret, pin: authority.pin }),
        address: primaryAddress(),
        expiresAt: new Date(record.expiresAt),
      };
    }),

    listTokens: unary(log, () => ({ tokens: tokens.list().map((token) => toWireToken(token, controller.now())) })),

    revokeToken: unary(log, ({ id }) => {
      tokens.revoke(id);
      return {};
    }),

    addEventsUser: unary(log, ({ name, key }) => {
      brokerUsers.add(name, key);
      const { name: cluster, events } = spec();
      const port = events.broker.kind === "managed" ? `:${events.broker.port}` : "";
      return {
        cluster,
        url: `tls://${primaryAddress()}${port}`,
        authority: authority.certificate,
        stream: eventStreamOf(cluster),
        awaited: awaitedOfBroker(controller.loop.record().state, controller.publishing?.isTaken() ?? false) ?? "",
      };
    }),

    listEventsUsers: unary(log, () => ({
      users: brokerUsers.list().map(({ name, key, addedAt }) => ({ name, key, addedAt: new Date(addedAt) })),
    })),

    removeEventsUser: unary(log, ({ name }) => {
      brokerUsers.remove(name);
      return {};
    }),

    issueOperatorCertificate: unary(log, async ({ name, csr }) => ({
      certificate: await operators.issueCertificate(name, csr),
      authority: authority.certificate,
      address: primaryAddress(),
    })),
  };
}

function toWireToken({ id, node, expiresAt, spentBy }: TokenRecord, now: number): Token {
  return { id, node, expiresAt: new Date(expiresAt), state: stateOf(spentBy !== undefined, now >= expiresAt) };
}

function stateOf(spent: boolean, expired: boolean): TokenState {
  if (spent) return TokenState.TOKEN_STATE_USED;
  return expired ? TokenState.TOKEN_STATE_EXPIRED : TokenState.TOKEN_STATE_OPEN;
}
