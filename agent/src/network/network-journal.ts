import type { Files, StoredFile } from "../host/files.ts";
import type { Attempt } from "./attempt.ts";
import { numberOf, type Tree, textOf, textsOf, treeOf, treesOf } from "./json-tree.ts";
import { liveStateOf } from "./live-state.ts";
import type { FormerFile, Moment, Pending } from "./pending.ts";

/** What is known of changes of the network: the one that is pending, and how the last one ended. */
export type NetworkRecord = { readonly pending: Pending | undefined; readonly last: Attempt | undefined };

/** The record on the disk cannot be read: nobody can say what is to be taken back. */
export class DamagedNetworkRecordError extends Error {
  override readonly name = "DamagedNetworkRecordError";
}

/** The record, kept through restarts and power cuts: replaced whole, and on the disk when `write` returns. */
export interface NetworkJournal {
  /** Throws DamagedNetworkRecordError. */
  read(): Promise<NetworkRecord>;
  write(record: NetworkRecord): Promise<void>;
}

/** Opens the journal in the agent's state folder, which must be there. */
export function createNetworkJournal(deps: {
  readonly files: Pick<Files, "read" | "replace">;
  readonly stateFolder: string;
  readonly owner: { readonly uid: number; readonly gid: number };
}): NetworkJournal {
  const path = `${deps.stateFolder}/network.json`;
  return {
    async read() {
      const file = await deps.files.read(path);
      return file === undefined
        ? { pending: undefined, last: undefined }
        : parseRecord(path, file.content.toString("utf8"));
    },

    async write(record) {
      // Removing the file would not do: a removal that a power cut undoes would take back what was confirmed.
      await deps.files.replace(path, { content: Buffer.from(formatRecord(record)), mode: 0o600, ...deps.owner });
    },
  };
}

/** Brings a record into the form of its file. Pure. */
export function formatRecord({ pending, last }: NetworkRecord): string {
  const before = pending?.before.map(({ path, file }) => ({
    path,
    file: file && { ...file, content: file.content.toString("base64") },
  }));
  return `${JSON.stringify({ pending: pending && { ...pending, before }, last }, undefined, 2)}\n`;
}

/** Reads what formatRecord made. Throws DamagedNetworkRecordError. Pure. */
export function parseRecord(path: string, text: string): NetworkRecord {
  const damaged = (what: string, cause?: unknown) => new DamagedNetworkRecordError(`${path}: ${what}`, { cause });
  const need = <Value>(value: Value | undefined, what: string): Value => {
    if (value === undefined) throw damaged(`lacks ${what}`);
    return value;
  };
  const momentOf = (tree: Tree): Moment => ({
    bootId: need(textOf(tree.get("bootId")), "bootId"),
    uptimeMs: need(numberOf(tree.get("uptimeMs")), "uptimeMs"),
    calendarMs: need(numberOf(tree.get("calendarMs")), "calendarMs"),
  });
  const fileOf = (tree: Tree): StoredFile => ({
    content: Buffer.from(
      need(typeof tree.get("content") === "string" ? String(tree.get("content")) : undefined, "content"),
      "base64",
    ),
    mode: need(numberOf(tree.get("mode")), "mode"),
    uid: need(numberOf(tree.get("uid")), "uid"),
    gid: need(numberOf(tree.get("gid")), "gid"),
  });
  const formerOf = (tree: Tree): FormerFile => ({
    path: need(textOf(tree.get("path")), "path"),
    file: tree.has("file") ? fileOf(treeOf(tree.get("file"))) : undefined,
  });
  const pendingOf = (tree: Tree): Pending => ({
    id: need(textOf(tree.get("id")), "id"),
    change: need(textOf(tree.get("change")), "change"),
    problem: textOf(tree.get("problem")) ?? "",
    address: need(textOf(tree.get("address")), "address"),
    device: need(textOf(tree.get("device")), "device"),
    phase: need(
      phases.find((phase) => phase === tree.get("phase")),
      "phase",
    ),
    reason: textOf(tree.get("reason")) ?? "",
    unrestored: textsOf(tree.get("unrestored")),
    inForce: tree.get("inForce") === true,
    confirmMs: need(numberOf(tree.get("confirmMs")), "confirmMs"),
    startedAt: momentOf(treeOf(tree.get("startedAt"))),
    deadlineUptimeMs: need(numberOf(tree.get("deadlineUptimeMs")), "deadlineUptimeMs"),
    deadlineCalendarMs: need(numberOf(tree.get("deadlineCalendarMs")), "deadlineCalendarMs"),
    bootId: need(textOf(tree.get("bootId")), "bootId"),
    boots: need(numberOf(tree.get("boots")), "boots"),
    before: treesOf(tree.get("before")).map(formerOf),
    live: liveStateOf(tree.get("live")),
    devices: textsOf(tree.get("devices")),
  });
  const attemptOf = (tree: Tree): Attempt => ({
    change: need(textOf(tree.get("change")), "change"),
    problem: textOf(tree.get("problem")) ?? "",
    end: tree.get("end") === "confirmed" ? "confirmed" : "reverted",
    reason: textOf(tree.get("reason")) ?? "",
    times: numberOf(tree.get("times")) ?? 1,
    endedAtMs: need(numberOf(tree.get("endedAtMs")), "endedAtMs"),
  });
  let tree: Tree;
  try {
    tree = treeOf(JSON.parse(text));
  } catch (cause) {
    throw damaged("is no JSON", cause);
  }
  return {
    pending: tree.has("pending") ? pendingOf(treeOf(tree.get("pending"))) : undefined,
    last: tree.has("last") ? attemptOf(treeOf(tree.get("last"))) : undefined,
  };
}

const phases = ["prepared", "applying", "applied", "reverting"] as const;
