import { describe, expect, it } from "vitest";
import type { Access, Files } from "./files.ts";

/** What every Files must do. `files` has an empty folder /etc; `own` are numbers that the tester may give to a file. */
export function filesContract(
  name: string,
  createFiles: () => Promise<Files>,
  own: { readonly uid: number; readonly gid: number },
): void {
  const access = (mode: number): Access => ({ mode, ...own });
  const file = (text: string, mode = 0o644) => ({ content: Buffer.from(text), ...access(mode) });

  describe(`${name} files`, () => {
    it("read nothing where nothing is", async () => {
      const files = await createFiles();
      expect(await files.read("/etc/absent")).toBeUndefined();
      expect(await files.read("/absent/absent")).toBeUndefined();
      expect(await files.stat("/absent/absent")).toBeUndefined();
    });

    it("read what they wrote, mode and all", async () => {
      const files = await createFiles();
      await files.replace("/etc/motd", file("hi\n", 0o666));
      expect(await files.read("/etc/motd")).toEqual(file("hi\n", 0o666));
      expect(await files.stat("/etc/motd")).toEqual({ type: "file", ...access(0o666) });
    });

    it("keep every byte", async () => {
      const files = await createFiles();
      const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
      await files.replace("/etc/motd", { ...file(""), content });
      expect((await files.read("/etc/motd"))?.content.equals(content)).toBe(true);
    });

    it("replace the content and the mode", async () => {
      const files = await createFiles();
      await files.replace("/etc/motd", file("first, and longer\n"));
      await files.replace("/etc/motd", file("second\n", 0o600));
      expect(await files.read("/etc/motd")).toEqual(file("second\n", 0o600));
    });

    it("write into no folder that is not there", async () => {
      const files = await createFiles();
      await expect(files.replace("/absent/motd", file("hi\n"))).rejects.toMatchObject({
        name: "FilesError",
        code: "ENOENT",
      });
      await expect(files.makeFolder("/absent/deep", access(0o755))).rejects.toMatchObject({ code: "ENOENT" });
      await expect(files.setAccess("/etc/absent", access(0o755))).rejects.toMatchObject({ code: "ENOENT" });
    });

    it("take a file away, and nothing where nothing is", async () => {
      const files = await createFiles();
      await files.replace("/etc/motd", file("hi\n"));
      await files.replace("/etc/motd.d", file("stays\n"));
      await files.remove("/etc/motd");
      await files.remove("/etc/motd");
      await files.remove("/absent/motd");
      expect(await files.stat("/etc/motd")).toBeUndefined();
      expect(await files.read("/etc/motd.d")).toEqual(file("stays\n"));
    });

    it("take no folder away", async () => {
      const files = await createFiles();
      await files.makeFolder("/etc/cfg.d", access(0o755));
      await expect(files.remove("/etc/cfg.d")).rejects.toMatchObject({ name: "ConflictError" });
      expect(await files.stat("/etc/cfg.d")).toMatchObject({ type: "folder" });
    });

    it("make a folder with its access, and mend it the second time", async () => {
      const files = await createFiles();
      await files.makeFolder("/etc/cfg.d", access(0o777));
      expect(await files.stat("/etc/cfg.d")).toEqual({ type: "folder", ...access(0o777) });
      await files.replace("/etc/cfg.d/a", file("a\n"));
      await files.makeFolder("/etc/cfg.d", access(0o700));
      expect(await files.stat("/etc/cfg.d")).toEqual({ type: "folder", ...access(0o700) });
      expect(await files.read("/etc/cfg.d/a")).toEqual(file("a\n"));
    });

    it("set the access and leave the content alone", async () => {
      const files = await createFiles();
      await files.replace("/etc/motd", file("hi\n"));
      await files.setAccess("/etc/motd", access(0o640));
      expect(await files.read("/etc/motd")).toEqual(file("hi\n", 0o640));
    });

    it("name what is in a folder, and nothing of what is no folder", async () => {
      const files = await createFiles();
      await files.makeFolder("/etc/cfg.d", access(0o755));
      expect(await files.list("/etc/cfg.d")).toEqual([]);
      await files.replace("/etc/cfg.d/b", file("b\n"));
      await files.makeFolder("/etc/cfg.d/a", access(0o755));
      await files.replace("/etc/cfg.d/a/deep", file("deep\n"));
      expect([...((await files.list("/etc/cfg.d")) ?? [])].sort()).toEqual(["a", "b"]);
      expect(await files.list("/etc/cfg.d/b")).toBeUndefined();
      expect(await files.list("/absent/absent")).toBeUndefined();
    });

    it("give a file another stamp once it is written, also with what it held before", async () => {
      const files = await createFiles();
      expect(await files.stamp("/etc/motd")).toBeUndefined();
      await files.replace("/etc/motd", file("hi\n"));
      const first = await files.stamp("/etc/motd");
      expect(first).toBeDefined();
      expect(await files.stamp("/etc/motd")).toBe(first);
      await files.replace("/etc/motd", file("hi\n"));
      expect(await files.stamp("/etc/motd")).not.toBe(first);
    });

    it("take no folder for a file and no file for a folder", async () => {
      const files = await createFiles();
      await files.makeFolder("/etc/cfg.d", access(0o755));
      await files.replace("/etc/motd", file("hi\n"));
      await expect(files.read("/etc/cfg.d")).rejects.toMatchObject({ name: "ConflictError" });
      await expect(files.replace("/etc/cfg.d", file("hi\n"))).rejects.toMatchObject({ name: "ConflictError" });
      await expect(files.makeFolder("/etc/motd", access(0o755))).rejects.toMatchObject({ name: "ConflictError" });
    });
  });
}
