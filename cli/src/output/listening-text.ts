import type { ListeningPlace } from "../link/operator-link.ts";

/** What somebody who may listen is given: a seed of an nkey, and who vouches for the broker. */
export const listeningFiles = { seed: "user.seed", authority: "ca.pem" } as const;

/** Renders how to listen, with the command `nats` and in TypeScript with the package of that name. Pure. */
export function renderListening(name: string, folder: string, { cluster, url, stream }: ListeningPlace): string {
  const [seed, authority] = [`${folder}/${listeningFiles.seed}`, `${folder}/${listeningFiles.authority}`];
  return `# in a shell, as it happens, and from the first event that is kept:
nats --server ${url} --nkey ${seed} --tlsca ${authority} --inbox-prefix _INBOX_${name} sub 'cowherd.${cluster}.>'
nats --server ${url} --nkey ${seed} --tlsca ${authority} --inbox-prefix _INBOX_${name} sub --stream ${stream} --all

// in TypeScript, from the first event that is kept:
import { readFile } from "node:fs/promises";
import { connect, nkeyAuthenticator } from "nats";
const line = await connect({
  servers: "${url}",
  tls: { caFile: "${authority}" },
  authenticator: nkeyAuthenticator(new TextEncoder().encode((await readFile("${seed}", "utf8")).trim())),
  inboxPrefix: "_INBOX_${name}",
  maxReconnectAttempts: -1,
});
const consumer = await line.jetstream().consumers.get("${stream}");
for await (const message of await consumer.consume()) console.log(message.subject, message.json());
`;
}
