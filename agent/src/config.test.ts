import { describe, expect, it } from "vitest";
import { parseCommand } from "./config.ts";

describe("the command line", () => {
  it("runs with defaults", () => {
    expect(parseCommand(["run"], {})).toEqual({
      command: "run",
      stateFolder: "/var/lib/cowherd/agent",
      logLevel: "info",
    });
  });

  it("takes options before the environment", () => {
    const env = { COWHERD_STATE_DIR: "/srv/a", COWHERD_LOG_LEVEL: "warn" };
    expect(parseCommand(["run", "--log-level", "debug"], env)).toEqual({
      command: "run",
      stateFolder: "/srv/a",
      logLevel: "debug",
    });
  });

  it("joins as the operator typed it", () => {
    expect(parseCommand(["join", "192.168.56.10", "cowherd1_x", "--node", "vm-1"], {})).toMatchObject({
      request: { place: { address: "192.168.56.10", port: 7442 }, token: "cowherd1_x", node: "vm-1", force: false },
      start: true,
    });
  });

  it.each([
    ["primary.example:17442", { address: "primary.example", port: 17442 }],
    ["::1", { address: "::1", port: 7442 }],
    ["[::1]:17442", { address: "::1", port: 17442 }],
  ])("takes %s for a place", (text, place) => {
    expect(parseCommand(["join", text, "t"], {})).toMatchObject({ request: { place } });
  });

  it.each([
    [[]],
    [["dance"]],
    [["run", "now"]],
    [["run", "--quick"]],
    [["run", "--log-level", "loud"]],
    [["run", "--state-dir", "here"]],
    [["join", "192.168.56.10"]],
    [["join", "a", "b", "c"]],
    [["join", "host:0", "t"]],
    [["join", "http://host/", "t"]],
  ])("refuses %j", (argv) => {
    expect(() => parseCommand(argv, {})).toThrow(expect.objectContaining({ name: "UsageError" }));
  });

  it("shows an example to who asks how to join", () => {
    expect(parseCommand(["join", "--help"], {})).toMatchObject({ text: expect.stringContaining("Example:") });
  });
});
