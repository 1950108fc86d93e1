import { describe, expect, it } from "vitest";
import type { Netplan } from "./netplan.ts";

const signal = new AbortController().signal;
const wrong = "network:\n  version: 2\n  ethernets:\n    ens3: {addresses: [broken]}\n";

/** What every Netplan must do. `create` seeds it with files by path, of the tester's own user, and no NIC but a loopback. */
export function netplanContract(
  name: string,
  create: (files: Readonly<Record<string, string>>) => Promise<Netplan>,
  own: { readonly uid: number; readonly gid: number },
): void {
  const file = (text: string) => ({ content: Buffer.from(text), mode: 0o600, ...own });

  describe(`${name} netplan`, () => {
    it("reads what netplan reads, by name, and of one name the strongest folder's", async () => {
      const netplan = await create({
        "/etc/netplan/50-cloud-init.yaml": "{a: b}",
        "/etc/netplan/50-cloud-init.yaml.before-cowherd": "no",
        "/lib/netplan/00-network-manager-all.yaml": "{c: d}",
        "/lib/netplan/60-x.yaml": "{}",
        "/etc/netplan/60-x.yaml": "{}",
        "/run/netplan/60-x.yaml": "{}",
      });
      expect((await netplan.files()).map(({ path }) => path)).toEqual([
        "/lib/netplan/00-network-manager-all.yaml",
        "/etc/netplan/50-cloud-init.yaml",
        "/run/netplan/60-x.yaml",
      ]);
      expect((await netplan.files())[1]?.content.toString()).toBe("{a: b}");
    });

    it("replaces, reads and removes a file, and removes none harmlessly", async () => {
      const netplan = await create({ "/etc/netplan/50-cloud-init.yaml": "{}" });
      const path = "/etc/netplan/90-cowherd.yaml";
      await netplan.remove(path);
      expect(await netplan.read(path)).toBeUndefined();
      await netplan.replace(path, file("{x: y}"));
      expect(await netplan.read(path)).toEqual(file("{x: y}"));
      await netplan.remove(path);
      expect(await netplan.read(path)).toBeUndefined();
      expect(await netplan.files()).toHaveLength(1);
    });

    it("takes files that are right", async () => {
      const netplan = await create({ "/etc/netplan/50-cloud-init.yaml": "network: {version: 2}\n" });
      await netplan.generate("a1", signal);
      await netplan.apply("a1", 5, signal);
      expect(await netplan.present()).toBe(true);
    });

    it("says what is wrong with a file", async () => {
      const netplan = await create({ "/etc/netplan/50-cloud-init.yaml": wrong });
      await expect(netplan.generate("a1", signal)).rejects.toMatchObject({
        name: "NetplanError",
        message: expect.stringContaining("malformed address 'broken'"),
      });
      await expect(netplan.apply("a1", 5, signal)).rejects.toMatchObject({ name: "NetplanError" });
    });

    it("asks nobody for somebody who left", async () => {
      const netplan = await create({});
      await expect(netplan.apply("a1", 5, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
    });
  });
}
