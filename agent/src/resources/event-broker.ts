import { isEventsUserName, isPublicUserKey, type SpecOf } from "@cowherd/proto";
import type { EventBrokerState } from "../host/event-broker.ts";
import type { StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { brokerFiles } from "./broker-files.ts";
import {
  type BrokerRecord,
  brokerRecordPath,
  digestOf,
  formatBrokerRecord,
  needsNoStart,
  parseBrokerRecord,
} from "./broker-record.ts";
import { brokerConfiguration, brokerUser } from "./broker-units.ts";
import { brokerVersionProblem } from "./broker-version.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFile } from "./owned-file.ts";
import type { Resource } from "./resource.ts";
import { guard, isAddress, isBarePath, isCertificateChain } from "./spec-guard.ts";

type Spec = SpecOf<"eventBroker">;

type Observed = {
  readonly stored: ReadonlyMap<string, StoredFile | undefined>;
  /** Of the account that runs it. */
  readonly ids: Ids | undefined;
  /** Another one once the program is. Undefined where it is missing. */
  readonly program: string | undefined;
  /** Why the program cannot be the broker. One that was started before is not asked again. */
  readonly problem: string | undefined;
  readonly server: EventBrokerState;
  /** What the server was last given to read. */
  readonly record: BrokerRecord | undefined;
};

type Change =
  | OwnedChange
  | { readonly action: "start" | "reload"; readonly spec: Spec; readonly ids: Ids; readonly record: BrokerRecord };

/** The broker's program is missing or cannot be the broker, or nobody is there to run it. */
export class BrokerProgramError extends Error {
  override readonly name = "BrokerProgramError";
}

/**
 * The event broker: a NATS server with units, configuration and account of its own.
 *
 * It is started anew where what it reads at its start became another; users and certificate
 * it reads again while it runs. Which of the two it needs is told from a record of what it was
 * given, since files that are as they should be say nothing of a server that read older ones.
 */
export const eventBrokerResource: Resource<Spec, Observed, Change> = {
  async read(spec, host, signal) {
    guardSpec(spec);
    const record = parseBrokerRecord((await host.files.read(brokerRecordPath))?.content.toString() ?? "");
    const ids = await idsOf({ user: brokerUser }, host);
    const program = await host.files.stamp(spec.program);
    const isNew = program !== undefined && program !== record?.program && ids !== undefined;
    return {
      stored: new Map(
        await Promise.all(brokerFiles(spec).map(async ({ path }) => [path, await host.files.read(path)] as const)),
      ),
      ids,
      program,
      problem: isNew
        ? brokerVersionProblem(spec.program, await host.eventBroker.version(spec.program, ids, signal))
        : undefined,
      server: await host.eventBroker.look(),
      record,
    };
  },

  plan(spec, { stored, ids, program, problem, server, record }) {
    if (program === undefined) throw new BrokerProgramError(`there is no nats-server at ${spec.program}`);
    if (problem !== undefined) throw new BrokerProgramError(problem);
    if (ids === undefined) throw new BrokerProgramError(`there is no user ${brokerUser}: Cowherd's package makes it`);
    const files = brokerFiles(spec);
    const writes = files.flatMap(({ path, content, mode, owner }) =>
      planFile(
        { path, content: Buffer.from(content), mode, owner },
        { stored: stored.get(path), ids: { uid: 0, gid: owner.group === brokerUser ? ids.gid : 0 } },
      ),
    );
    const wanted: BrokerRecord = {
      run: server.run ?? "",
      program,
      start: digestOf(files.flatMap(({ live, content }) => (live ? [] : content))),
      live: digestOf(files.flatMap(({ live, content }) => (live ? content : []))),
    };
    const isUp = server.enabled && server.run !== undefined && record !== undefined && needsNoStart(record, wanted);
    if (!isUp) return [...writes, { action: "start", spec, ids, record: wanted }];
    const hasRead = writes.length === 0 && record.run === wanted.run && record.live === wanted.live;
    return hasRead ? [] : [...writes, { action: "reload", spec, ids, record: wanted }];
  },

  async apply(change, host, signal) {
    switch (change.action) {
      case "start":
        await host.eventBroker.judge(change.spec.program, brokerConfiguration, change.ids, signal);
        await host.eventBroker.start(change.spec, signal);
        return note({ ...change.record, run: (await host.eventBroker.look()).run ?? "" }, host);
      case "reload":
        await host.eventBroker.judge(change.spec.program, brokerConfiguration, change.ids, signal);
        await host.eventBroker.reload(signal);
        return note(change.record, host);
      case "write":
      case "make-folder":
      case "set-access":
        return applyOwned(change, host);
    }
  },

  describe(change) {
    switch (change.action) {
      case "start":
        return `start the event broker at ${change.spec.address}:${change.spec.port}`;
      case "reload":
        return "have the event broker read its users and its certificate";
      case "write":
      case "make-folder":
      case "set-access":
        return describeOwned(change);
    }
  },

  watches: (spec) => [...brokerFiles(spec).map(({ path }) => path), spec.program],
};

function note(record: BrokerRecord, { files }: Host): Promise<void> {
  const content = Buffer.from(formatBrokerRecord(record));
  return files.replace(brokerRecordPath, { content, mode: 0o644, uid: 0, gid: 0 });
}

/** Every word goes into files that systemd and the server read in their own ways, so none may hold what either takes for its own. */
function guardSpec({ cluster, address, port, program, certificate, keyPath, publisher, users, storeMegabytes }: Spec) {
  guard(/^[a-z0-9-]{1,63}$/.test(cluster), () => `${JSON.stringify(cluster)} is not a cluster's name`);
  guard(isAddress(address), () => `${JSON.stringify(address)} is not an address to listen on`);
  guard(port >= 1 && port <= 65_535, () => `${port} is not a port to listen on`);
  for (const path of [program, keyPath]) guard(isBarePath(path), () => `${JSON.stringify(path)} is not a plain path`);
  guard(isCertificateChain(certificate), () => "the broker's certificate is not in PEM");
  guard(isPublicUserKey(publisher), () => "the publisher's key is no public nkey of a user");
  guard(storeMegabytes > 0, () => "a broker that may keep nothing");
  for (const { name, key } of users) {
    guard(isEventsUserName(name), () => `${JSON.stringify(name)} is not a name that subjects may hold`);
    guard(isPublicUserKey(key), () => `the key of ${name} is no public nkey of a user`);
  }
}
