import { backoffMs } from "../backoff.ts";
import type { Netplan } from "../host/netplan.ts";
import { type Network, type NetworkChange, NetworkRevertedError, NetworkUnsettledError } from "../host/network.ts";
import type { Log } from "../log.ts";
import { failureReason } from "../resources/failure-reason.ts";
import { type Attempt, confirmedAttempt } from "./attempt.ts";
import { DamagedNetworkRecordError, type NetworkJournal, type NetworkRecord } from "./network-journal.ts";
import { keepOriginal, requireUnchanged } from "./originals.ts";
import { adopted, applyMs, armed, inForceFrom, type Moment, nextStep, type Pending, type Step } from "./pending.ts";
import type { ReachController } from "./reach-controller.ts";
import { applyFormer, restoreFiles } from "./revert-network.ts";

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

/** Work on a pending change, and the promise that whoever waits for it holds. */
type Current = {
  readonly address: string;
  readonly work: Promise<void>;
  /** Ends as the work does, or earlier with what keeps the work from its end. */
  readonly told: Promise<void>;
  tell(trouble: NetworkUnsettledError): void;
};

const betweenTriesMs = 1_000;

/** The pause after trouble doubles from the one to the other. */
const afterTrouble = { firstMs: 3_000, mostMs: 300_000 };

/** Trouble that may pass by itself is told to those who wait after so many times in a row: 45 s. */
const tellAfter = 5;

/**
 * Changes the network, and takes back what cuts the node off.
 *
 * Invariants: before a file is touched, the old ones are in the journal. As long as there is
 * a pending change, somebody is at work on it, here or in the agent that starts next, and
 * what is done follows from the journal and the clocks alone. It ends in one write to the
 * journal: confirmed with the new files, or taken back with the old ones. At most one change
 * at a time. What cannot be ended is told to whoever waits, and tried for as long as it
 * takes. Works until `life` is aborted.
 */
export function createNetworkKeeper(deps: KeeperDeps, life: AbortSignal): NetworkKeeper {
  const { netplan, journal, controller, moment, sleep, newId, log } = deps;
  let current: Current | undefined;
  let recovered: Promise<void> | undefined;
  let unsettled: NetworkUnsettledError | undefined;
  /** What the disk would not take; newer than the journal. */
  let noted: NetworkRecord | undefined;
  /** The attempt whose old files were applied already, and what did not work. */
  let former: { readonly id: string; readonly trouble: readonly string[] } | undefined;

  function begin(address: string, perform: () => Promise<void>): Current {
    const told = Promise.withResolvers<void>();
    const work = perform().finally(() => {
      current = undefined;
      unsettled = undefined;
    });
    work.then(told.resolve, told.reject);
    told.promise.catch(() => {}); // whoever waits is told; nobody may be waiting any longer
    current = { address, work, told: told.promise, tell: told.reject };
    return current;
  }

  async function known(): Promise<NetworkRecord> {
    return noted ?? journal.read();
  }

  async function write(record: NetworkRecord): Promise<void> {
    await journal.write(record);
    noted = undefined;
  }

  /** Writes down how far the work is. A disk that is full must not keep the node cut off: then it is remembered. */
  async function note(record: NetworkRecord): Promise<void> {
    try {
      await write(record);
    } catch (error) {
      life.throwIfAborted();
      log.error({ err: error }, "how far a change of the network is cannot be written down");
      noted = record;
    }
  }

  function recover(): Promise<void> {
    recovered ??= begin("", () => drive()).work.catch((error: unknown) => {
      if (!life.aborted) log.warn({ reason: failureReason(error) }, "a pending change of the network was taken back");
    });
    return recovered;
  }

  /** Works on the pending change until there is none. Rejects with NetworkRevertedError where it was taken back. */
  async function drive(failure?: string): Promise<void> {
    let failures = 0;
    for (;;) {
      life.throwIfAborted();
      try {
        const ending = await advance(failure);
        failures = 0;
        if (ending === undefined) continue;
        if (ending.end === "reverted") throw new NetworkRevertedError(ending.reason);
        if (ending.end === "none" && failure !== undefined) throw new NetworkRevertedError(failure);
        return;
      } catch (error) {
        life.throwIfAborted();
        if (error instanceof NetworkRevertedError) throw error;
        if (error instanceof DamagedNetworkRecordError) throw error; // no look at it will make it whole
        failures += 1;
        await suffer(error, failures);
      }
    }
  }

  /** Tells of trouble, and waits until it may be gone. */
  async function suffer(error: unknown, failures: number): Promise<void> {
    log.error({ err: error }, "a pending change of the network is not settled yet");
    if (error instanceof NetworkUnsettledError || failures >= tellAfter) {
      const most = `${afterTrouble.mostMs / 60_000} min`;
      unsettled = new NetworkUnsettledError(
        `${failureReason(error)}; it is tried again and again, at most ${most} apart`,
      );
      current?.tell(unsettled);
    }
    await sleep(backoffMs(failures, afterTrouble, 0), life);
  }

  async function advance(failure: string | undefined): Promise<Ending | undefined> {
    const { pending, last } = await known();
    if (pending === undefined) return { end: "none" };
    const now = await moment();
    const step: Step =
      failure === undefined ? nextStep(pending, now) : { step: "revert", reason: failure, inForce: pending.inForce };
    switch (step.step) {
      case "adopt":
        await note({ pending: adopted(pending, now), last });
        return undefined;
      case "apply": {
        const reason = await reasonOf(netplan.apply(`${pending.id}-new`, applyMs / 1000, life));
        const next: Pending =
          reason === undefined ? inForceFrom(pending, await moment()) : { ...pending, phase: "reverting", reason };
        await note({ pending: next, last });
        return undefined;
      }
      case "reach":
        return reach(pending, last, step.leftMs);
      case "revert":
        return revert(pending, step, now);
    }
  }

  async function reach(pending: Pending, last: Attempt | undefined, leftMs: number): Promise<Ending | undefined> {
    if (!(await controller.reach(pending, life))) {
      await sleep(Math.min(betweenTriesMs, leftMs), life);
      return undefined;
    }
    life.throwIfAborted();
    const { calendarMs } = await moment();
    await write({ pending: undefined, last: confirmedAttempt(last, pending, calendarMs) });
    log.info({ address: pending.address, device: pending.device }, "the change of the network is confirmed");
    return { end: "confirmed" };
  }

  async function revert(
    pending: Pending,
    { reason, inForce }: Extract<Step, { readonly step: "revert" }>,
    now: Moment,
  ): Promise<Ending> {
    if (former?.id !== pending.id) log.warn({ reason }, "the change of the network is taken back");
    const reverting: Pending = { ...pending, phase: "reverting", reason, inForce };
    await note({ pending: reverting, last: undefined });
    const { changed, unrestored } = await restoreFiles(pending.before, netplan, life);
    if (changed || former?.id !== pending.id) {
      const booted = pending.startedAt.bootId !== now.bootId;
      const trouble = await applyFormer({ pending, inForce, booted }, { netplan, sleep, log }, life);
      former = { id: pending.id, trouble };
    }
    if (unrestored.length > 0) {
      await note({ pending: { ...reverting, unrestored }, last: undefined });
      throw new NetworkUnsettledError([reason, ...unrestored].join("; "));
    }
    const whole = [reason, "the old configuration is back", ...former.trouble].join("; ");
    const { calendarMs } = await moment();
    const { change, problem } = pending;
    const last = { change, problem, end: "reverted", reason: whole, times: 0, endedAtMs: calendarMs } as const;
    try {
      await write({ pending: undefined, last });
    } catch (error) {
      life.throwIfAborted();
      throw new NetworkUnsettledError(`${whole}; that cannot be written down: ${failureReason(error)}`);
    }
    return { end: "reverted", reason: whole };
  }

  async function perform(change: NetworkChange): Promise<void> {
    const failure = await reasonOf(prepare(change));
    await drive(failure);
  }

  async function prepare({
    change,
    problem,
    address,
    device,
    confirmSeconds,
    found,
    writes,
    backups,
  }: NetworkChange): Promise<void> {
    const now = await moment();
    const confirmMs = confirmSeconds * 1000;
    const before = await Promise.all(writes.map(async ({ path }) => ({ path, file: await netplan.read(path) })));
    const nics = await netplan.nics();
    const pending: Pending = {
      id: newId(),
      ...{ change, problem, address, device, confirmMs, before },
      phase: "prepared",
      reason: "",
      unrestored: [],
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
    requireUnchanged({ found, writes }, await netplan.files());
    await write({ pending, last });
    for (const original of backups) await keepOriginal(original, netplan);
    for (const { path, file } of writes) await netplan.replace(path, file);
    await netplan.generate(`${pending.id}-new`, life);
    await write({ pending: armed(pending, await moment()), last });
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
      if (unsettled !== undefined) throw unsettled;
      const [present, nics, files, { pending, last }, { calendarMs }] = await Promise.all([
        netplan.present(),
        netplan.nics(),
        netplan.files(),
        known(),
        moment(),
      ]);
      const address = pending?.address ?? (current?.address || undefined);
      return { present, nics, files, pending: address, last, nowMs: calendarMs };
    },

    async change(change, signal) {
      void recover();
      while (current !== undefined) {
        if (unsettled !== undefined) throw unsettled;
        await waitFor(
          current.told.catch(() => {}),
          signal,
        );
      }
      await waitFor(begin(change.address, () => perform(change)).told, signal);
    },

    async settle(signal) {
      void recover();
      if (unsettled !== undefined) throw unsettled;
      if (current !== undefined) await waitFor(current.told, signal);
    },
  };
}
