import fc from "fast-check";
import { expect, it } from "vitest";
import { type HookRequest, hookNameProblem, hookUserProblem, parseHook, toWireHook } from "./hook-request.ts";
import { Hook } from "./wire.ts";

const requests: fc.Arbitrary<HookRequest> = fc.record({
  id: fc.string(),
  hook: fc.string(),
  event: fc.string(),
  seconds: fc.nat(2 ** 32 - 1),
  user: fc.option(fc.string(), { nil: undefined }),
});

it("brings a request over the wire as it went", () => {
  fc.assert(
    fc.property(requests, (request) => {
      expect(parseHook(Hook.decode(Hook.encode(toWireHook(request)).finish()))).toEqual(request);
    }),
  );
});

it("takes the names of files, and nothing that leads elsewhere or means something to systemd", () => {
  for (const name of ["notify", "notify.sh", "10-mail", "Chat_2"]) expect(hookNameProblem(name)).toBeUndefined();
  for (const name of ["", ".", "..", ".hidden", "-x", "a b", "a@b", "a%n", "a\n", "ü", "a\\x2f", "x".repeat(64)])
    expect(hookNameProblem(name)).toBeDefined();
  expect(hookNameProblem("/etc/cowherd/hooks/notify")).toMatch(/^is a path: name the file alone/);
});

it("takes no user who may do everything, and none that is no name", () => {
  expect(hookUserProblem("mpihpc")).toBeUndefined();
  for (const name of ["root", "cowherd"]) expect(hookUserProblem(name)).toMatch(/may do too much/);
  for (const name of ["", "0", "Root", "a:b", "-x"]) expect(hookUserProblem(name)).toBe("is no user's name on Debian");
});
