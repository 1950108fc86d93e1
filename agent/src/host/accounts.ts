/**
 * The machine's own logins and groups, as /etc/passwd and /etc/group hold them.
 *
 * Aborting a signal keeps a change from beginning; one that began goes to its end.
 */
export interface Accounts {
  /** Reads all of them. */
  read(): Promise<AccountBook>;

  /** Adds a group. Rejects with CommandError when the name or the number is taken. */
  addGroup(group: Pick<Group, "name" | "gid">, signal: AbortSignal): Promise<void>;

  /** Adds a login without a password and without a home. Rejects with CommandError when the name or the number is taken. */
  addUser(user: User, signal: AbortSignal): Promise<void>;

  /** Gives an unfinished user the line in /etc/shadow that is missing, without a valid password. */
  finishUser(user: string, signal: AbortSignal): Promise<void>;

  /** Changes the login's shell. */
  setShell(user: string, shell: string, signal: AbortSignal): Promise<void>;

  /** Makes the login a member of one more group that is there. */
  addToGroup(user: string, group: string, signal: AbortSignal): Promise<void>;

  /**
   * Makes a home from the machine's skeleton (/etc/skel), all of it the user's.
   *
   * It appears whole or not at all. Rejects when something is at its path already.
   */
  makeHome(home: string, access: { readonly uid: number; readonly gid: number; readonly mode: number }): Promise<void>;
}

export type AccountBook = {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  /**
   * Names of users whose password is said to be in /etc/shadow and is not. A power cut amid
   * useradd leaves such a user, and PAM then lets nobody in, by key neither.
   */
  readonly unfinished: readonly string[];
};

export type User = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
};

/** `members` are those beside the users whose own group it is. */
export type Group = { readonly name: string; readonly gid: number; readonly members: readonly string[] };
