import { describe, expect, it } from "vitest";
import type { NfsServer } from "./nfs-server.ts";

/** A machine whose kernel can serve NFS, with two empty folders. */
export type NfsServerStand = {
  readonly nfsServer: NfsServer;
  replaceExports(text: string): Promise<void>;
  readonly folders: readonly [string, string];
};

const signal = new AbortController().signal;

/** What every NfsServer must do. */
export function nfsServerContract(name: string, createStand: () => Promise<NfsServerStand>): void {
  describe(`${name} NFS server`, () => {
    it("serves what /etc/exports says, now and after each boot", async () => {
      const { nfsServer, replaceExports, folders } = await createStand();
      await replaceExports(`${folders[0]} 192.168.56.0/24(rw,sync,no_root_squash,no_subtree_check)\n`);
      await nfsServer.serve(signal);
      const state = await nfsServer.look();
      expect(state).toMatchObject({ enabled: true, running: true });
      const options = expect.arrayContaining(["rw", "sync", "no_root_squash", "no_subtree_check"]);
      expect(state.exports).toContainEqual({ path: folders[0], clients: "192.168.56.0/24", options });
    });

    it("F6: tells a network in CIDR form, also where its mask was written in numbers", async () => {
      const { nfsServer, replaceExports, folders } = await createStand();
      await replaceExports(`${folders[0]} 192.168.56.0/255.255.255.0(rw,no_subtree_check)\n`);
      await nfsServer.serve(signal);
      const { exports } = await nfsServer.look();
      expect(exports).toContainEqual(expect.objectContaining({ path: folders[0], clients: "192.168.56.0/24" }));
    });

    it("serves no longer what went from /etc/exports", async () => {
      const { nfsServer, replaceExports, folders } = await createStand();
      await replaceExports(`${folders[0]} *(rw,no_subtree_check)\n${folders[1]} *(ro,no_subtree_check)\n`);
      await nfsServer.serve(signal);
      await replaceExports(`${folders[1]} *(rw,no_subtree_check)\n`);
      await nfsServer.serve(signal);
      const { exports } = await nfsServer.look();
      expect(exports.find(({ path }) => path === folders[0])).toBeUndefined();
      expect(exports.find(({ path }) => path === folders[1])?.options).toContain("rw");
    });

    it("changes nothing when it is asked again", async () => {
      const { nfsServer, replaceExports, folders } = await createStand();
      await replaceExports(`${folders[0]} *(rw,no_subtree_check)\n`);
      await nfsServer.serve(signal);
      const before = await nfsServer.look();
      await nfsServer.serve(signal);
      expect(await nfsServer.look()).toEqual(before);
    });
  });
}
