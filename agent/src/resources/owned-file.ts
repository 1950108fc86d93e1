import { groupNamed, userNamed } from "../host/account-book.ts";
import type { Access, Standing, StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { ConflictError } from "./resource.ts";

/** Who owns a file, by names; the user's own group where none is named. */
export type Owner = { readonly user: string; readonly group?: string };

/** What a file or a folder is made to be. Names, since the owner may be made later in the same run. */
export type OwnedChange =
  | {
      readonly action: "write";
      readonly path: string;
      readonly content: Buffer;
      readonly mode: number;
      readonly owner: Owner;
    }
  | { readonly action: "make-folder"; readonly path: string; readonly mode: number; readonly owner: Owner }
  | { readonly action: "set-access"; readonly path: string; readonly mode: number; readonly owner: Owner };

/** The numbers behind an owner's names. */
export type Ids = { readonly uid: number; readonly gid: number };

/** An account that should own something is not on this machine. */
export class UnknownAccountError extends Error {
  override readonly name = "UnknownAccountError";
}

/** Looks the owner up. Undefined when there is no such user or group. */
export async function idsOf(owner: Owner, host: Host): Promise<Ids | undefined> {
  const book = await host.accounts.read();
  const user = userNamed(book, owner.user);
  const gid = owner.group === undefined ? user?.gid : groupNamed(book, owner.group)?.gid;
  return user === undefined || gid === undefined ? undefined : { uid: user.uid, gid };
}

/** Plans a whole file. Only what is not right is changed: a file of the right content keeps its time. */
export function planFile(
  want: { readonly path: string; readonly content: Buffer; readonly mode: number; readonly owner: Owner },
  observed: { readonly stored: StoredFile | undefined; readonly ids: Ids | undefined },
): readonly OwnedChange[] {
  const { path, content, mode, owner } = want;
  if (!observed.stored?.content.equals(content)) return [{ action: "write", path, content, mode, owner }];
  return hasAccess(observed.stored, mode, observed.ids) ? [] : [{ action: "set-access", path, mode, owner }];
}

/** Plans a folder, whatever lies in it. */
export function planFolder(
  want: { readonly path: string; readonly mode: number; readonly owner: Owner },
  observed: { readonly standing: Standing | undefined; readonly ids: Ids | undefined },
): readonly OwnedChange[] {
  const { path, mode, owner } = want;
  if (observed.standing === undefined) return [{ action: "make-folder", path, mode, owner }];
  if (observed.standing.type !== "folder") throw new ConflictError(`${path} is not a folder`);
  return hasAccess(observed.standing, mode, observed.ids) ? [] : [{ action: "set-access", path, mode, owner }];
}

/** Makes one change. Rejects with UnknownAccountError when the owner is not there. */
export async function applyOwned(change: OwnedChange, host: Host): Promise<void> {
  const { path, mode, owner } = change;
  const ids = await idsOf(owner, host);
  if (ids === undefined) throw new UnknownAccountError(`${path}: no such owner, ${ownerText(owner)}`);
  switch (change.action) {
    case "write":
      return host.files.replace(path, { content: change.content, mode, ...ids });
    case "make-folder":
      return host.files.makeFolder(path, { mode, ...ids });
    case "set-access":
      return host.files.setAccess(path, { mode, ...ids });
  }
}

/** Names one change for people. */
export function describeOwned(change: OwnedChange): string {
  switch (change.action) {
    case "write":
      return `write ${change.path}`;
    case "make-folder":
      return `make folder ${change.path}`;
    case "set-access": {
      const { path, mode, owner } = change;
      return `set ${path} to ${ownerText(owner)} ${mode.toString(8).padStart(4, "0")}`;
    }
  }
}

function ownerText({ user, group }: Owner): string {
  return group === undefined ? user : `${user}:${group}`;
}

function hasAccess(access: Access, mode: number, ids: Ids | undefined): boolean {
  return access.mode === mode && access.uid === ids?.uid && access.gid === ids.gid;
}
