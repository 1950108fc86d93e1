import { connect, type JsMsg } from "nats";

/** What a late subscriber reads, oldest first. */
export type ReadMessage = { readonly subject: string; readonly id: string; readonly body: string };

export type ReaderOptions = {
  readonly user?: string;
  readonly pass?: string;
  /** In PEM. */
  readonly ca?: string;
};

/** Reads a stream from its beginning, as an observer that has not been there before. Rejects as the client does. */
export async function readStream(
  servers: readonly string[],
  stream: string,
  { ca, ...login }: ReaderOptions = {},
): Promise<readonly ReadMessage[]> {
  const connection = await connect({ servers: [...servers], timeout: 5_000, ...login, ...(ca && { tls: { ca } }) });
  try {
    const client = connection.jetstream();
    const { state } = await (await connection.jetstreamManager()).streams.info(stream);
    if (state.messages === 0) return [];
    const consumer = await client.consumers.get(stream);
    const read: ReadMessage[] = [];
    for await (const message of await consumer.consume()) {
      read.push({ subject: message.subject, id: idOf(message), body: message.string() });
      if (message.info.pending === 0) break;
    }
    return read;
  } finally {
    await connection.close();
  }
}

function idOf({ headers }: JsMsg): string {
  return headers?.get("Nats-Msg-Id") ?? "";
}
