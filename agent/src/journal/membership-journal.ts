import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Files } from "../host/files.ts";
import type { Membership } from "./membership.ts";

/** What lies on the disk cannot be read as a membership. The machine has to join again. */
export class DamagedMembershipError extends Error {
  override readonly name = "DamagedMembershipError";
}

/**
 * The machine's membership, and the next one on trial, kept through restarts and power cuts.
 *
 * Each membership is a folder `identity-XXXX` with key.pem, cert.pem and ca.pem, written
 * whole before a pointer names it: `controller.json` the one that holds,
 * `controller.next.json` the one on trial. Replacing a pointer is what makes it hold, so
 * that no moment has a key without its certificate.
 */
export interface MembershipJournal {
  /** Undefined where no cluster was joined. Throws DamagedMembershipError. */
  current(): Promise<Membership | undefined>;

  /** The membership on trial. Undefined without one, and for a damaged one. */
  staged(): Promise<Membership | undefined>;

  /** Puts a membership on trial; the current one stays. */
  stage(membership: Membership): Promise<void>;

  /** Makes the membership on trial the current one and forgets the key of the old. */
  promote(): Promise<void>;

  /** Forgets the membership on trial. */
  discardStaged(): Promise<void>;

  /** The key of a join that was not answered yet. Undefined without one. */
  pendingKey(): Promise<string | undefined>;

  keepPendingKey(key: string): Promise<void>;

  dropPendingKey(): Promise<void>;
}

const pointer = "controller.json";
const stagedPointer = "controller.next.json";
const pendingKeyFile = "pending-key.pem";

/** Opens the journal in the agent's state folder and makes the folder where it is missing. */
export async function openMembershipJournal(
  files: Files,
  stateFolder: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<MembershipJournal> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const at = (...names: string[]) => join(stateFolder, ...names);
  const text = async (...names: string[]) => (await files.read(at(...names)))?.content.toString("utf8");
  const write = (content: string, ...names: string[]) =>
    files.replace(at(...names), { content: Buffer.from(content), mode: 0o600, ...owner });

  async function load(name: string): Promise<Membership | undefined> {
    const json = await text(name);
    if (json === undefined) return undefined;
    const { folder, ...place } = parsePointer(json);
    const key = await text(folder, "key.pem");
    const certificate = await text(folder, "cert.pem");
    const authority = await text(folder, "ca.pem");
    if (key === undefined || certificate === undefined || authority === undefined) {
      throw new DamagedMembershipError(`${at(folder)} lacks a file`);
    }
    requirePair(key, certificate);
    return { ...place, key, certificate, authority };
  }

  /** Removes what no pointer names: the rest of an earlier membership, or of a write that was cut short. */
  async function sweep(): Promise<void> {
    const named = new Set<string>();
    for (const name of [pointer, stagedPointer]) {
      const json = await text(name);
      if (json !== undefined) named.add(parsePointer(json).folder);
    }
    for (const name of await readdir(stateFolder)) {
      if (isIdentityFolder(name) && !named.has(name)) await rm(at(name), { recursive: true, force: true });
    }
  }

  return {
    current: () => load(pointer),

    async staged() {
      try {
        return await load(stagedPointer);
      } catch (error) {
        if (error instanceof DamagedMembershipError) return undefined;
        throw error;
      }
    },

    async stage({ key, certificate, authority, ...place }) {
      const folder = `identity-${randomBytes(4).toString("hex")}`;
      await files.makeFolder(at(folder), { mode: 0o700, ...owner });
      await write(key, folder, "key.pem");
      await write(certificate, folder, "cert.pem");
      await write(authority, folder, "ca.pem");
      await write(`${JSON.stringify({ ...place, folder }, undefined, 2)}\n`, stagedPointer);
    },

    async promote() {
      const json = await text(stagedPointer);
      if (json === undefined) return;
      await write(json, pointer);
      await rm(at(stagedPointer), { force: true });
      await sweep();
    },

    async discardStaged() {
      await rm(at(stagedPointer), { force: true });
      await sweep();
    },

    pendingKey: () => text(pendingKeyFile),
    keepPendingKey: (key) => write(key, pendingKeyFile),
    dropPendingKey: () => rm(at(pendingKeyFile), { force: true }),
  };
}

type Pointer = Pick<Membership, "node" | "cluster" | "address" | "agentPort"> & { readonly folder: string };

function parsePointer(json: string): Pointer {
  const value = parseObject(json);
  const field = (name: string) => {
    const found = value.get(name);
    if (typeof found !== "string" || found === "") throw new DamagedMembershipError(`${pointer} lacks its ${name}`);
    return found;
  };
  const agentPort = value.get("agentPort");
  const folder = field("folder");
  if (typeof agentPort !== "number") throw new DamagedMembershipError(`${pointer} lacks its agentPort`);
  if (!isIdentityFolder(folder)) throw new DamagedMembershipError(`${pointer} names a folder that is none of ours`);
  return { node: field("node"), cluster: field("cluster"), address: field("address"), agentPort, folder };
}

function parseObject(json: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  } catch (cause) {
    throw new DamagedMembershipError(`${pointer} is no JSON`, { cause });
  }
}

function isIdentityFolder(name: string): boolean {
  return /^identity-[0-9a-f]{8}$/.test(name);
}

function requirePair(key: string, certificate: string): void {
  if (!isPair(key, certificate)) throw new DamagedMembershipError("the key and the certificate do not belong together");
}

/** Tells whether a certificate (PEM) is of this key (PEM). Throws DamagedMembershipError where one cannot be read. */
export function isPair(key: string, certificate: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw new DamagedMembershipError("the key or the certificate cannot be read", { cause });
  }
}
