import { readFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import { cloudEventOf, type Event, subjectOf } from "@cowherd/proto";
import { connect, nkeyAuthenticator } from "nats";

/**
 * Publishes events as the controller does, with numbers from a first one on: those on standard
 * input, to the broker of the primary, as the user whose key and authority are in a folder.
 */
const [folder = ".", cluster = "", first = "1"] = process.argv.slice(2);
const stream = `cowherd-${cluster}`;

const connection = await connect({
  servers: "tls://192.168.56.10:4222",
  tls: { caFile: `${folder}/ca.pem` },
  authenticator: nkeyAuthenticator(Buffer.from(readFileSync(`${folder}/user.seed`, "utf8").trim())),
});
const manager = await connection.jetstreamManager();
await manager.streams.add({ name: stream, subjects: [`cowherd.${cluster}.>`] });
const read = await json(process.stdin);
const events: readonly Event[] = Array.isArray(read) ? read : [];
for (const [index, event] of events.entries()) {
  const sequence = BigInt(first) + BigInt(index);
  const text = cloudEventOf(cluster, { sequence, id: `event-${sequence}`, time: Date.now(), event });
  await connection.jetstream().publish(subjectOf(cluster, event), text, { msgID: `event-${sequence}` });
}
await connection.close();
