import { describe, expect, it } from "vitest";
import { answerAfterSync, parseStatus } from "./guest-agent.ts";
import { parseAnswer } from "./json-wire.ts";
import { secondAnswer } from "./monitor.ts";

describe("an answer", () => {
  it("is a value, a refusal with its reason, or nothing that anybody asked for", () => {
    expect(parseAnswer('{"return": {"pid": 7}}')).toEqual({ kind: "value", value: { pid: 7 } });
    expect(parseAnswer('{"error": {"class": "GenericError", "desc": "no"}}')).toEqual({
      kind: "refusal",
      reason: "no",
    });
    for (const line of ['{"event": "STOP"}', '{"QMP": {}}', "[]", "", '{"ret']) {
      expect(parseAnswer(line)).toEqual({ kind: "event" });
    }
  });
});

describe("QEMU's answer", () => {
  const greeting = '{"QMP": {}}\n{"return": {}}\n{"event": "STOP"}\n';

  it("is the one after the session has started, whatever events come between", () => {
    expect(secondAnswer(Buffer.from(`${greeting}{"return": {"running": true}}\n`))).toEqual({
      kind: "value",
      value: { running: true },
    });
  });

  it("is not there before its line has ended", () => {
    expect(secondAnswer(Buffer.from(`${greeting}{"return": {}}`))).toBeUndefined();
  });
});

describe("the guest agent's answer", () => {
  const bytes = (...parts: readonly string[]) => Buffer.from(parts.join(""), "latin1");

  it("is the one after its own synchronisation, and no older one", () => {
    const received = bytes('{"return": {"pid": 1}}\n', "\xff", '{"return": 42}\n', '{"return": {"pid": 2}}\n');
    expect(answerAfterSync(received, 42)).toEqual({ kind: "value", value: { pid: 2 } });
  });

  it("is not there yet while only the synchronisation is, or another client's", () => {
    expect(answerAfterSync(bytes('{"return": {"pid": 1}}\n'), 42)).toBeUndefined();
    expect(answerAfterSync(bytes("\xff", '{"return": 42}\n'), 42)).toBeUndefined();
    expect(answerAfterSync(bytes("\xff", '{"return": 41}\n{"return": {}}\n'), 42)).toBeUndefined();
  });
});

describe("a command's end", () => {
  it("is not there while the command runs", () => {
    expect(parseStatus({ exited: false })).toBeUndefined();
    expect(parseStatus(undefined)).toBeUndefined();
  });

  it("has an exit code and what was said", () => {
    expect(parseStatus({ exited: true, exitcode: 3, "out-data": "aGk=" })).toEqual({
      exitCode: 3,
      stdout: "hi",
      stderr: "",
    });
  });

  it("is 128 and the signal's number for one that a signal ended", () => {
    expect(parseStatus({ exited: true, signal: 15 })).toMatchObject({ exitCode: 143 });
  });
});
