import type { Netplan } from "../host/netplan.ts";
import { type Network, type NetworkChange, NetworkRevertedError } from "../host/network.ts";
import type { Log } from "../log.ts";
import { failureReason } from "../resources/failure-reason.ts";
import { DamagedNetworkRecordError, type NetworkJournal } from "./network-journal.ts";
import { adopted, applyMs, armed, inForceFrom, type Moment, nextStep, type Pending, type Step } from "./pending.ts";
import type { ReachController } from "./reach-controller.ts";
import { revertNetwork } from "./revert-network.ts";

/** What changes of the network need. */
export type KeeperDeps = {
  readonly netplan: Netplan;
  readonly journal: NetworkJournal;
  readonly controller: ReachController;
  moment(): Promise<Moment>;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** A name that no other attempt has: letters and digits. */
  newId(): string;
  readonly log: Log;
};

export type NetworkKeeper = Network & {
  /** Takes up a change that an earlier agent left pending, before anything else. Resolves when none is pending. Never rejects. */
  recover(): Promise<void>;
};

type Ending = { readonly end: "none" | "confirmed" } | { readonly end: "reverted"; readonly reason: string };

const betweenTriesMs = 1_000;
const afterTroubleMs = 3_000;

/**
 * Changes the network, and takes back what cuts the node off.
 *
 * Invariants: before a file is touched, the old ones are in the journal. As long as there is
 * a pending change, somebody is at work on it, here or in the agent that starts next, and
 * what is done follows from the journal and the clocks alone. It ends in one write to the
 * journal: confirmed with the new files, or taken back with the old ones. At most one change
 * at a time. Works until `life` is aborted.
 */
export function createNetworkKeeper(deps: KeeperDeps, life: AbortSignal): NetworkKeeper {
  const { netplan, journal, controller, moment, sleep, newId, log } = deps;
  let current: { readonly address: string; readonly work: Promise<void> } | undefined;
  let recovered: Promise<void> | undefined;

  function begin(address: string, perform: () => Promise<void>): Promise<void> {
    const work = perform().finally(() => {
      current = undefined;
    });
    work.catch(() => {}); // whoever waits is told; nobody may be waiting any longer
    current = { address, work };
    return work;
  }

  function recover(): Promise<void> {
    recovered ??= begin("", () => drive()).catch((error: unknown) => {
      if (!life.aborted) log.warn({ reason: failureReason(error) }, "a pending change of the network was taken back");
    });
    return recovered;
  }

  /** Works on the pending change until there is none. Rejects with NetworkRevertedError where it was taken back. */
  async function drive(failure?: string): Promise<void> {
    for (;;) {
      life.throwIfAborted();
      const ending = await advance(failure).catch(async (error: unknown) => {
        life.throwIfAborted();
        if (error instanceof DamagedNetworkRecordError) throw error; // no look at it will make it whole
        log.error({ err: error }, "a pending change of the network is not settled yet");
        await sleep(afterTroubleMs, life);
        return undefined;
      });
      if (ending === undefined) continue;
      if (ending.end === "reverted") throw new NetworkRevertedError(ending.reason);
      if (ending.end === "none" && failure !== undefined) throw new NetworkRevertedError(failure);
      return;
    }
  }

  async function advance(failure: string | undefined): Promise<Ending | undefined> {
    const { pending, last } = await journal.read();
    if (pending === undefined) return { end: "none" };
    const now = await moment();
    const step: Step =
      failure === undefined ? nextStep(pending, now) : { step: "revert", reason: failure, inForce: pending.inForce };
    switch (step.step) {
      case "adopt":
        await journal.write({ pending: adopted(pending, now), last });
        return undefined;
      case "apply": {
        const reason = await reasonOf(netplan.apply(`${pending.id}-new`, applyMs / 1000, life));
        const next: Pending =
          reason === undefined ? inForceFrom(pending, await moment()) : { ...pending, phase: "reverting", reason };
        await journal.write({ pending: next, last });
        return undefined;
      }
      case "reach":
        return reach(pending, step.leftMs);
      case "revert":
        return revert(pending, step, now);
    }
  }

  async function reach(pending: Pending, leftMs: number): Promise<Ending | undefined> {
    if (!(await controller.reach(pending, life))) {
      await sleep(Math.min(betweenTriesMs, leftMs), life);
      return undefined;
    }
    life.throwIfAborted();
    const { calendarMs } = await moment();
    const last = { change: pending.change, end: "confirmed", reason: "", endedAtMs: calendarMs } as const;
    await journal.write({ pending: undefined, last });
    log.info({ address: pending.address, device: pending.device }, "the change of the network is confirmed");
    return { end: "confirmed" };
  }

  async function revert(
    pending: Pending,
    { reason, inForce }: Extract<Step, { readonly step: "revert" }>,
    now: Moment,
  ): Promise<Ending> {
    log.warn({ reason }, "the change of the network is taken back");
    await journal.write({ pending: { ...pending, phase: "reverting", reason, inForce }, last: undefined });
    const booted = pending.startedAt.bootId !== now.bootId;
    const trouble = await revertNetwork({ pending, inForce, booted }, { netplan, sleep, log }, life);
    const whole = [reason, "the old configuration is back", ...trouble].join("; ");
    const { calendarMs } = await moment();
    const last = { change: pending.change, end: "reverted", reason: whole, endedAtMs: calendarMs } as const;
    await journal.write({ pending: undefined, last });
    return { end: "reverted", reason: whole };
  }

  async function perform(change: NetworkChange): Promise<void> {
    const failure = await reasonOf(prepare(change));
    await drive(failure);
  }

  async function prepare({ change, address, device, confirmSeconds, writes, backups }: NetworkChange): Promise<void> {
    const now = await moment();
    const confirmMs = confirmSeconds * 1000;
    const before = await Promise.all(writes.map(async ({ path }) => ({ path, file: await netplan.read(path) })));
    const nics = await netplan.nics();
    const pending: Pending = {
      id: newId(),
      ...{ change, address, device, confirmMs, before },
      phase: "prepared",
      reason: "",
      inForce: false,
      startedAt: now,
      deadlineUptimeMs: now.uptimeMs + confirmMs,
      deadlineCalendarMs: now.calendarMs + confirmMs,
      bootId: now.bootId,
      boots: 0,
      live: await netplan.live(life),
      devices: nics.filter((nic) => nic.device).map(({ name }) => name),
    };
    const { last } = await journal.read();
    await journal.write({ pending, last });
    for (const { path, file } of backups) {
      if ((await netplan.read(path)) === undefined) await netplan.replace(path, file);
    }
    for (const { path, file } of writes) await netplan.replace(path, file);
    await netplan.generate(`${pending.id}-new`, life);
    await journal.write({ pending: armed(pending, await moment()), last });
  }

  /** Tells in words why something failed; undefined where it did not. Rejects where the agent stops. */
  async function reasonOf(work: Promise<void>): Promise<string | undefined> {
    try {
      await work;
      return undefined;
    } catch (error) {
      life.throwIfAborted();
      return failureReason(error);
    }
  }

  /** Waits for work that goes on whether or not somebody waits. */
  function waitFor(work: Promise<void>, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => reject(signal.reason);
      if (signal.aborted) leave();
      signal.addEventListener("abort", leave, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
  }

  return {
    recover,

    async read() {
      void recover();
      const [present, nics, files, { pending, last }, { calendarMs }] = await Promise.all([
        netplan.present(),
        netplan.nics(),
        netplan.files(),
        journal.read(),
        moment(),
      ]);
      const address = pending?.address ?? (current?.address || undefined);
      return { present, nics, files, pending: address, last, nowMs: calendarMs };
    },

    async change(change, signal) {
      await waitFor(recover(), signal);
      while (current !== undefined) {
        await waitFor(
          current.work.catch(() => {}),
          signal,
        );
      }
      await waitFor(
        begin(change.address, () => perform(change)),
        signal,
      );
    },

    async settle(signal) {
      void recover();
      if (current !== undefined) await waitFor(current.work, signal);
    },
  };
}
