import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryFiles } from "../host/memory-files.ts";
import { createMemoryNetplan } from "../host/memory-netplan.ts";
import type { Netplan } from "../host/netplan.ts";
import type { NetworkChange } from "../host/network.ts";
import { createKeptLog } from "../kept-log.ts";
import { createNetworkKeeper, type NetworkKeeper } from "./keeper.ts";
import { createNetworkJournal, type NetworkJournal } from "./network-journal.ts";

const oldPath = "/etc/netplan/50-cloud-init.yaml";
const newPath = "/etc/netplan/90-cowherd.yaml";
const oldText = "network:\n  ethernets:\n    ens3: {addresses: [192.168.56.5/24]}\n    ens4: {dhcp4: true}\n";
const restText = "network:\n  ethernets:\n    ens4: {dhcp4: true}\n";
const newText =
  'network:\n  ethernets:\n    "00-cowherd": {match: {macaddress: aa:00:00:00:00:03}, addresses: [192.168.56.11/24]}\n';
const nics = [
  { name: "ens3", mac: "aa:00:00:00:00:03" },
  { name: "ens4", mac: "aa:00:00:00:00:04", lease: "10.0.2.15/24", gateway: true },
];
const stored = (text: string) => ({ content: Buffer.from(text), mode: 0o600, uid: 0, gid: 0 });
const signal = new AbortController().signal;

function change(own = newText): NetworkChange {
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

type Agent = { readonly keeper: NetworkKeeper; readonly dead: Promise<void>; kill(): void };

/** A machine whose agent can be killed at any step, and which can lose its power. */
function createMachine() {
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
const old = { own: undefined, other: oldText, held: [{ addresses: ["192.168.56.5/24"], leadsOut: false }, out] };
const fresh = { own: newText, other: restText, held: [{ addresses: ["192.168.56.11/24"], leadsOut: false }, out] };

describe("a change of the network", () => {
  it("is confirmed by reaching the controller, and keeps the original once", async () => {
    const machine = createMachine();
    const { keeper } = machine.startAgent();
    await keeper.change(change(), signal);
    expect(await machine.stands()).toEqual({ ...fresh, pending: undefined, end: "confirmed" });
    expect((await machine.netplan.read(`${oldPath}.before-cowherd`))?.content.toString()).toBe(oldText);
    const found = await machine.netplan.files();
    for (const text of ["later", oldText, "later"]) {
      const backups = [{ path: `${oldPath}.before-cowherd`, file: stored(text) }];
      await keeper.change({ ...change(), found, backups }, signal);
    }
    expect((await machine.netplan.read(`${oldPath}.before-cowherd`))?.content.toString()).toBe(oldText);
    // printf later | sha256sum
    expect((await machine.netplan.read(`${oldPath}.before-cowherd-1d9283d8`))?.content.toString()).toBe("later");
  });

  it("counts how often it was confirmed in a row, also through restarts", async () => {
    const machine = createMachine();
    const counted: (number | undefined)[] = [];
    const problem = "ens3 holds 192.168.56.50/24 beside 192.168.56.11/24";
    for (const asked of [change(), change(), { ...change(), problem }, { ...change(), problem }]) {
      await machine.startAgent().keeper.change({ ...asked, found: await machine.netplan.files() }, signal);
      counted.push((await machine.journal.read()).last?.times);
    }
    expect(counted).toEqual([1, 2, 1, 2]);
  });

  it.each([
    ["was edited", oldPath, oldText.replace("192.168.56.5", "192.168.56.6")],
    ["appeared", "/etc/netplan/60-mine.yaml", "network: {version: 2}\n"],
    ["disappeared", oldPath, undefined],
  ])("touches nothing where a file %s after the change was planned", async (what, path, text) => {
    const machine = createMachine();
    if (text === undefined) await machine.netplan.remove(path);
    else await machine.netplan.replace(path, stored(text));
    const { keeper } = machine.startAgent();
    await expect(keeper.change(change(), signal)).rejects.toThrow(
      `${path} ${what} meanwhile; the change is planned again`,
    );
    expect((await machine.netplan.read(path))?.content.toString()).toBe(text);
    expect(await machine.stands()).toMatchObject({ own: undefined, pending: undefined, end: undefined });
    expect(await machine.netplan.read(`${oldPath}.before-cowherd`)).toBeUndefined();
  });

  it("E12: is taken back where the controller is not reached in time, and says so", async () => {
    const machine = createMachine();
    machine.reach(() => false);
    const startedAt = machine.uptime();
    const { keeper } = machine.startAgent();
    await expect(keeper.change(change(), signal)).rejects.toMatchObject({
      name: "NetworkRevertedError",
      message: "the controller was not reached over 192.168.56.11 within 60 s; the old configuration is back",
    });
    expect(machine.uptime() - startedAt).toBe(60_000);
    expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
  });

  it("is never applied where netplan refuses the files", async () => {
    const machine = createMachine();
    const applied: string[] = [];
    const { apply } = machine.netplan;
    machine.netplan.apply = async (...words) => {
      applied.push(words[0]);
      return apply(...words);
    };
    const { keeper } = machine.startAgent();
    const broken = newText.replace("192.168.56.11/24", "broken");
    await expect(keeper.change(change(broken), signal)).rejects.toThrow(/malformed address 'broken'; the old/);
    expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
    expect(applied).toEqual([]);
  });

  it("goes on when nobody waits for it any longer", async () => {
    const machine = createMachine();
    const run = new AbortController();
    machine.reach(() => {
      run.abort();
      return machine.uptime() > 30_000;
    });
    const { keeper } = machine.startAgent();
    const waiting = keeper.change(change(), run.signal);
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    expect((await keeper.read()).pending).toBe("192.168.56.11/24");
    await keeper.settle(signal);
    expect(await machine.stands()).toMatchObject({ ...fresh, pending: undefined });
  });

  it("is not touched by a look", async () => {
    const machine = createMachine();
    machine.reach(() => false);
    const dying = machine.startAgent(10); // the controller was asked for the first time
    void dying.keeper.change(change(), signal).catch(() => {});
    await dying.dead;
    const pending = (await machine.journal.read()).pending;
    expect(pending?.phase).toBe("applied");
    const idle = createNetworkKeeper(
      {
        netplan: machine.netplan,
        journal: machine.journal,
        controller: { reach: () => new Promise(() => {}) },
        moment: async () => ({ bootId: "boot-1", uptimeMs: machine.uptime(), calendarMs: 0 }),
        sleep: () => new Promise(() => {}),
        newId: () => "none",
        log: machine.log,
      },
      signal,
    );
    expect((await idle.read()).pending).toBe("192.168.56.11/24");
    expect((await machine.journal.read()).pending).toEqual(pending);
  });

  it("E12: is taken back after a power cut, within the time that was left", async () => {
    const machine = createMachine();
    machine.reach(() => false);
    const dying = machine.startAgent(10);
    void dying.keeper.change(change(), signal).catch(() => {});
    await dying.dead;
    machine.cutPower(20_000);
    expect((await machine.stands()).held).toEqual(fresh.held); // the new files came into force at boot
    await machine.startAgent().keeper.recover();
    expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
    expect(machine.uptime()).toBeLessThanOrEqual(1_000 + 40_000);
  });

  it("E12: is in force after a power cut amid netplan's work, and not applied again", async () => {
    const machine = createMachine();
    const dying = machine.startAgent(8); // the files are new, and netplan is about to be asked
    void dying.keeper.change(change(), signal).catch(() => {});
    await dying.dead;
    expect((await machine.journal.read()).pending?.phase).toBe("applying");
    machine.cutPower(1_000);
    machine.netplan.apply = () => Promise.reject(new Error("applied again"));
    await machine.startAgent().keeper.recover();
    expect(await machine.stands()).toEqual({ ...fresh, pending: undefined, end: "confirmed" });
  });

  it.each([-10 * 365 * 86_400_000, 10 * 365 * 86_400_000])(
    "E12: waits no longer than at first, and at least a moment, with a calendar that is off by %i ms",
    async (offMs) => {
      const machine = createMachine();
      machine.reach(() => false);
      const dying = machine.startAgent(10);
      void dying.keeper.change(change(), signal).catch(() => {});
      await dying.dead;
      machine.cutPower(offMs);
      await machine.startAgent().keeper.recover();
      expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
      expect(machine.uptime()).toBe(1_000 + (offMs < 0 ? 60_000 : 10_000));
    },
  );

  it("E12: is taken back at once by a machine that boots for the second time", async () => {
    const machine = createMachine();
    machine.reach(() => false);
    for (const [start, dieAt] of [
      ["change", 10],
      ["recover", 2],
    ] as const) {
      const { keeper, dead } = machine.startAgent(dieAt);
      void (start === "change" ? keeper.change(change(), signal) : keeper.recover()).catch(() => {});
      await dead;
      machine.cutPower(0);
    }
    await machine.startAgent().keeper.recover();
    expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
    expect(machine.uptime()).toBe(1_000);
  });

  it("E12: stays decided, once it is to be taken back, though the controller is reached later", async () => {
    const machine = createMachine();
    machine.reach(() => false);
    const first = machine.startAgent(10);
    void first.keeper.change(change(), signal).catch(() => {});
    await first.dead;
    machine.wait(61_000);
    const second = machine.startAgent(3); // one file is put back
    void second.keeper.recover();
    await second.dead;
    machine.cutPower(0);
    machine.reach(() => true);
    await machine.startAgent().keeper.recover();
    expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
  });

  describe("that cannot be taken back whole", () => {
    /** A machine on which nothing is reached, and whose paths in the set can be neither replaced nor removed once the change is applied. */
    function createStiffMachine(paths: readonly string[]) {
      const machine = createMachine();
      machine.reach(() => false);
      const stiff = new Set<string>();
      const stiffen = (more: readonly string[]) => {
        for (const path of more) stiff.add(path);
      };
      const applied: string[] = [];
      const { replace, remove, apply } = machine.netplan;
      const refuse = (path: string) => {
        if (stiff.has(path)) throw new Error(`EPERM: operation not permitted, open '${path}'`);
      };
      machine.netplan.replace = async (path, file) => {
        refuse(path);
        return replace(path, file);
      };
      machine.netplan.remove = async (path) => {
        refuse(path);
        return remove(path);
      };
      machine.netplan.apply = async (...words) => {
        applied.push(words[0]);
        if (applied.length === 1) stiffen(paths);
        return apply(...words);
      };
      return { ...machine, applied, stiffen, soften: () => stiff.clear() };
    }

    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn += 1) await setImmediate();
    };

    it("E12: puts the other files back, applies them, and tells whoever waits what is in the way", async () => {
      const machine = createStiffMachine([oldPath]);
      const { keeper, kill } = machine.startAgent();
      const trouble = {
        name: "NetworkUnsettledError",
        message: expect.stringMatching(
          /^the controller was not reached .* within 60 s; \/etc\/netplan\/50-cloud-init.yaml is not as it was: EPERM.*at most 5 min apart$/,
        ),
      };
      await expect(keeper.change(change(), signal)).rejects.toMatchObject(trouble);
      expect(await machine.stands()).toMatchObject({ own: undefined, other: restText });
      expect((await machine.journal.read()).pending).toMatchObject({
        phase: "reverting",
        unrestored: [expect.stringContaining("EPERM")],
      });
      await expect(keeper.settle(signal)).rejects.toMatchObject(trouble);
      await expect(keeper.read()).rejects.toMatchObject(trouble);
      await expect(keeper.change(change(), signal)).rejects.toMatchObject(trouble);
      expect(machine.applied).toEqual(["a1-new", "a1-old"]);
      kill();
    });

    it.each([[[oldPath]], [[newPath, oldPath, `${oldPath}.before-cowherd`]]])(
      "E12: is over at once where %j could not be written in the first place",
      async (paths) => {
        const machine = createStiffMachine([]);
        machine.stiffen(paths);
        const { keeper } = machine.startAgent();
        await expect(keeper.change(change(), signal)).rejects.toMatchObject({
          name: "NetworkRevertedError",
          message: expect.stringMatching(/^EPERM: .*; the old configuration is back$/),
        });
        expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
        await keeper.settle(signal);
        expect(machine.applied).toEqual([]);
      },
    );

    it("E12: tries further with growing pauses, applies nothing twice, and ends once it can", async () => {
      const machine = createStiffMachine([oldPath]);
      const { keeper } = machine.startAgent();
      await expect(keeper.change(change(), signal)).rejects.toMatchObject({ name: "NetworkUnsettledError" });
      const tries = () => machine.log.texts.filter((text) => text.includes("not settled yet")).length;
      const startedAt = machine.uptime();
      while (machine.uptime() - startedAt < 3_600_000) await turns(1);
      expect(tries()).toBeLessThanOrEqual(7 + 3_600 / 300 + 1); // six pauses up to 96 s, and five minutes each from there
      expect(tries()).toBeGreaterThan(12);
      expect(machine.applied).toEqual(["a1-new", "a1-old"]);
      machine.soften();
      await turns(20);
      expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
      expect((await keeper.read()).last?.reason).toContain("the old configuration is back");
      await keeper.settle(signal);
    });

    it("E12: is taken up by the next agent, which tells the same", async () => {
      const machine = createStiffMachine([newPath, oldPath]);
      const dying = machine.startAgent();
      await expect(dying.keeper.change(change(), signal)).rejects.toThrow(/90-cowherd.yaml .*; .*50-cloud-init.yaml /);
      dying.kill();
      machine.cutPower(1_000);
      const { keeper, kill } = machine.startAgent();
      await expect(keeper.settle(signal)).rejects.toMatchObject({ name: "NetworkUnsettledError" });
      expect((await machine.stands()).own).toBe(newText);
      kill();
    });

    it("E12: comes back also where the disk takes no record, and is written down once it does", async () => {
      const machine = createStiffMachine([]);
      const { write } = machine.journal;
      let isFull = false;
      machine.journal.write = async (record) => {
        if (isFull) throw new Error("ENOSPC: no space left on device");
        return write(record);
      };
      machine.reach(() => {
        isFull = true;
        return false;
      });
      const { keeper } = machine.startAgent();
      await expect(keeper.change(change(), signal)).rejects.toThrow(
        /the old configuration is back; that cannot be written down: ENOSPC/,
      );
      expect(await machine.stands()).toMatchObject(old);
      await turns(100);
      expect(machine.applied).toEqual(["a1-new", "a1-old"]);
      isFull = false;
      await turns(20);
      expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
    });
  });

  it("is not decided over a record that cannot be read", async () => {
    const files = createMemoryFiles({ files: { "/s/network.json": '{"pending":{"id":"a1"}}' } });
    const journal = createNetworkJournal({ files, stateFolder: "/s", owner: { uid: 0, gid: 0 } });
    await expect(journal.read()).rejects.toMatchObject({ name: "DamagedNetworkRecordError" });
  });

  it("E12: ends confirmed with the new files or with the old ones back, whatever is killed, cut, late or unreachable", async () => {
    const fate = fc.record({
      dieAt: fc.integer({ min: 1, max: 14 }),
      before: fc.boolean(),
      mishap: fc.constantFrom("restart", "power-cut"),
      laterMs: fc.constantFrom(0, 5_000, 59_000, 61_000, 86_400_000, -86_400_000),
      reachable: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 5 }), fc.boolean(), async (fates, atLast) => {
        const machine = createMachine();
        let first = true;
        for (const { dieAt, before, mishap, laterMs, reachable } of fates) {
          // The controller is in the subnet of the new address alone: it is never reached over the old one.
          machine.reach(() => reachable);
          const { keeper, dead } = machine.startAgent(dieAt, before);
          const work = first ? keeper.change(change(), signal) : keeper.recover();
          first = false;
          await Promise.race([work.catch(() => {}), dead]);
          await setImmediate();
          if (mishap === "power-cut") machine.cutPower(laterMs);
          else if (laterMs > 0) machine.wait(laterMs);
        }
        machine.reach(() => atLast);
        const { keeper } = machine.startAgent();
        await keeper.recover();
        const { end, ...stands } = await machine.stands();
        const isNew = stands.own !== undefined;
        expect(stands).toEqual({ ...(isNew ? fresh : old), pending: undefined });
        if (isNew) expect(end).toBe("confirmed");
        if (fates.length > 0 && !atLast && fates.every(({ reachable }) => !reachable)) expect(isNew).toBe(false);
      }),
      { numRuns: 150 },
    );
  }, 30_000);
});
