import { ConflictError } from "../resources/resource.ts";
import { groupNamed, userNamed } from "./account-book.ts";
import type { AccountBook, Accounts, Group, User } from "./accounts.ts";
import type { Files } from "./files.ts";
import { CommandError } from "./run-command.ts";

const root: User = { name: "root", uid: 0, gid: 0, home: "/root", shell: "/bin/bash" };
const rootGroup: Group = { name: "root", gid: 0, members: [] };

/** Accounts that live in memory, root among them. Homes are made in `files`, without a skeleton. */
export function createMemoryAccounts(
  seed: {
    readonly users?: readonly User[];
    readonly groups?: readonly Group[];
    readonly unfinished?: readonly string[];
  },
  files: Files,
): Accounts {
  let book: AccountBook = {
    users: [root, ...(seed.users ?? [])],
    groups: [rootGroup, ...(seed.groups ?? [])],
    unfinished: seed.unfinished ?? [],
  };
  return {
    read: async () => book,
    async addGroup({ name, gid }) {
      if (book.groups.some((group) => group.name === name || group.gid === gid))
        throw new CommandError(`groupadd: ${name} or ${gid} is taken`);
      book = { ...book, groups: [...book.groups, { name, gid, members: [] }] };
    },
    async addUser(user) {
      if (book.users.some(({ name, uid }) => name === user.name || uid === user.uid))
        throw new CommandError(`useradd: ${user.name} or ${user.uid} is taken`);
      if (!book.groups.some(({ gid }) => gid === user.gid))
        throw new CommandError(`useradd: group '${user.gid}' does not exist`);
      book = { ...book, users: [...book.users, user] };
    },
    async finishUser(name) {
      if (userNamed(book, name) === undefined) throw new CommandError(`usermod: user '${name}' does not exist`);
      book = { ...book, unfinished: book.unfinished.filter((other) => other !== name) };
    },
    async setShell(name, shell) {
      if (userNamed(book, name) === undefined) throw new CommandError(`usermod: user '${name}' does not exist`);
      book = { ...book, users: book.users.map((user) => (user.name === name ? { ...user, shell } : user)) };
    },
    async addToGroup(user, name) {
      const group = groupNamed(book, name);
      if (group === undefined) throw new CommandError(`usermod: group '${name}' does not exist`);
      if (group.members.includes(user)) return;
      const joined = { ...group, members: [...group.members, user] };
      book = { ...book, groups: book.groups.map((other) => (other === group ? joined : other)) };
    },
    async makeHome(home, access) {
      if ((await files.stat(home)) !== undefined) throw new ConflictError(`${home} is there already`);
      await files.makeFolder(home, access);
    },
  };
}
