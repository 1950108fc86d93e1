import { describe, expect, it } from "vitest";
import type { Mounts } from "./mounts.ts";

/** A machine on which folders of a server can be mounted. */
export type MountsStand = {
  readonly mounts: Mounts;
  replaceFstab(text: string): Promise<void>;
  /** The server and two folders that it exports to this machine, to read and to write. */
  readonly server: { readonly name: string; readonly address: string; readonly folders: readonly [string, string] };
  /** An address at which nobody answers. */
  readonly silentAddress: string;
  /** An empty folder of root's for each test, and nothing mounted there. */
  readonly path: string;
  /** Takes away what the test leaves. */
  tidy(): Promise<void>;
};

const signal = new AbortController().signal;
const options = "nfsvers=4.2,hard,_netdev,nofail,x-systemd.automount,x-systemd.mount-timeout=20";

/** What every Mounts must do. */
export function mountsContract(name: string, createStand: () => Promise<MountsStand>): void {
  const test = (what: string, body: (stand: MountsStand) => Promise<void>) =>
    it(what, async () => {
      const stand = await createStand();
      try {
        await body(stand);
      } finally {
        await stand.tidy();
      }
    });
  const arm = async ({ mounts, replaceFstab, path }: MountsStand, source: string) => {
    await replaceFstab(`${source} ${path} nfs ${options} 0 0\n`);
    await mounts.arm(path, signal);
  };
  const sourceOf = ({ server }: MountsStand, folder: 0 | 1 = 0) => `${server.name}:${server.folders[folder]}`;
  const topOf = async ({ mounts, path }: MountsStand) => (await mounts.look(path)).mounted.at(-1);

  describe(`${name} mounts`, () => {
    test("know of nothing where nothing is mounted", async ({ mounts, path }) => {
      expect(await mounts.look(path)).toEqual({ mounted: [], loaded: undefined });
    });

    test("set up an automount that mounts on first use, with nothing left of the probe", async (stand) => {
      const { mounts, path, server } = stand;
      const source = sourceOf(stand);
      await arm(stand, source);
      const automount = { type: "autofs", source: "systemd-1", serverAddress: undefined };
      expect(await mounts.look(path)).toEqual({ mounted: [automount], loaded: { source, options } });
      expect(await mounts.probe(path, signal)).toEqual({ state: "healthy" });
      const nfs = { type: "nfs4", source, serverAddress: server.address };
      expect((await mounts.look(path)).mounted).toEqual([automount, nfs]);
      expect(await mounts.probe(path, signal)).toEqual({ state: "healthy" });
    });

    test("take the folder away and mount it afresh", async (stand) => {
      const { mounts, path } = stand;
      await arm(stand, sourceOf(stand));
      await mounts.probe(path, signal);
      await mounts.detach(path, signal);
      expect(await topOf(stand)).not.toMatchObject({ type: "nfs4" });
      await mounts.detach(path, signal);
      await mounts.arm(path, signal);
      expect(await mounts.probe(path, signal)).toEqual({ state: "healthy" });
    });

    test("mount what /etc/fstab says now, once the former folder was taken away", async (stand) => {
      const { mounts, path } = stand;
      await arm(stand, sourceOf(stand));
      await mounts.probe(path, signal);
      await mounts.detach(path, signal);
      await arm(stand, sourceOf(stand, 1));
      expect(await mounts.probe(path, signal)).toEqual({ state: "healthy" });
      expect(await topOf(stand)).toMatchObject({ source: sourceOf(stand, 1) });
    });

    test("leave what is mounted already when they are set up anew", async (stand) => {
      const { mounts, path } = stand;
      await arm(stand, sourceOf(stand));
      await mounts.probe(path, signal);
      const before = await mounts.look(path);
      await mounts.arm(path, signal);
      expect(await mounts.look(path)).toEqual(before);
    });

    test("F5: say that the server's name leads nowhere", async (stand) => {
      await arm(stand, "no-such-server:/srv/folder");
      const health = await stand.mounts.probe(stand.path, signal);
      expect(health).toMatchObject({ state: "refused", reason: expect.stringMatching(/no-such-server/) });
    });

    test("reject where /etc/fstab has no line", async ({ mounts, path, replaceFstab }) => {
      await replaceFstab("");
      await expect(mounts.arm(path, signal)).rejects.toMatchObject({ name: "MountError" });
    });

    test("tell a server that answers from one that does not", async ({ mounts, server, silentAddress }) => {
      expect(await mounts.answers(server.address, signal)).toBe(true);
      expect(await mounts.answers(silentAddress, signal)).toBe(false);
    });
  });
}
