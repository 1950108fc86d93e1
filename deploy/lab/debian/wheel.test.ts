import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { wheelName, wheelOf } from "./wheel.ts";

const description = { name: "click", version: "8.1.3", tag: "py3-none-any", metadata: Buffer.from("Name: click\n") };
const files = [{ name: "click/__init__.py", content: Buffer.from("x = 1\n") }];

it("names a wheel so that pip knows what is in it", () => {
  expect(wheelName(description)).toBe("click-8.1.3-py3-none-any.whl");
});

it("records each file with its hash and its length, and itself without", () => {
  const text = wheelOf(description, files).toString("latin1");
  const hash = createHash("sha256").update("x = 1\n").digest("base64url");
  expect(text).toContain(`click/__init__.py,sha256=${hash},6\n`);
  expect(text).toContain("click-8.1.3.dist-info/RECORD,,\n");
  expect(text).toContain("Root-Is-Purelib: true\n");
});

it.runIf(existsSync("/usr/bin/python3"))("makes an archive that Python finds nothing wrong with", async () => {
  const folder = await mkdtemp(`${tmpdir()}/wheel-`);
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(`${folder}/a.whl`, wheelOf(description, files));
  const run = (...args: string[]) => promisify(execFile)("/usr/bin/python3", ["-m", "zipfile", ...args]);
  expect((await run("-t", `${folder}/a.whl`)).stdout).toContain("Done testing");
  const { stdout } = await run("-l", `${folder}/a.whl`);
  expect(stdout.trim().split("\n")).toHaveLength(5); // a heading and four files
});
