import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { createDpkgStatus, findInstalled } from "./dpkg-status.ts";

const paragraph = (name: string, status: string, version: string) =>
  `Package: ${name}\nStatus: ${status}\nVersion: ${version}\nDescription: x\n Version: 9\n\n`;
const text =
  paragraph("mpich", "deinstall ok config-files", "4.0.2-3") +
  paragraph("openmpi-bin-dbg", "install ok installed", "1.0-1") +
  paragraph("openmpi-bin", "install ok installed", "4.1.4-3");

describe("dpkg's status", () => {
  it("tells the version of an installed package, and of no other", async () => {
    expect(await findInstalled(text.split("\n"), "openmpi-bin")).toBe("4.1.4-3");
    expect(await findInstalled(text.trimEnd().split("\n"), "openmpi-bin")).toBe("4.1.4-3");
    expect(await findInstalled(text.split("\n"), "mpich")).toBeUndefined();
    expect(await findInstalled(text.split("\n"), "openmpi")).toBeUndefined();
  });

  it("tells none of a package that is half way in", async () => {
    const lines = paragraph("mpich", "install ok half-installed", "4.0.2-3").split("\n");
    expect(await findInstalled(lines, "mpich")).toBeUndefined();
  });

  it("is looked at again once it has changed", async () => {
    const folder = await mkdtemp(`${tmpdir()}/dpkg-`);
    try {
      const path = `${folder}/status`;
      const { versionOf } = createDpkgStatus(path);
      expect(await versionOf("openmpi-bin")).toBeUndefined();
      await writeFile(path, text);
      expect(await versionOf("openmpi-bin")).toBe("4.1.4-3");
      expect(await versionOf("gcc")).toBeUndefined();
      await appendFile(path, paragraph("gcc", "install ok installed", "12"));
      expect(await versionOf("gcc")).toBe("12");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
