import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loginFailure, shellWord, sshCommand } from "./ssh.ts";

const end = (stderr: string, over: { readonly exitCode?: number; readonly late?: boolean } = {}) => ({
  exitCode: 255,
  late: false,
  stdout: "",
  stderr,
  ...over,
});

const changed = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
Host key for secondary1 has changed and you have requested strict checking.
Host key verification failed.
`;

describe("a command over ssh", () => {
  it("asks nobody, takes known host keys alone, and ends its options before the name", () => {
    const command = sshCommand("secondary1", "id", []);
    expect(command).toEqual(expect.arrayContaining(["-oBatchMode=yes", "-oStrictHostKeyChecking=yes"]));
    expect(command.slice(-3)).toEqual(["--", "secondary1", "'sh' '-c' 'id' 'cowherd-proof'"]);
  });

  it("brings every word unharmed through the shells that read it", () => {
    const hostile = fc.oneof(
      fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", " ", "\n", ";", "!", "*", "-", "a", "(") }),
      fc.constantFrom("$(reboot)", "'; reboot; '", "-oProxyCommand=reboot", "", "a b", "é"),
    );
    const words = fc.array(hostile, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, (all) => {
        const line = sshCommand("secondary1", 'for word; do printf "%s\\0" "$word"; done', all).at(-1) ?? "";
        const { stdout } = spawnSync("/bin/sh", ["-c", line], { encoding: "utf8" }); // as sshd runs it
        expect(stdout.split("\0").slice(0, -1)).toEqual(all);
      }),
      { numRuns: 30 },
    );
    expect(shellWord("it's")).toBe(`'it'\\''s'`);
  });
});

describe("a login that ran nothing", () => {
  it.each([
    [changed, "the host key of secondary1 changed: it is not the one that the cluster knows"],
    [
      "No ED25519 host key is known for secondary1 and you have requested strict checking.\nHost key verification failed.\n",
      "the host key of secondary1 is not known here",
    ],
    [
      "mpihpc@secondary1: Permission denied (publickey,password).\n",
      "secondary1 does not let mpihpc in by its key: permission denied",
    ],
    ["ssh: connect to host secondary1 port 22: No route to host\n", "there is no route to secondary1"],
    [
      "ssh: connect to host secondary1 port 22: Connection refused\n",
      "no ssh server answers on secondary1: connection refused",
    ],
    ["ssh: connect to host secondary1 port 22: Connection timed out\n", "secondary1 did not answer ssh within 5 s"],
    ["ssh: Could not resolve hostname secondary1: Name or service not known\n", "ssh could not resolve secondary1"],
    ["Connection closed by 192.168.56.11 port 22\n", "ssh secondary1: Connection closed by 192.168.56.11 port 22"],
    ["", "ssh secondary1: exit code 255"],
  ])("is told in words: %j", (stderr, words) => {
    expect(loginFailure(end(stderr), "secondary1", "mpihpc")).toBe(words);
  });

  it("is told from one that hangs", () => {
    expect(loginFailure(end("", { late: true, exitCode: 143 }), "secondary1", "mpihpc")).toBe(
      "a login at secondary1 did not come to an end",
    );
  });
});
