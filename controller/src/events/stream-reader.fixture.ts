import { connect, type JsMsg, nkeyAuthenticator, nkeys } from "nats";

/** What a late subscriber reads, oldest first. */
export type ReadMessage = { readonly subject: string; readonly id: string; readonly body: string };

export type ReaderOptions = {
  readonly user?: string;
  readonly pass?: string;
  /** Of an nkey. */
  readonly seed?: string;
  /** In PEM. */
  readonly ca?: string;
};

/** Makes an nkey of a user. */
export function newUserKey(): { readonly seed: string; readonly publicKey: string } {
  const pair = nkeys.createUser();
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}

/** Reads a stream from its beginning, as an observer that has not been there before. Rejects as the client does. */
export async function readStream(
  servers: readonly string[],
  stream: string,
  options: ReaderOptions = {},
): Promise<readonly ReadMessage[]> {
  for (let tries = 1; ; tries += 1) {
    const { whole, read } = await readOnce(servers, stream, options);
    if (whole || tries === mostTries) return read; // a cluster that just lost a server may have put the consumer there
  }
}

const mostTries = 10;

async function readOnce(servers: readonly string[], stream: string, { ca, seed, ...login }: ReaderOptions) {
  const connection = await connect({
    servers: [...servers],
    timeout: 5_000,
    ...login,
    ...(seed && { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) }),
    ...(ca && { tls: tlsFor(servers, ca) }),
  });
  try {
    const { state } = await (await connection.jetstreamManager()).streams.info(stream);
    const consumer = await connection.jetstream().consumers.get(stream);
    const read: ReadMessage[] = [];
    if (state.messages === 0) return { whole: true, read };
    for await (const message of await consumer.fetch({ max_messages: state.messages, expires: 5_000 })) {
      read.push({ subject: message.subject, id: idOf(message), body: message.string() });
    }
    return { whole: read.length === state.messages, read };
  } finally {
    await connection.close();
  }
}

/** The client would verify the name "localhost" for an address. */
function tlsFor([server = ""]: readonly string[], ca: string) {
  return { ca, host: new URL(server).hostname };
}

function idOf({ headers }: JsMsg): string {
  return headers?.get("Nats-Msg-Id") ?? "";
}
