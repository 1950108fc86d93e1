import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { runCommand } from "./machine/command.ts";
import { createNspawnLab, listLabs, openLab } from "./nspawn-lab.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const NAME = "lab-test-command";

const lab = (...words: readonly string[]) => runCommand([process.execPath, MAIN, ...words]);

afterAll(async () => {
  if ((await listLabs()).includes(NAME)) await (await openLab(NAME)).down();
});

it("leaves a lab up until it is taken down, for commands and for other processes", async () => {
  expect(await lab("up", "--name", NAME, "only")).toMatchObject({
    exitCode: 0,
    stdout: `lab ${NAME}\n  192.168.56.10  only\n`,
  });
  await (await createNspawnLab("lab-test-sweeper")).down();
  expect(await lab("enter", "only", "--name", NAME, "--", "sh", "-c", "hostname; exit 7")).toMatchObject({
    exitCode: 7,
    stdout: "debian\n",
  });
  expect((await lab("cut", "only", "--name", NAME)).exitCode).toBe(0);
  expect(await lab("enter", "only", "--name", NAME, "true")).toMatchObject({
    exitCode: 1,
    stderr: "lab: only is off\n",
  });
  expect((await lab("up", "--name", NAME, "only")).exitCode).toBe(0);
  expect((await lab("enter", "only", "--name", NAME, "true")).exitCode).toBe(0);
  expect((await lab("down", "--name", NAME)).exitCode).toBe(0);
  expect((await lab("list")).stdout).not.toContain(NAME);
});

it("says what is wrong with what it was asked for", async () => {
  expect(await lab("cut", "only", "--name", "absent")).toMatchObject({
    exitCode: 1,
    stderr: "lab: no lab absent is up\n",
  });
  expect((await lab("up", "--name", "Bad")).stderr).toContain('lab name "Bad": use 1 to 24');
  expect(await lab("burn")).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("unknown command 'burn'") });
});
