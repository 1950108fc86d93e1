import { setImmediate } from "node:timers/promises";
import { cloudEventOf, type KeptEvent, nodeOf, toWireKeptEvent } from "@cowherd/proto";
import type { ListEventsRequest, ListEventsResponse } from "@cowherd/proto/wire";
import type { ServerWritableStream } from "@grpc/grpc-js";
import type { Controller } from "../controller.ts";
import type { EventLog } from "../events/event-log.ts";
import { type EventQuery, isWanted, requireEventType, startOf } from "../events/event-query.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { nearest } from "../spec/nearest.ts";
import { UnknownNodeError } from "../tokens/tokens.ts";
import { createResponseStream, type ResponseStream } from "./response-stream.ts";
import type { ErrorLog } from "./unary.ts";

const mostAtOnce = 100;

/** Sends the events that are wanted, as fast as they are read at the other end; those of the log and, where that is wanted, those that come. */
export function sendEvents(
  call: ServerWritableStream<ListEventsRequest, ListEventsResponse>,
  controller: Controller,
  log: ErrorLog,
): void {
  const stream = createResponseStream<ListEventsResponse>(call);
  const bell = controller.eventBells.add();
  stream.closed.addEventListener("abort", () => {
    controller.eventBells.remove(bell);
    bell.ring(); // or the wait below would never end
  });
  const query = queryOf(call.request);
  send(query, controller, stream, () => bell.rung()).catch((error: unknown) => {
    log(error, call.getPath());
    stream.fail(error);
  });
}

/** The place where it begins goes first, so that whoever is cut off before the first event misses none of them either. */
async function send(
  query: EventQuery,
  { events, loop, now }: Controller,
  stream: ResponseStream<ListEventsResponse>,
  more: () => Promise<void>,
): Promise<void> {
  const { spec } = loop.record().state;
  requireEventType(query.type);
  let sent = startOf(query, events, now());
  requireKnown(query.node, spec, events);
  await stream.send({ sequence: sent, kept: undefined, type: "", node: "", cloudEvent: "" });
  while (!stream.closed.aborted) {
    const found = events.read(sent, mostAtOnce);
    for (const kept of found) {
      if (isWanted(query, kept)) await stream.send(toResponse(spec.name, kept));
      sent = kept.sequence;
    }
    if (found.length > 0)
      await setImmediate(); // others are to be served too
    else if (query.follow) await more();
    else return stream.end();
  }
}

/** A node that is gone is still told of. Throws UnknownNodeError for one that never was. */
function requireKnown(node: string, { nodes }: ClusterSpec, events: EventLog): void {
  if (node === "" || nodes.has(node)) return;
  if (events.read(0n, Number.MAX_SAFE_INTEGER).some(({ event }) => nodeOf(event) === node)) return;
  const meant = nearest(node, [...nodes.keys()]);
  const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
  throw new UnknownNodeError(`no node ${JSON.stringify(node)} in the cluster spec, nor in any event${hint}`);
}

function queryOf({ after, sinceMs, follow, node, type }: ListEventsRequest): EventQuery {
  return { after, sinceMs: Number(sinceMs), follow, node, type };
}

function toResponse(cluster: string, kept: KeptEvent): ListEventsResponse {
  return {
    sequence: kept.sequence,
    kept: toWireKeptEvent(kept),
    type: kept.event.type,
    node: nodeOf(kept.event) ?? "",
    cloudEvent: cloudEventOf(cluster, kept),
  };
}
