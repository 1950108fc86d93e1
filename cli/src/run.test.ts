import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "./fake-io.ts";
import { FakeRefusal } from "./link/fake-controller.ts";
import { createGrpcOperatorLink } from "./link/grpc-operator-link.ts";

const runFake = createFakeRun(createGrpcOperatorLink);
const run = createFakeAsk(runFake);

const commands = [
  ["init"],
  ["status"],
  ["explain"],
  ["events"],
  ["events", "user"],
  ["events", "user", "add"],
  ["events", "user", "list"],
  ["events", "user", "remove"],
  ["plan"],
  ["apply"],
  ["hostfile"],
  ["hostfile", "show"],
  ["hostfile", "history"],
  ["hostfile", "diff"],
  ["hostfile", "rollback"],
  ["hostfile", "adopt"],
  ["hostfile", "unpin"],
  ["hostfile", "release"],
  ["hostfile", "lint"],
  ["hostfile", "discover"],
  ["token", "create"],
  ["token", "list"],
  ["token", "revoke"],
  ["node", "drain"],
  ["node", "undrain"],
  ["node", "release"],
  ["node", "remove"],
  ["operator", "create"],
  ["version"],
];

describe("cowctl", () => {
  it.each(commands)("shows help with an example for %s %s %s", async (...argv) => {
    const { exitCode, out, err } = await runFake([...argv.filter((word) => word !== undefined), "--help"], "/absent");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(/\nExamples:\n {2}(sudo )?cowctl /);
    expect(out).toContain("--controller <address>");
  });

  it.each(["init", "plan", "apply"])(
    "says in the help of %s where the keys of cluster.yaml are told",
    async (command) => {
      const { out } = await runFake([command, "--help"], "/absent");
      expect(out).toContain('README under "cluster.yaml"');
    },
  );

  it("prints its own version without a controller", async () => {
    expect(await runFake(["--version"], "/absent")).toEqual({ exitCode: 0, out: "1.2.3\n", err: "" });
  });

  it.each([
    [[]],
    [["token"]],
    [["explain"]],
    [["statu"]],
    [["status", "extra"]],
    [["status", "--colour"]],
    [["status", "-o", "xml"]],
    [["status", "--wait", "--watch"]],
    [["apply"]],
    [["token", "create"]],
    [["token", "revoke"]],
    [["hostfile", "shwo"]],
    [["hostfile", "show", "-1"]],
    [["hostfile", "rollback"]],
    [["hostfile", "rollback", "last"]],
    [["hostfile", "lint"]],
    [["hostfile", "lint", "--form", "slurm", "-"]],
    [["hostfile", "--discover", "extra"]],
    [["--controller", "10.0.0.1", "status"]],
    [["--credentials", "/tmp", "status"]],
    [["--controller", "10.0.0.1:99999", "--credentials", "/tmp", "status"]],
    [["--controller", "unix:/tmp/x", "--credentials", "/tmp", "status"]],
  ])("takes %j for a wrong command line, with nothing on stdout", async (argv) => {
    const { exitCode, out, err } = await runFake(argv, "/absent");
    expect({ exitCode, out }).toEqual({ exitCode: 64, out: "" });
    expect(err).not.toBe("");
  });

  it("guesses what was meant", async () => {
    expect((await runFake(["statsu"], "/absent")).err).toContain("(Did you mean status?)");
  });

  it("prints its version even where no controller runs, and says what to do", async () => {
    const { exitCode, out, err } = await runFake(["version"], "/absent/operator.sock");
    expect({ exitCode, out }).toEqual({ exitCode: 69, out: "cowctl 1.2.3\n" });
    expect(err).toContain("no controller runs on this machine (/absent/operator.sock is not there)\nnext: ");
  });

  it("says that an older controller does not know a command", async () => {
    const { exitCode, err } = await run(["hostfile"], {});
    expect(exitCode).toBe(76);
    expect(err).toContain("the controller is older");
  });

  it("says that a controller is at fault, and where to look", async () => {
    const getVersion = () => {
      throw new FakeRefusal("INTERNAL", "internal error of the controller");
    };
    const { exitCode, err } = await run(["version"], { getVersion });
    expect(exitCode).toBe(70);
    expect(err).toContain("next: journalctl -u cowherd-controller.service");
  });

  it("shows a fault of its own with its place", async () => {
    const openLink = () => Promise.reject(new TypeError("a fault"));
    const { exitCode, err } = await runFake(["version"], "/absent", { openLink });
    expect(exitCode).toBe(70);
    expect(err).toMatch(/^cowctl: a fault in cowctl itself: TypeError: a fault\n {4}at /);
  });

  it("says nothing more when it is interrupted", async () => {
    const { exitCode, err } = await runFake(["hostfile"], "/absent", { signal: AbortSignal.abort() });
    expect({ exitCode, err }).toEqual({ exitCode: 130, err: "" });
  });

  it("colours a table on a terminal, and not where NO_COLOR is set", async () => {
    const status = { cluster: "cow", hostfileGeneration: 0n, nodes: [], notices: [], hostfileDue: false };
    const plan = () => ({ nodes: [{ node: "a", unknown: "", outcomes: [], removed: true }] });
    const answers = { plan, getStatus: () => ({ status }) };
    const shown = async (environment: Record<string, string>) => {
      const out: string[] = [];
      await run(["plan"], answers, { environment, stdout: { isTerminal: true, write: (text) => void out.push(text) } });
      return out.join("");
    };
    expect(await shown({})).toContain("\x1b[1ma\x1b[22m");
    expect(await shown({ NO_COLOR: "1" })).not.toContain("\x1b");
    expect(await shown({ TERM: "dumb" })).not.toContain("\x1b");
  });
});
