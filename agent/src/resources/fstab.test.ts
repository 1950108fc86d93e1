import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fstabWith, ownSource } from "./fstab.ts";

const path = "/home/mpihpc/shared";
const source = `primary:${path}`;
const wanted = { source, path, options: "hard,nofail" };
const sources = [source, `192.168.56.10:${path}`];
const block = `# BEGIN COWHERD\n${source} ${path} nfs hard,nofail 0 0\n# END COWHERD\n`;
const note = "# Cowherd mounts this instead, with options that let the machine boot: ";
const withLine = (text: string) => fstabWith(text, wanted, sources);

describe("/etc/fstab", () => {
  it("F6: keeps foreign lines byte for byte, also a last one without an end", () => {
    const foreign = "UUID=1234 / ext4 errors=remount-ro 0 1\r\n# swap\n/dev/b\xfc none swap sw 0 0";
    expect(withLine(foreign)).toBe(`${foreign}\n${block}`);
  });

  it.each([
    `${source} ${path} nfs`,
    `${source}  ${path}/\tnfs4 defaults 0 0`,
    `192.168.56.10:${path} ${path} nfs rw,_netdev,vers=4.2,timeo=600,x-systemd.automount 0 0`,
    `primary:/home/mpihpc/shared/ ${path} nfs auto,nofail,noatime 0 0`,
  ])("F6: keeps the manual's own line as a comment beside the block: %s", (line) => {
    const once = withLine(`/dev/sda1 / ext4\n${line}\n`);
    expect(once).toBe(`/dev/sda1 / ext4\n${note}${line}\n${block}`);
    expect(withLine(once)).toBe(once);
  });

  it("F6: keeps one written twice as two comments", () => {
    const line = `${source} ${path} nfs\n`;
    expect(withLine(line + line)).toBe(`${note}${line}${note}${line}${block}`);
  });

  it.each([
    ["another server's folder", `nas:/export ${path} nfs`],
    ["another folder", `primary:/home ${path} nfs`],
    ["a disk", `/dev/sdb1 ${path} ext4 defaults 0 2`],
    ["an escaped spelling of the place", `nas:/export /home/mpihpc\\057shared nfs`],
    ["a mount that cannot be written", `${source} ${path} nfs ro`],
    ["one that is not mounted", `${source} ${path} nfs noauto`],
    ["another protocol", `${source} ${path} nfs vers=3`],
    ["other security", `${source} ${path} nfs sec=krb5`],
    ["one odd option among others", `${source} ${path} nfs rw,_netdev,vers=3`],
  ])("F6: refuses beside %s at the same place, and says what to do", (_what, line) => {
    expect(() => withLine(`${line}\n`)).toThrow(expect.objectContaining({ name: "ConflictError" }));
    expect(() => withLine(`${line}\n`)).toThrow(/remove that line/);
  });

  it("has nothing against other places, nor against comments", () => {
    const foreign = `primary:/opt /opt nfs\n#nas:/export ${path} nfs\n${source} ${path}2 nfs\n`;
    expect(withLine(foreign)).toBe(foreign + block);
  });

  it("changes nothing the second time, whatever the lines", () => {
    const line = fc.constantFrom(
      `${source} ${path} nfs`,
      "# x",
      "",
      "/dev/sda1 / ext4",
      "# BEGIN COWHERD",
      "# END COWHERD",
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const once = withLine(lines.join("\n"));
        expect(withLine(once)).toBe(once);
      }),
    );
  });

  it("tells what the block mounts so far, and not what others mount", () => {
    expect(ownSource(block, path)).toBe(source);
    expect(ownSource(`nas:/export ${path} nfs\n`, path)).toBeUndefined();
    expect(ownSource(block, "/srv/other")).toBeUndefined();
  });
});
