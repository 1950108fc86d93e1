import { readFile } from "node:fs/promises";
import { ErrorCode, type NatsConnection, NatsError } from "nats";
import { parseCredentials } from "./credentials.ts";
import type { BusMessage, BusPlace, EventBus, Publication } from "./event-bus.ts";
import { dialNats, type NatsAccess, type NatsLine, untilAborted } from "./nats-dial.ts";
import { keepStream } from "./nats-stream.ts";
import { natsReason } from "./nats-words.ts";

const ackMs = 10_000;

/** Nobody let us in; the message says of each server why. */
class NoServerError extends Error {
  override readonly name = "NoServerError";
}

/**
 * Opens a bus on JetStream. Whatever fails, the connection is given up and the next call makes
 * another one, to any of the servers, with the credentials as they are then.
 */
export function openNatsBus(place: BusPlace): EventBus {
  let line: NatsLine | undefined;

  async function connected(signal: AbortSignal): Promise<NatsLine> {
    if (line !== undefined && !line.connection.isClosed()) return line;
    line = await untilAborted(reach(place, signal), signal);
    return line;
  }

  function hangUp(): void {
    line?.hangUp();
    line = undefined;
  }

  return {
    async publish(messages, signal) {
      try {
        const { connection } = await connected(signal);
        const { stored, failure } = await publishAll(connection, place.stream.name, messages, signal);
        if (failure === undefined) return { stored, failure };
        const server = connection.getServer();
        hangUp();
        return { stored, failure: `${server}: ${failure}` };
      } catch (error) {
        hangUp();
        return { stored: 0, failure: natsReason(error) };
      }
    },

    async close() {
      hangUp();
    },
  };
}

/** Connects to one of the servers and sees to the stream. Throws NoServerError. */
async function reach({ servers, stream, credentials, ca }: BusPlace, signal: AbortSignal): Promise<NatsLine> {
  const access: NatsAccess = {
    credentials: credentials === undefined ? undefined : parseCredentials(await readFile(credentials, "utf8")),
    ca: ca === undefined ? undefined : await readFile(ca, "utf8"),
  };
  const reasons: string[] = [];
  for (const server of shuffled(servers)) {
    let line: NatsLine | undefined;
    try {
      line = await dialNats(server, access, signal);
      await untilAborted(keepStream(line.connection, stream), signal);
      return line;
    } catch (error) {
      line?.hangUp();
      reasons.push(`${server}: ${natsReason(error)}`);
      if (signal.aborted) break;
    }
  }
  throw new NoServerError(reasons.toSorted().join("; "));
}

/**
 * Sends all at once. Each message but the first is stored only right behind the one ahead of
 * it, which JetStream sees to: what one leaves out, nothing after it overtakes.
 */
async function publishAll(
  connection: NatsConnection,
  streamName: string,
  messages: readonly BusMessage[],
  signal: AbortSignal,
): Promise<Publication> {
  const client = connection.jetstream();
  const acknowledged = messages.map(() => false);
  const failures = new Map<number, unknown>();
  const publishing = messages.map(async ({ subject, id, body }, at) => {
    const ahead = messages[at - 1];
    const expect = { streamName, ...(ahead === undefined ? {} : { lastMsgID: ahead.id }) };
    try {
      await client.publish(subject, body, { msgID: id, expect, timeout: ackMs });
      acknowledged[at] = true;
    } catch (error) {
      failures.set(at, error);
    }
  });
  await untilAborted(Promise.all(publishing), signal).catch((error: unknown) => failures.set(Infinity, error));
  const unsure = acknowledged.indexOf(false);
  const stored = unsure < 0 ? messages.length : unsure;
  if (stored === messages.length) return { stored, failure: undefined };
  return { stored, failure: silenceReason(connection, failures.get(stored) ?? failures.get(Infinity)) };
}

/** A server whose disk was full answers everything but what is to be stored, and that until it is started again. */
function silenceReason(connection: NatsConnection, error: unknown): string {
  if (connection.isClosed()) return "the connection was closed"; // the client calls this a timeout too
  if (!(error instanceof NatsError) || error.code !== ErrorCode.Timeout) return natsReason(error);
  return "it acknowledges nothing; if its disk is full, make room and restart it";
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
