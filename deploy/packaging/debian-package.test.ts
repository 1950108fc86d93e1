import { mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkCommand, runCommand } from "../lab/machine/command.ts";
import { type DebianPackage, writeDebianPackage } from "./debian-package.ts";

const { exitCode } = await runCommand(["which", "dpkg-deb"]);

describe.skipIf(exitCode !== 0)("writeDebianPackage (needs dpkg-deb)", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(`${tmpdir()}/cowherd-test-`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  function sample(over: Partial<DebianPackage> = {}): DebianPackage {
    return {
      control: {
        Package: "sample",
        Version: "1.0.0",
        Architecture: "all",
        Maintainer: "a <a@b.invalid>",
        Description: "x",
      },
      members: { postinst: "#!/bin/sh\n", triggers: "interest-noawait /usr/lib/sample\n" },
      files: [
        { path: "/usr/bin/sample", mode: 0o755, content: "#!/bin/sh\n" },
        { path: "/usr/lib/sample/text", mode: 0o644, content: { copyOf: `${folder}/text` } },
      ],
      ...over,
    };
  }

  it("gives equal bytes for equal content, whenever and under whatever umask it is built", async () => {
    await writeFile(`${folder}/text`, "hello\n");
    const first = await readFile(await writeDebianPackage(sample(), `${folder}/first`));
    await utimes(`${folder}/text`, 1, 1);
    const umask = process.umask(0o077);
    const second = await readFile(await writeDebianPackage(sample(), `${folder}/second`));
    process.umask(umask);
    expect(second.equals(first)).toBe(true);
  });

  it("installs what was described, as root's", async () => {
    await writeFile(`${folder}/text`, "hello\n");
    const path = await writeDebianPackage(sample(), folder);
    expect(path).toBe(`${folder}/sample_1.0.0_all.deb`);
    const listing = await checkCommand(["dpkg-deb", "--contents", path]);
    expect(listing).toMatch(/^-rwxr-xr-x root\/root .* \.\/usr\/bin\/sample$/m);
    expect(listing).toMatch(/^-rw-r--r-- root\/root .* \.\/usr\/lib\/sample\/text$/m);
    expect(listing).toMatch(/^drwxr-xr-x root\/root .* \.\/usr\/$/m);
  });

  it("leaves a package alone that is there already, and packs it again once its content is another", async () => {
    await writeFile(`${folder}/text`, "hello\n");
    const path = await writeDebianPackage(sample(), folder);
    const { ino } = await stat(path);
    await writeDebianPackage(sample(), folder);
    expect((await stat(path)).ino).toBe(ino);
    await writeFile(`${folder}/text`, "other\n");
    await writeDebianPackage(sample(), folder);
    expect(await checkCommand(["dpkg-deb", "--fsys-tarfile", path])).toContain("other\n");
  });

  it("packs again where a broken file has the package's name", async () => {
    await writeFile(`${folder}/text`, "hello\n");
    await writeFile(`${folder}/sample_1.0.0_all.deb`, "half a package");
    const path = await writeDebianPackage(sample(), folder);
    expect((await checkCommand(["dpkg-deb", "--field", path, "Package"])).trim()).toBe("sample");
  });
});
