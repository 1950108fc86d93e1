import { describe, expect, it } from "vitest";
import type { Group, User } from "../host/accounts.ts";
import type { Access } from "../host/files.ts";
import { createMemoryHost } from "../host/memory-host.ts";
import { resourceContract } from "./resource.contract.ts";
import { userResource } from "./user.ts";

type Folders = Readonly<Record<string, Access>>;

const signal = new AbortController().signal;
const account: User = { name: "mpihpc", uid: 7777, gid: 7777, home: "/home/mpihpc", shell: "/bin/bash" };
const spec = { id: "user", requires: [], kind: "user", ...account, groups: ["sudo"] } as const;
const ownGroup: Group = { name: "mpihpc", gid: 7777, members: [] };
const sudo: Group = { name: "sudo", gid: 27, members: ["ada"] };
const homeIn = (uid = 7777, mode = 0o755): Folders => ({ "/home/mpihpc": { mode, uid, gid: uid } });
const noHome: Folders = { "/home": { mode: 0o755, uid: 0, gid: 0 } };
const member = { ...sudo, members: ["ada", "mpihpc"] };

async function refusal(users: readonly User[], groups: readonly Group[], folders: Folders) {
  const observed = await userResource.read(spec, createMemoryHost({ users, groups, folders }), signal);
  return () => userResource.plan(spec, observed);
}

describe("user", () => {
  resourceContract(userResource, {
    "makes the group, the user and the home": {
      spec,
      host: () => createMemoryHost({ groups: [sudo], folders: noHome }),
      foreign: async (host) => (await host.accounts.read()).groups.find(({ name }) => name === "sudo")?.members[0],
    },
    "adds a membership": {
      spec,
      host: () => createMemoryHost({ users: [account], groups: [ownGroup, sudo], folders: homeIn() }),
    },
    "changes the shell": {
      spec,
      host: () =>
        createMemoryHost({ users: [{ ...account, shell: "/bin/sh" }], groups: [ownGroup, member], folders: homeIn() }),
    },
    "finishes a user whom a power cut left half made": {
      spec,
      host: () =>
        createMemoryHost({
          users: [account],
          groups: [ownGroup, member],
          folders: homeIn(),
          unfinished: ["mpihpc"],
        }),
    },
    "makes a home that went": {
      spec,
      host: () => createMemoryHost({ users: [account], groups: [ownGroup, member], folders: noHome }),
    },
    "S3: closes a home that others may write": {
      spec,
      host: () => createMemoryHost({ users: [account], groups: [ownGroup, member], folders: homeIn(7777, 0o775) }),
    },
  });

  it("keeps further memberships and a home that is stricter", async () => {
    const extra = { name: "docker", gid: 999, members: ["mpihpc"] };
    const host = createMemoryHost({
      users: [account],
      groups: [ownGroup, member, extra],
      folders: homeIn(7777, 0o700),
    });
    expect(userResource.plan(spec, await userResource.read(spec, host, signal))).toEqual([]);
  });

  it.each([
    ["uid 7777 belongs to bob", [{ ...account, name: "bob" }], [], noHome],
    ["user mpihpc exists with uid 1001, wanted 7777", [{ ...account, uid: 1001 }], [ownGroup], noHome],
    ["gid 7777 belongs to group crew", [], [{ ...ownGroup, name: "crew" }], noHome],
    ["group mpihpc exists with gid 1001, wanted 7777", [], [{ ...ownGroup, gid: 1001 }], noHome],
    ["user mpihpc exists with gid 100, wanted 7777", [{ ...account, gid: 100 }], [ownGroup], noHome],
    ["user mpihpc exists with home /srv, wanted /home/mpihpc", [{ ...account, home: "/srv" }], [ownGroup], noHome],
    ["home /home/mpihpc belongs to uid 1001, wanted 7777", [], [], homeIn(1001)],
  ])("F7: refuses because %s", async (reason, users, groups, folders) => {
    expect(await refusal(users, groups, folders)).toThrow(
      expect.objectContaining({ name: "ConflictError", message: reason }),
    );
  });

  it.each([
    ["root's number", { uid: 0 }],
    ["an option as a name", { name: "-r" }],
    ["a field's end in the home", { home: "/home/a:b" }],
    ["a list as a group", { groups: ["sudo,root"] }],
  ])("refuses %s", async (_what, change) => {
    const observed = await userResource.read(spec, createMemoryHost(), signal);
    expect(() => userResource.plan({ ...spec, ...change }, observed)).toThrow(
      expect.objectContaining({ name: "RefusedSpecError" }),
    );
  });
});
