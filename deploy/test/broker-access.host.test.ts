import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { renderNatsConfiguration, renderNatsUsers } from "@cowherd/agent";
import { createAuthority, openAuthority } from "@cowherd/controller";
import { eventStreamOf, type SpecOf } from "@cowherd/proto";
import { connect, ErrorCode, type KeyPair, type NatsConnection, NatsError, nkeyAuthenticator, nkeys } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDistributionSources } from "../lab/debian/machine-apt.ts";
import { natsSupply } from "../lab/debian/nats-supply.ts";
import { checkCommand } from "../lab/machine/command.ts";

const stream = eventStreamOf("lab");
const controller = nkeys.createUser();
const [dashboard, queue] = [nkeys.createUser(), nkeys.createUser()];

let folder: string;
let program: string;
let server: ChildProcess;
let authority: string;
let spec: SpecOf<"natsServer">;

beforeAll(async () => {
  ({ program } = await natsSupply(await readDistributionSources(), () => {}));
  folder = await mkdtemp(`${tmpdir()}/broker-`);
  const files = await createAuthority("lab", new Date());
  authority = files.certificate;
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issued = await (await openAuthority(files)).issueBroker(
    { names: ["primary", "localhost"], addresses: ["192.168.56.10", "127.0.0.1"] },
    publicKey.export({ type: "spki", format: "der" }),
    new Date(),
  );
  await writeFile(`${folder}/server.key`, privateKey.export({ type: "pkcs8", format: "pem" }));
  spec = {
    id: "events-broker",
    requires: [],
    kind: "natsServer",
    cluster: "lab",
    address: "192.168.56.10",
    port: await freePort(),
    program,
    certificate: issued.certificate,
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
  await using publisher = await asWhom(controller);
  const manager = await publisher.jetstreamManager();
  await manager.streams.add({ name: stream, subjects: ["cowherd.lab.>"], max_bytes: 2 ** 20 });
  for (const node of ["a", "b", "c"]) await publisher.jetstream().publish(`cowherd.lab.node.ready.${node}`, node);
}, 120_000);

afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill();
    await once(server, "exit");
  }
  if (folder !== undefined) await rm(folder, { recursive: true });
});

async function writeAll(of: typeof spec): Promise<void> {
  const places = { users: `${folder}/users.conf`, certificate: `${folder}/server.crt`, storeFolder: `${folder}/store` };
  await writeFile(places.certificate, of.certificate);
  await writeFile(places.users, renderNatsUsers(of));
  await writeFile(`${folder}/nats-server.conf`, renderNatsConfiguration(of, places));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

type Line = NatsConnection & AsyncDisposable;

/** Connects with somebody's key, or with none. */
async function asWhom(pair: KeyPair | undefined, name = "_INBOX", over = {}): Promise<Line> {
  const line = await connect({
    servers: `tls://127.0.0.1:${spec.port}`,
    tls: { ca: authority },
    ...(pair !== undefined && { authenticator: nkeyAuthenticator(pair.getSeed()) }),
    inboxPrefix: name,
    timeout: 2_000,
    maxReconnectAttempts: 20,
    reconnectTimeWait: 100,
    waitOnFirstConnect: pair !== undefined,
    ...over,
  });
  return Object.assign(line, { [Symbol.asyncDispose]: () => line.close() });
}

/** The codes of what the server refuses of a connection, as they come. */
function refusals(line: NatsConnection): readonly string[] {
  const codes: string[] = [];
  void (async () => {
    for await (const { data } of line.status()) codes.push(String(data));
  })();
  return codes;
}

describe("the broker that the agent sets up", () => {
  it("is what nats-server takes without a complaint", async () => {
    await checkCommand([program, "-t", "--config", `${folder}/nats-server.conf`]);
  });

  it("lets nobody in without a key, nor with a key that it does not know", async () => {
    await expect(asWhom(undefined)).rejects.toMatchObject({ code: ErrorCode.AuthorizationViolation });
    await expect(asWhom(nkeys.createUser(), "_INBOX", { waitOnFirstConnect: false })).rejects.toMatchObject({
      code: ErrorCode.AuthorizationViolation,
    });
  });

  it("lets nobody in without TLS", async () => {
    const bare = connect({ servers: `nats://127.0.0.1:${spec.port}`, timeout: 2_000 });
    await expect(bare).rejects.toBeInstanceOf(NatsError);
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
    expect(seen).toEqual(["a", "b", "c"].map((node) => `cowherd.lab.node.ready.${node} ${node}`));
  });

  it("keeps a subscriber's own place, under a name of its own", async () => {
    await using line = await asWhom(dashboard, "_INBOX_dashboard");
    const manager = await line.jetstreamManager();
    await manager.consumers.add(stream, { durable_name: "queue-worker", ack_policy: "explicit" });
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

  it("kept every event through all of this", async () => {
    await using publisher = await asWhom(controller);
    const { state } = await (await publisher.jetstreamManager()).streams.info(stream);
    expect(state.messages).toBe(4);
  });

  it("cuts off who is no user any more, and nobody else, when it reads its users again", async () => {
    await using removed = await asWhom(queue, "_INBOX_queue", { reconnect: false });
    await using kept = await asWhom(dashboard, "_INBOX_dashboard", { reconnect: false });
    await writeAll({ ...spec, users: spec.users.filter(({ name }) => name === "dashboard") });
    server.kill("SIGHUP");
    await removed.closed();
    await kept.flush();
    expect(kept.isClosed()).toBe(false);
    await expect(asWhom(queue, "_INBOX_queue", { waitOnFirstConnect: false })).rejects.toMatchObject({
      code: ErrorCode.AuthorizationViolation,
    });
  });
});
