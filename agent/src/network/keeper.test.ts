import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { change, createMachine, fresh, newText, old, oldPath, oldText, signal, stored } from "./keeper.fixture.ts";
import { createNetworkKeeper } from "./keeper.ts";

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
