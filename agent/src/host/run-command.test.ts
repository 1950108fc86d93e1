import { describe, expect, it } from "vitest";
import { requireCommand, runCommand } from "./run-command.ts";

const signal = new AbortController().signal;
const timeoutMs = 20_000;
const node = (script: string) => [process.execPath, "-e", script] as const;

describe("a command", () => {
  it("runs without a shell and returns what it wrote and how it ended", async () => {
    const end = await runCommand(["printf", "%s", "$HOME; *"], { timeoutMs }, signal);
    expect(end).toEqual({ exitCode: 0, stdout: "$HOME; *", stderr: "" });
    expect((await runCommand(node("process.exit(3)"), { timeoutMs }, signal)).exitCode).toBe(3);
    expect((await runCommand(node("process.kill(process.pid, 'SIGTERM')"), { timeoutMs }, signal)).exitCode).toBe(143);
  });

  it("gets none of our environment and no input", async () => {
    const { stdout } = await runCommand(["cat", "-", "/proc/self/environ"], { timeoutMs }, signal);
    expect(stdout.split("\0").filter((entry) => entry !== "")).toEqual([
      expect.stringMatching(/^PATH=\/usr/),
      "LC_ALL=C.UTF-8",
    ]);
  });

  it("may write more than is kept", async () => {
    const script = "process.stdout.write('x'.repeat(1_000_000))";
    const { stdout, exitCode } = await runCommand(node(script), { timeoutMs, maxOutputBytes: 100 }, signal);
    expect([stdout.length, exitCode]).toEqual([100, 0]);
  });

  it("is killed with its children when it takes too long", async () => {
    const argv = ["sh", "-c", "sleep 600 & wait"] as const;
    await expect(runCommand(argv, { timeoutMs: 50 }, signal)).rejects.toThrow("sh: no end after 50 ms");
  });

  it("is killed when aborted, and rejects with the reason", async () => {
    const stop = new AbortController();
    const run = runCommand(["sleep", "600"], { timeoutMs }, stop.signal);
    stop.abort(new Error("going down"));
    await expect(run).rejects.toThrow("going down");
    await expect(runCommand(["sleep", "600"], { timeoutMs }, stop.signal)).rejects.toThrow("going down");
  });

  it("that is not there is named", async () => {
    await expect(runCommand(["/absent/tool"], { timeoutMs }, signal)).rejects.toMatchObject({
      name: "CommandError",
      message: expect.stringContaining("/absent/tool"),
    });
  });

  it("that must succeed rejects with its last words", async () => {
    const script = "console.error('first'); console.error('tool: no such thing'); process.exit(2)";
    await expect(requireCommand(node(script), { timeoutMs }, signal)).rejects.toThrow("tool: no such thing");
    await expect(requireCommand(["false"], { timeoutMs }, signal)).rejects.toThrow("false: exit code 1");
  });
});
