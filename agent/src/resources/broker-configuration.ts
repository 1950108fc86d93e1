import { eventStreamOf, type SpecOf } from "@cowherd/proto";

type Spec = SpecOf<"eventBroker">;

/** Where the server finds what belongs to it. `users` is a name in the folder of its configuration, which is all that it takes; the others are paths. */
export type BrokerFiles = { readonly users: string; readonly certificate: string; readonly storeFolder: string };

const mebibyte = 1024 * 1024;

/**
 * Writes what the server reads at its start: a change of it asks for a new start. Pure.
 *
 * Who is too slow to take 8 MiB, or one message within 10 seconds, is cut off and finds the
 * history in the stream; so whoever listens badly costs no memory here.
 */
export function renderBrokerConfiguration(spec: Spec, { users, certificate, storeFolder }: BrokerFiles): string {
  return `# Managed by Cowherd: what is edited here is taken back.
server_name: ${quoted(`cowherd-${spec.cluster}`)}
listen: ${quoted(`127.0.0.1:${spec.port}`)}
client_advertise: ${quoted(`${spec.address}:${spec.port}`)}
logtime: false
max_connections: 256
max_subscriptions: 1024
max_payload: 1MB
max_pending: 8MB
write_deadline: "10s"
tls {
  cert_file: ${quoted(certificate)}
  key_file: ${quoted(spec.keyPath)}
  min_version: "1.3"
  timeout: 5
}
jetstream {
  store_dir: ${quoted(storeFolder)}
  max_memory_store: ${16 * mebibyte}
  max_file_store: ${spec.storeMegabytes * mebibyte}
  sync_interval: always
}
include ${quoted(users)}
`;
}

/**
 * Writes who may do what: a running server takes it over without a new start. Pure.
 *
 * Nobody is a user without a key. The publisher alone may publish events and make the stream;
 * the others read both, each with an inbox of its own, so that nobody reads another's answers.
 */
export function renderBrokerUsers({ cluster, publisher, users }: Spec): string {
  const stream = eventStreamOf(cluster);
  const lines = [
    `      # the controller\n${user(publisher, [`cowherd.${cluster}.>`, "$JS.API.>"], ["_INBOX.>"])}`,
    ...users.map(
      ({ name, key }) => `      # ${name}\n${user(key, readingSubjects(stream), ["cowherd.>", `_INBOX_${name}.>`])}`,
    ),
  ];
  return `# Managed by Cowherd: what is edited here is taken back.
accounts {
  COWHERD {
    jetstream: enabled
    users: [
${lines.join("\n")}
    ]
  }
}
`;
}

/** What a reader of one stream publishes to: questions about it, its own consumers of it, and what it has taken from them. */
function readingSubjects(stream: string): readonly string[] {
  const api = "$JS.API";
  return [
    `${api}.INFO`,
    `${api}.STREAM.NAMES`,
    `${api}.STREAM.INFO.${stream}`,
    `${api}.STREAM.MSG.GET.${stream}`,
    `${api}.DIRECT.GET.${stream}`,
    `${api}.DIRECT.GET.${stream}.>`,
    `${api}.CONSUMER.CREATE.${stream}`,
    `${api}.CONSUMER.CREATE.${stream}.>`,
    `${api}.CONSUMER.DURABLE.CREATE.${stream}.*`,
    `${api}.CONSUMER.INFO.${stream}.*`,
    `${api}.CONSUMER.NAMES.${stream}`,
    `${api}.CONSUMER.LIST.${stream}`,
    `${api}.CONSUMER.DELETE.${stream}.*`,
    `${api}.CONSUMER.MSG.NEXT.${stream}.*`,
    `$JS.ACK.${stream}.>`,
    `$JS.FC.${stream}.>`,
  ];
}

function user(key: string, publish: readonly string[], subscribe: readonly string[]): string {
  const allow = (subjects: readonly string[]) => `{ allow: [${subjects.map(quoted).join(", ")}] }`;
  return `      { nkey: ${key}, permissions: { publish: ${allow(publish)}, subscribe: ${allow(subscribe)} } }`;
}

/** For words without quotes and backslashes, which is all that gets here. */
function quoted(text: string): string {
  return `"${text}"`;
}
