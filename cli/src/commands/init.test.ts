import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type NodeStatus, Phase } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { createFakeRun, type Ended } from "../fake-io.ts";
import { type Answers, createFolder, FakeRefusal, serveFakeController } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeRun(createGrpcOperatorLink);

function node(name: string, over: Partial<NodeStatus> = {}): NodeStatus {
  return {
    node: name,
    phase: Phase.PHASE_ABSENT,
    slots: 0,
    address: "192.168.56.10",
    leaseMs: undefined,
    observedRevision: "",
    desiredRevision: "",
    reason: "",
    primary: name === "primary",
    activity: "",
    ...over,
  };
}

const createToken = () => ({ id: "1", token: "cowherd1_x", address: "192.168.56.10", expiresAt: new Date(0) });
const statusOf = (...nodes: NodeStatus[]) => ({
  status: { cluster: "cow", hostfileGeneration: 0n, nodes, notices: [], hostfileDue: false },
});

/** What each fake program does after it has noted its arguments and its input. */
type Bodies = { readonly controller?: string; readonly systemctl?: string; readonly join?: string };

async function init(bodies: Bodies, answers: Answers, over: { readonly root?: false } = {}) {
  await using folder = await createFolder();
  const at = (name: string) => join(folder.path, name);
  const program = async (name: string, body = "") => {
    await writeFile(at(name), `#!/bin/sh\necho "${name}" "$@" >> "${at("log")}"\n${body}\n`);
    await chmod(at(name), 0o755);
    return at(name);
  };
  await writeFile(at("log"), "");
  await writeFile(
    at("passwd"),
    `root:x:0:0::/:/bin/sh\ncowherd:x:${process.getuid?.()}:${process.getgid?.()}::/:/bin/false\n`,
  );
  await writeFile(at("cluster.yaml"), "name: cow\n");
  const machine = {
    effectiveUser: over.root === false ? 1_000 : 0,
    passwd: at("passwd"),
    controllerProgram: await program("controller", `cat > "${at("spec")}"; ${bodies.controller ?? ""}`),
    systemctl: await program("systemctl", bodies.systemctl),
    joinProgram: await program("join", bodies.join),
  };
  const socket = at("operator.sock");
  await using _controller = await serveFakeController(answers, `unix:${socket}`);
  const ended: Ended = await run(["init", "-f", at("cluster.yaml")], socket, { machine });
  const log = (await readFile(at("log"), "utf8")).replaceAll(`${folder.path}/`, "").trimEnd().split("\n");
  const spec = await readFile(at("spec"), "utf8").catch(() => undefined);
  return { ...ended, err: ended.err.replaceAll(`${folder.path}/`, ""), log, spec };
}

const fresh: Answers = {
  getStatus: () => statusOf(node("primary"), node("secondary1"), node("secondary2")),
  createToken,
};

describe("cowctl init", () => {
  it("founds the cluster, starts its controller, joins the machine and says how the others join", async () => {
    expect(await init({ join: "echo joined" }, fresh)).toEqual({
      exitCode: 0,
      spec: "name: cow\n",
      log: [
        "controller init --file cluster.yaml",
        "systemctl enable --now cowherd-controller.service",
        "join 192.168.56.10 cowherd1_x",
      ],
      err: [
        "1/4 checking cluster.yaml",
        "2/4 starting the controller",
        "3/4 waiting for the controller",
        "4/4 joining this machine as primary",
        "joined",
        "cluster cow is up; here, make a token for each other node:",
        "",
      ].join("\n"),
      out: "sudo cowctl token create --node secondary1\nsudo cowctl token create --node secondary2\n",
    });
  });

  it("touches nothing where it is not root", async () => {
    const { exitCode, err, log } = await init({}, fresh, { root: false });
    expect({ exitCode, log }).toEqual({ exitCode: 77, log: [""] });
    expect(err).toContain("next: sudo cowctl init");
  });

  it("passes on what is wrong with the spec, and starts nothing", async () => {
    const { exitCode, err, log } = await init({ controller: "echo 'cluster.yaml:3:5: no _' >&2; exit 65" }, fresh);
    expect({ exitCode, log }).toEqual({ exitCode: 65, log: ["controller init --file cluster.yaml"] });
    expect(err).toContain("cluster.yaml:3:5: no _\n");
    expect(err).toContain("next: mend cluster.yaml; nothing was changed\n");
  });

  it("leaves a primary that has joined alone", async () => {
    const joined = { ...fresh, getStatus: () => statusOf(node("primary", { observedRevision: "ab" })) };
    const { exitCode, err, log } = await init({ controller: "exit 73" }, joined);
    expect({ exitCode, log: log.length }).toEqual({ exitCode: 73, log: 2 });
    expect(err).toContain("this machine is the primary of cluster cow already\n");
  });

  it("goes on after an init that was cut off, with the file as it is now", async () => {
    const applied: string[] = [];
    const apply = ({ spec }: { spec: string }) => {
      applied.push(spec);
      return { added: [], removed: [], changed: [] };
    };
    const { exitCode, log } = await init({ controller: "exit 73" }, { ...fresh, apply });
    expect({ exitCode, applied }).toEqual({ exitCode: 0, applied: ["name: cow\n"] });
    expect(log.at(-1)).toBe("join 192.168.56.10 cowherd1_x");
  });

  it("names what to look at where the controller does not start", async () => {
    const { exitCode, err, log } = await init({ systemctl: "exit 5" }, fresh);
    expect({ exitCode, log: log.length }).toEqual({ exitCode: 5, log: 2 });
    expect(err).toContain("next: journalctl -u cowherd-controller.service");
  });

  it("waits for a controller that is still coming up", async () => {
    let asked = 0;
    const getStatus = () => {
      asked += 1;
      if (asked < 3) throw new FakeRefusal("UNAVAILABLE", "not yet");
      return statusOf(node("primary"));
    };
    expect(await init({}, { ...fresh, getStatus })).toMatchObject({ exitCode: 0, out: "" });
  });

  it("gives a controller that never answers two minutes", async () => {
    const getStatus = () => {
      throw new FakeRefusal("UNAVAILABLE", "not yet");
    };
    const began = performance.now();
    const { exitCode, err } = await init({}, { ...fresh, getStatus });
    expect((performance.now() - began) * 100).toBeGreaterThanOrEqual(120_000); // the clock of these tests is that fast
    expect(exitCode).toBe(69);
    expect(err).toContain("the controller was started and does not answer");
  });

  it("ends as the join ended, and can be said again", async () => {
    const { exitCode, err } = await init({ join: "exit 75" }, fresh);
    expect(exitCode).toBe(75);
    expect(err).toContain("next: the same cowctl init goes on from here");
  });

  it("says what is not installed", async () => {
    await using folder = await createFolder();
    const file = join(folder.path, "cluster.yaml");
    await writeFile(file, "");
    const machine = {
      effectiveUser: 0,
      passwd: "/dev/null",
      controllerProgram: "/absent",
      systemctl: "/absent",
      joinProgram: "/absent",
    };
    const { exitCode, err } = await run(["init", "-f", file], "/absent", { machine });
    expect(exitCode).toBe(72);
    expect(err).toContain("user cowherd is missing");
  });
});
