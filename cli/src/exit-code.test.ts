import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { NotReadyError, UnwritableFileError } from "./commands/command-error.ts";
import { exitCodeOf } from "./exit-code.ts";
import {
  CallRefusedError,
  ControllerUnreachableError,
  isRetryable,
  NoAnswerError,
  type Refusal,
  SpecRefusedError,
  type Unreachability,
} from "./link/link-error.ts";
import { ProgramFailedError } from "./primary/primary-error.ts";

const address = { via: "socket", path: "/run/x" } as const;
const unreachable = (because: Unreachability) => new ControllerUnreachableError(address, because, "");
const refused = (refusal: Refusal) => new CallRefusedError(refusal, undefined, "no");

describe("exitCodeOf", () => {
  it.each([
    [new CommanderError(0, "commander.helpDisplayed", ""), 0],
    [new CommanderError(1, "commander.unknownOption", ""), 64],
    [new SpecRefusedError([]), 65],
    [refused("unknown-name"), 68],
    [refused("not-permitted"), 77],
    [refused("not-possible"), 1],
    [refused("not-now"), 75],
    [refused("not-supported"), 76],
    [refused("fault"), 70],
    [unreachable("no-socket"), 69],
    [unreachable("not-listening"), 69],
    [unreachable("no-connection"), 69],
    [unreachable("not-permitted"), 77],
    [new NoAnswerError(address), 69],
    [new UnwritableFileError("/x", "it exists already"), 73],
    [new NotReadyError([], {}), 75],
    [new ProgramFailedError("/usr/sbin/cowherd-join", 42, ""), 42],
    [new TypeError("ours"), 70],
    ["not even an error", 70],
  ])("takes %s for %i", (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});

describe("isRetryable", () => {
  it("asks again where the controller may come back, and not where it said no", () => {
    expect(
      [unreachable("no-socket"), unreachable("no-connection"), new NoAnswerError(address)].every(isRetryable),
    ).toBe(true);
    expect([unreachable("not-permitted"), refused("fault"), new TypeError("ours")].some(isRetryable)).toBe(false);
  });
});
