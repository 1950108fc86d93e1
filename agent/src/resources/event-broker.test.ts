import type { SpecOf } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import { createMemoryHost, type MemoryHostSeed } from "../host/memory-host.ts";
import { renderBrokerUsers } from "./broker-configuration.ts";
import { brokerRecordPath } from "./broker-record.ts";
import { brokerFolder } from "./broker-units.ts";
import { BrokerProgramError, eventBrokerResource } from "./event-broker.ts";
import { resourceContract } from "./resource.contract.ts";
import { RefusedSpecError } from "./spec-guard.ts";

const signal = new AbortController().signal;
const keyOf = (letter: string) => `U${letter.repeat(55)}`;
const spec = {
  id: "events-broker",
  requires: [],
  kind: "eventBroker",
  cluster: "lab",
  address: "192.168.56.10",
  port: 4222,
  program: "/usr/sbin/nats-server",
  certificate: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  keyPath: `${brokerFolder}/server.key`,
  publisher: keyOf("A"),
  users: [{ name: "dashboard", key: keyOf("B") }],
  storeMegabytes: 320,
} as const;
const base: MemoryHostSeed = {
  users: [{ name: "cowherd-nats", uid: 990, gid: 990, home: "/", shell: "/usr/sbin/nologin" }],
  groups: [{ name: "cowherd-nats", gid: 990, members: [] }],
  folders: {
    [brokerFolder]: { mode: 0o750, uid: 0, gid: 990 },
    "/etc/systemd/system": { mode: 0o755, uid: 0, gid: 0 },
    "/var/lib/cowherd": { mode: 0o755, uid: 0, gid: 0 },
  },
  files: { "/usr/sbin/nats-server": "the program" },
};

async function plan(host = createMemoryHost(base), of: Wanted = spec) {
  return eventBrokerResource.plan(of, await eventBrokerResource.read(of, host, signal));
}
type Wanted = SpecOf<"eventBroker">;

/** What it would do, in words, to a host where it was brought about by the spec; `meanwhile` happens in between. */
async function next(
  of: Wanted,
  meanwhile: (host: ReturnType<typeof createMemoryHost>) => Promise<void> = async () => {},
) {
  const host = createMemoryHost(base);
  for (const change of await plan(host)) await eventBrokerResource.apply(change, host, signal);
  await meanwhile(host);
  return (await plan(host, of)).map(eventBrokerResource.describe);
}

const started = "start the event broker at 192.168.56.10:4222";
const reread = "have the event broker read its users and its certificate";

describe("the event broker", () => {
  resourceContract(eventBrokerResource, {
    "is started with its files": { spec, host: () => createMemoryHost(base) },
    "is started where it ended": {
      spec,
      host: () => createMemoryHost({ ...base, eventBroker: { enabled: true, run: undefined } }),
    },
    "is started anew where it runs and nobody knows what it read": {
      spec,
      host: () => createMemoryHost({ ...base, eventBroker: { enabled: true, run: "somebody's" } }),
    },
  });

  it("reads its users again, and is not started anew, where others may listen", async () => {
    const more = { ...spec, users: [...spec.users, { name: "queue", key: keyOf("C") }] };
    expect(await next(more)).toEqual([`write ${brokerFolder}/users.conf`, reread]);
    expect(await next({ ...spec, users: [] })).toEqual([`write ${brokerFolder}/users.conf`, reread]);
  });

  it("reads a renewed certificate, and is not started anew", async () => {
    const certificate = `${spec.certificate}${spec.certificate}`;
    expect(await next({ ...spec, certificate })).toEqual([`write ${brokerFolder}/server.crt`, reread]);
  });

  it.each([{ port: 4300 }, { address: "192.168.56.99" }, { storeMegabytes: 640 }])(
    "is started anew by another %j",
    async (over) => {
      expect((await next({ ...spec, ...over })).at(-1)).toMatch(/^start the event broker/);
    },
  );

  it("is started anew when its program was replaced, as by an upgrade", async () => {
    const upgrade = (host: ReturnType<typeof createMemoryHost>) =>
      host.files.replace(spec.program, { content: Buffer.from("newer"), mode: 0o755, uid: 0, gid: 0 });
    expect(await next(spec, upgrade)).toEqual([started]);
  });

  it("reads its users again after a start that was not the agent's, since they may be newer", async () => {
    expect(await next(spec, (host) => host.eventBroker.start(spec, signal))).toEqual([reread]);
  });

  it("is started anew where the note of what it read is torn", async () => {
    const tear = (host: ReturnType<typeof createMemoryHost>) =>
      host.files.replace(brokerRecordPath, { content: Buffer.from("run 1\nsta"), mode: 0o644, uid: 0, gid: 0 });
    expect(await next(spec, tear)).toEqual([started]);
  });

  it.each<[string, MemoryHostSeed, RegExp]>([
    ["no program", { ...base, files: {} }, /^there is no nats-server at \/usr\/sbin\/nats-server$/],
    [
      "an old one",
      { ...base, eventBroker: { version: "2.9.10" } },
      /is nats-server 2\.9\.10, .* needs 2\.10 or newer$/,
    ],
    ["another program", { ...base, eventBroker: { version: undefined } }, /does not tell that it is a nats-server$/],
    ["nobody to run it", { ...base, users: [] }, /^there is no user cowherd-nats/],
  ])("says so where there is %s", async (_, seed, reason) => {
    const planned = plan(createMemoryHost(seed));
    await expect(planned).rejects.toThrow(BrokerProgramError);
    await expect(planned).rejects.toThrow(reason);
  });

  it("is neither started nor told to read what its program does not take", async () => {
    const host = createMemoryHost({ ...base, eventBroker: { fault: "users.conf:3: unknown field" } });
    const changes = await plan(host);
    const last = changes.at(-1);
    for (const change of changes.slice(0, -1)) await eventBrokerResource.apply(change, host, signal);
    if (last !== undefined) {
      await expect(eventBrokerResource.apply(last, host, signal)).rejects.toThrow("unknown field");
    }
    expect((await host.eventBroker.look()).run).toBeUndefined();
  });

  it.each<Partial<Wanted>>([
    { cluster: "lab.>" },
    { cluster: 'lab" }' },
    { address: "0.0.0.0 # " },
    { port: 0 },
    { port: 65_536 },
    { program: "/bin/sh -c" },
    { program: "/opt/../bin/sh" },
    { keyPath: "server.key" },
    { certificate: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n" },
    { publisher: "SUAAA" },
    { storeMegabytes: 0 },
    { users: [{ name: "a.>", key: keyOf("B") }] },
    { users: [{ name: "controller", key: keyOf("B") }] },
    { users: [{ name: "a", key: "UBBB" }] },
  ])("refuses %j before it touches the disk", async (over) => {
    await expect(plan(createMemoryHost(base), { ...spec, ...over })).rejects.toThrow(RefusedSpecError);
  });

  it("has one account, nobody without a key, and one who may publish", () => {
    const text = renderBrokerUsers(spec);
    expect(text.match(/nkey: U/g)).toHaveLength(2);
    expect(text.match(/"cowherd\.lab\.>"/g)).toHaveLength(1);
    expect(text).not.toMatch(/no_auth_user|password/);
  });
});
