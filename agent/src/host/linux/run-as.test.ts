import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseAccountBook } from "../account-book.ts";
import { runAs } from "./run-as.ts";

const isRoot = process.platform === "linux" && process.getuid?.() === 0;

it.runIf(isRoot)("runs a command as a user, with its groups and an environment of its own", async () => {
  const book = parseAccountBook(readFileSync("/etc/passwd", "utf8"), readFileSync("/etc/group", "utf8"), undefined);
  const nobody = book.users.find(({ name }) => name === "nobody");
  if (nobody === undefined) throw new TypeError("this machine has no user nobody");
  const user = { ...nobody, home: "/tmp/a b;c" };
  const signal = new AbortController().signal;
  const { stdout } = await runAs(user, ["sh", "-c", "id -u; id -G; env"], 20_000, signal);
  const [uid, groups, ...environment] = stdout.trim().split("\n");
  expect([uid, groups]).toEqual([String(user.uid), String(user.gid)]);
  expect(environment.filter((line) => !/^(PWD|OLDPWD|_|SHLVL)=/.test(line)).toSorted()).toEqual([
    "HOME=/tmp/a b;c",
    "LC_ALL=C.UTF-8",
    "LOGNAME=nobody",
    "PATH=/usr/local/bin:/usr/bin:/bin",
    `SHELL=${user.shell}`,
    "USER=nobody",
  ]);
});
