import { setImmediate } from "node:timers/promises";
import { createMemoryFiles } from "../host/memory-files.ts";
import { createMemoryNetplan } from "../host/memory-netplan.ts";
import type { Netplan } from "../host/netplan.ts";
import type { NetworkChange } from "../host/network.ts";
import { createKeptLog } from "../kept-log.ts";
import { createNetworkKeeper, type NetworkKeeper } from "./keeper.ts";
import { createNetworkJournal, type NetworkJournal } from "./network-journal.ts";

export const oldPath = "/etc/netplan/50-cloud-init.yaml";
export const newPath = "/etc/netplan/90-cowherd.yaml";
export const oldText = "network:\n  ethernets:\n    ens3: {addresses: [192.168.56.5/24]}\n    ens4: {dhcp4: true}\n";
export const restText = "network:\n  ethernets:\n    ens4: {dhcp4: true}\n";
export const newText =
  'network:\n  ethernets:\n    "00-cowherd": {match: {macaddress: aa:00:00:00:00:03}, addresses: [192.168.56.11/24]}\n';
const nics = [
  { name: "ens3", mac: "aa:00:00:00:00:03" },
  { name: "ens4", mac: "aa:00:00:00:00:04", lease: "10.0.2.15/24", gateway: true },
];
export const stored = (text: string) => ({ content: Buffer.from(text), mode: 0o600, uid: 0, gid: 0 });
/** Never aborted. */
export const signal: AbortSignal = new AbortController().signal;

/** What puts the new files in place of the old one. */
export function change(own = newText): NetworkChange {
  return {
    found: [{ path: oldPath, ...stored(oldText) }],
    ...{ change: "c1", problem: "files", address: "192.168.56.11/24", device: "ens3", confirmSeconds: 60 },
    writes: [
      { path: newPath, file: stored(own) },
      { path: oldPath, file: stored(restText) },
    ],
    backups: [{ path: `${oldPath}.before-cowherd`, file: stored(oldText) }],
  };
}

export type Agent = { readonly keeper: NetworkKeeper; readonly dead: Promise<void>; kill(): void };

/** A machine whose agent can be killed at any step, and which can lose its power. */
export function createMachine() {
  const stateFolder = "/var/lib/cowherd/agent";
  const netplan = createMemoryNetplan({ files: { [oldPath]: oldText }, nics });
  const files = createMemoryFiles({ folders: { [stateFolder]: { mode: 0o700, uid: 0, gid: 0 } } });
  const journal = createNetworkJournal({ files, stateFolder, owner: { uid: 0, gid: 0 } });
  const log = createKeptLog();
  let boots = 1;
  let attempts = 0;
  let uptimeMs = 5_000;
  let calendarMs = 1_700_000_000_000;
  let reachable: () => boolean = () => true;

  /** Starts an agent that dies at its step number `dieAt`, before or after it did what it was about to do. */
  function startAgent(dieAt = Number.POSITIVE_INFINITY, before = true): Agent {
    const life = new AbortController();
    const dead = new Promise<void>((resolve) => life.signal.addEventListener("abort", () => resolve()));
    let steps = 0;
    const step = async <Result>(act: () => Promise<Result>): Promise<Result> => {
      life.signal.throwIfAborted();
      steps += 1;
      if (steps === dieAt && before) life.abort();
      life.signal.throwIfAborted();
      const result = await act();
      if (steps === dieAt) life.abort();
      life.signal.throwIfAborted();
      return result;
    };
    const mortal: Netplan = {
      ...netplan,
      replace: (path, file) => step(() => netplan.replace(path, file)),
      remove: (path) => step(() => netplan.remove(path)),
      generate: (attempt, over) => step(() => netplan.generate(attempt, over)),
      apply: (attempt, seconds, over) => step(() => netplan.apply(attempt, seconds, over)),
      live: (over) => step(() => netplan.live(over)),
      tell: (command, over) => step(() => netplan.tell(command, over)),
    };
    const mortalJournal: NetworkJournal = {
      read: () => journal.read(),
      write: (record) => step(() => journal.write(record)),
    };
    const keeper = createNetworkKeeper(
      {
        netplan: mortal,
        journal: mortalJournal,
        controller: { reach: () => step(async () => reachable()) },
        moment: async () => ({ bootId: `boot-${boots}`, uptimeMs, calendarMs }),
        async sleep(milliseconds) {
          uptimeMs += milliseconds;
          calendarMs += milliseconds;
          await setImmediate();
        },
        newId: () => `a${++attempts}`,
        log,
      },
      life.signal,
    );
    return { keeper, dead, kill: () => life.abort() };
  }

  return {
    netplan,
    journal,
    log,
    startAgent,
    reach(now: () => boolean) {
      reachable = now;
    },
    uptime: () => uptimeMs,
    cutPower(offMs: number) {
      boots += 1;
      uptimeMs = 1_000;
      calendarMs += offMs;
      netplan.boot();
    },
    wait(milliseconds: number) {
      uptimeMs += milliseconds;
      calendarMs += milliseconds;
    },
    async stands() {
      const [own, other] = [await netplan.read(newPath), await netplan.read(oldPath)];
      const held = (await netplan.nics()).map(({ addresses, leadsOut }) => ({ addresses, leadsOut }));
      const { pending, last } = await journal.read();
      return { own: own?.content.toString(), other: other?.content.toString(), held, pending, end: last?.end };
    },
  };
}

const out = { addresses: ["10.0.2.15/24"], leadsOut: true };
/** How the machine stands with the files of before, and with the new ones. */
export const old = { own: undefined, other: oldText, held: [{ addresses: ["192.168.56.5/24"], leadsOut: false }, out] };
export const fresh = {
  own: newText,
  other: restText,
  held: [{ addresses: ["192.168.56.11/24"], leadsOut: false }, out],
};
