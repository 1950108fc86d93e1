import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectSecurely } from "node:tls";
import { createKeyPair, createRequest, renderBrokerConfiguration, renderBrokerUsers } from "@cowherd/agent";
import { createAuthority, openAuthority, parseSigningRequest } from "@cowherd/controller";
import { eventStreamOf, type SpecOf } from "@cowherd/proto";
import { AckPolicy, connect, ErrorCode, Events, type NatsConnection, nkeyAuthenticator, nkeys } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busPlaceOf } from "../../controller/src/events/bus-place.ts";
import type { Publication } from "../../controller/src/events/event-bus.ts";
import { openNatsBus } from "../../controller/src/events/nats-bus.ts";
import { waitFor } from "../cluster/wait-for.ts";
import { checkCommand } from "../lab/machine/command.ts";
import { freePorts, natsProgram } from "./genuine-brokers.ts";

const stream = eventStreamOf("lab");
const controller = nkeys.createUser();
const nodes = ["a", "b", "c"];
const keep = { days: 7, count: 1_000, megabytes: 1 };
const [dashboard, queue] = [nkeys.createUser(), nkeys.createUser()];

let folder: string;
let program: string;
let server: ChildProcess;
let authority: string;
let spec: SpecOf<"eventBroker">;
let published: Publication;
let renew: (now: Date) => Promise<string>;

beforeAll(async () => {
  program = await natsProgram();
  folder = await mkdtemp(`${tmpdir()}/broker-`);
  const files = await createAuthority("lab", new Date());
  authority = files.certificate;
  const pair = createKeyPair();
  const { key } = await parseSigningRequest(createRequest(pair));
  const opened = await openAuthority(files);
  renew = (now) => opened.issueBroker({ node: "primary", address: "192.168.56.10" }, key, now);
  await writeFile(`${folder}/server.key`, pair.privateKey.export({ type: "pkcs8", format: "pem" }));
  const [port = 0] = await freePorts(1);
  spec = {
    id: "events-broker",
    requires: [],
    kind: "eventBroker",
    cluster: "lab",
    address: "192.168.56.10",
    port,
    program,
    certificate: await renew(new Date()),
    keyPath: `${folder}/server.key`,
    publisher: controller.getPublicKey(),
    users: [
      { name: "dashboard", key: dashboard.getPublicKey() },
      { name: "queue", key: queue.getPublicKey() },
    ],
    storeMegabytes: 64,
  };
  await writeAll(spec);
  server = spawn(program, ["--config", `${folder}/nats-server.conf`], { stdio: "ignore" });
  await waitFor(
    "the broker",
    () =>
      asWhom(controller).then(
        (line) => line.close().then(() => true),
        () => undefined,
      ),
    { timeoutMs: 20_000, everyMs: 100 },
  );
  const credentials = `${folder}/broker.seed`;
  const ca = `${folder}/ca.pem`;
  await writeFile(credentials, new TextDecoder().decode(controller.getSeed()));
  await writeFile(ca, authority);
  const events = { broker: { kind: "managed", source: { kind: "binary", path: program }, port }, keep } as const;
  const place = busPlaceOf("lab", events, { credentials, ca });
  if (place === undefined) throw new TypeError("a managed broker is a place");
  const bus = openNatsBus(place);
  const messages = nodes.map((node) => ({ subject: `cowherd.lab.node.ready.${node}`, id: node, body: node }));
  published = await bus.publish(messages, AbortSignal.timeout(20_000));
  await bus.close();
}, 120_000);

afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill();
    await once(server, "exit");
  }
  if (folder !== undefined) await rm(folder, { recursive: true });
});

async function writeAll(of: typeof spec): Promise<void> {
  const places = { users: "users.conf", certificate: `${folder}/server.crt`, storeFolder: `${folder}/store` };
  await writeFile(places.certificate, of.certificate);
  await writeFile(`${folder}/${places.users}`, renderBrokerUsers(of));
  await writeFile(`${folder}/nats-server.conf`, renderBrokerConfiguration(of, places));
}

/** Returns the serial number of what the server shows, for which it was good by its name and its address. */
async function shownCertificate(): Promise<string> {
  const socket = createConnection({ host: "127.0.0.1", port: spec.port });
  await once(socket, "data"); // what the server says of itself, before TLS
  const secured = connectSecurely({ socket, ca: authority, host: "127.0.0.1" });
  await once(secured, "secureConnect");
  const { serialNumber } = secured.getPeerCertificate();
  secured.destroy();
  return serialNumber;
}

type Line = NatsConnection & AsyncDisposable;

/** Connects with somebody's key, or with none. */
async function asWhom(
  pair: ReturnType<typeof nkeys.createUser> | undefined,
  name = "_INBOX",
  over = {},
): Promise<Line> {
  const line = await connect({
    servers: `tls://127.0.0.1:${spec.port}`,
    tls: { ca: authority },
    ...(pair !== undefined && { authenticator: nkeyAuthenticator(pair.getSeed()) }),
    inboxPrefix: name,
    timeout: 2_000,
    maxReconnectAttempts: 20,
    reconnectTimeWait: 100,
    ...over,
  });
  return Object.assign(line, { [Symbol.asyncDispose]: () => line.close() });
}

/** The codes of what the server refuses of a connection, as they come. */
function refusals(line: NatsConnection): readonly string[] {
  const codes: string[] = [];
  void (async () => {
    for await (const { type, data } of line.status()) if (type === Events.Error) codes.push(String(data));
  })();
  return codes;
}

describe("the broker that the agent sets up", () => {
  it("is what nats-server takes without a complaint", async () => {
    await checkCommand([program, "-t", "--config", `${folder}/nats-server.conf`]);
  });

  it("takes what the controller's own publisher has, which makes the stream there", () => {
    expect(published).toEqual({ stored: 3, failure: undefined });
  });

  it("lets nobody in without a key, nor with a key that it does not know", async () => {
    await expect(asWhom(undefined)).rejects.toMatchObject({ code: ErrorCode.AuthorizationViolation });
    await expect(asWhom(nkeys.createUser())).rejects.toMatchObject({
      code: ErrorCode.AuthorizationViolation,
    });
  });

  it("lets nobody in without TLS", async () => {
    const socket = createConnection({ host: "127.0.0.1", port: spec.port });
    socket.write('CONNECT {"verbose":true,"pedantic":false}\r\nPING\r\n');
    const heard = await text(socket);
    expect(heard).toContain('"tls_required":true');
    expect(heard).not.toMatch(/PONG|\+OK/);
  });

  it("has a subscriber who comes late read the history", async () => {
    await using line = await asWhom(dashboard, "_INBOX_dashboard");
    const consumer = await line.jetstream().consumers.get(stream);
    const seen: string[] = [];
    const messages = await consumer.consume({ max_messages: 10 });
    for await (const message of messages) {
      seen.push(`${message.subject} ${message.string()}`);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(nodes.map((node) => `cowherd.lab.node.ready.${node} ${node}`));
  });

  it("keeps a subscriber's own place, under a name of its own", async () => {
    await using line = await asWhom(dashboard, "_INBOX_dashboard");
    const manager = await line.jetstreamManager();
    await manager.consumers.add(stream, { durable_name: "queue-worker", ack_policy: AckPolicy.Explicit });
    const consumer = await line.jetstream().consumers.get(stream, "queue-worker");
    const first = await consumer.next();
    expect(first?.string()).toBe("a");
    expect(await first?.ackAck()).toBe(true);
    expect((await consumer.next())?.string()).toBe("b");
  });

  it("tells a subscriber at once what the controller publishes", async () => {
    await using line = await asWhom(queue, "_INBOX_queue");
    const subscription = line.subscribe("cowherd.lab.hostfile.>", { max: 1 });
    await line.flush();
    await using publisher = await asWhom(controller);
    await publisher.jetstream().publish("cowherd.lab.hostfile.published._", "7");
    for await (const message of subscription) expect(message.string()).toBe("7");
  });

  it.each([
    "cowherd.lab.node.ready.a",
    "cowherd.x",
    "elsewhere",
    `$JS.API.STREAM.DELETE.${stream}`,
    `$JS.API.STREAM.PURGE.${stream}`,
    `$JS.API.STREAM.UPDATE.${stream}`,
    `$JS.API.STREAM.MSG.DELETE.${stream}`,
    "$JS.API.STREAM.CREATE.other",
    "$JS.API.CONSUMER.CREATE.other",
    "$JS.API.ACCOUNT.PURGE.COWHERD",
    "$SYS.REQ.SERVER.PING",
    "_INBOX_queue.x",
  ])("refuses a subscriber's publish to %s", async (subject) => {
    await using line = await asWhom(dashboard, "_INBOX_dashboard");
    const refused = refusals(line);
    line.publish(subject, "{}");
    await line.flush();
    await sleep(50);
    expect(refused).toEqual([ErrorCode.PermissionsViolation]);
  });

  it.each(["_INBOX.>", "_INBOX_queue.>", "$JS.API.>", ">", "$SYS.>"])(
    "refuses a subscriber who listens to %s",
    async (subject) => {
      await using line = await asWhom(dashboard, "_INBOX_dashboard");
      const subscription = line.subscribe(subject);
      const heard = (async () => {
        for await (const _ of subscription) return "a message";
        return "an end";
      })();
      await expect(heard).rejects.toMatchObject({ code: ErrorCode.PermissionsViolation });
    },
  );

  it("delivers no history under the subject of an event", async () => {
    await using line = await asWhom(dashboard, "_INBOX_dashboard");
    const manager = await line.jetstreamManager();
    const echo = { durable_name: "echo", deliver_subject: "cowherd.lab.node.removed.a", ack_policy: AckPolicy.None };
    await expect(manager.consumers.add(stream, echo)).rejects.toThrow(/cycle/);
  });

  it("delivers no history to those who listen, as news of another cluster", async () => {
    await using line = await asWhom(dashboard, "_INBOX_dashboard");
    await using other = await asWhom(queue, "_INBOX_queue");
    const heard: string[] = [];
    other.subscribe("cowherd.>", { callback: (_, { subject }) => void heard.push(subject) });
    await other.flush();
    const manager = await line.jetstreamManager();
    const echo = { durable_name: "echo", deliver_subject: "cowherd.other.node.removed.a", ack_policy: AckPolicy.None };
    await manager.consumers.add(stream, echo);
    await sleep(500);
    expect(heard).toEqual([]);
  });

  it("kept every event through all of this", async () => {
    await using publisher = await asWhom(controller);
    const { state } = await (await publisher.jetstreamManager()).streams.info(stream);
    expect(state.messages).toBe(4);
  });

  it("shows a renewed certificate to who comes, and cuts nobody off, when it reads it", async () => {
    await using kept = await asWhom(dashboard, "_INBOX_dashboard", { reconnect: false });
    const before = await shownCertificate();
    spec = { ...spec, certificate: await renew(new Date(Date.now() + 60_000)) };
    await writeAll(spec);
    server.kill("SIGHUP");
    await waitFor("the new certificate", async () => ((await shownCertificate()) === before ? undefined : true), {
      timeoutMs: 10_000,
    });
    await kept.flush();
    expect(kept.isClosed()).toBe(false);
  });

  it("cuts off who is no user any more, and nobody else, when it reads its users again", async () => {
    await using removed = await asWhom(queue, "_INBOX_queue", { reconnect: false });
    await using kept = await asWhom(dashboard, "_INBOX_dashboard", { reconnect: false });
    await writeAll({ ...spec, users: spec.users.filter(({ name }) => name === "dashboard") });
    server.kill("SIGHUP");
    await removed.closed();
    await kept.flush();
    expect(kept.isClosed()).toBe(false);
    await expect(asWhom(queue, "_INBOX_queue")).rejects.toMatchObject({
      code: ErrorCode.AuthorizationViolation,
    });
  });
});
