import { type ClusterStatus, type NodeStatus, Phase, type WatchStatusResponse } from "@cowherd/proto/wire";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createFolder, FakeRefusal, serveFakeController } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const runFake = createFakeRun(createGrpcOperatorLink);
const run = createFakeAsk(runFake);

type Stream = ServerWritableStream<unknown, WatchStatusResponse>;

function node(name: string, over: Partial<NodeStatus> = {}): NodeStatus {
  return {
    node: name,
    phase: Phase.PHASE_READY,
    slots: 2,
    address: "192.168.56.10",
    leaseMs: 6_900,
    observedRevision: "0123456789abcdef",
    desiredRevision: "0123456789abcdef",
    reason: "",
    primary: false,
    activity: "",
    ...over,
  };
}

function cluster(...nodes: readonly NodeStatus[]): ClusterStatus {
  return { cluster: "cow", hostfileGeneration: 4n, nodes: [...nodes], notices: [], hostfileDue: false };
}

const absent = node("secondary1", {
  phase: Phase.PHASE_ABSENT,
  slots: 0,
  leaseMs: undefined,
  observedRevision: "",
  reason: "no machine has joined",
});

describe("cowctl status", () => {
  it("shows a table, one node a line", async () => {
    const { exitCode, out, err } = await run(["status"], {
      getStatus: () => ({ status: cluster(node("primary"), absent) }),
    });
    expect(err).toBe("");
    expect(exitCode).toBe(0);
    expect(out).toBe(
      [
        "NODE        PHASE   SLOTS  ADDRESS        LEASE  REVISION  REASON",
        "primary     ready   2      192.168.56.10  6s     01234567",
        "secondary1  absent  -      192.168.56.10  -      -*        no machine has joined",
        "",
      ].join("\n"),
    );
  });

  it("writes JSON whose keys never go, with null for what is unknown", async () => {
    const { out } = await run(["status", "-o", "json"], { getStatus: () => ({ status: cluster(absent) }) });
    expect(JSON.parse(out)).toEqual({
      cluster: "cow",
      hostfileGeneration: 4,
      nodes: [
        {
          node: "secondary1",
          phase: "absent",
          slots: null,
          address: "192.168.56.10",
          leaseMs: null,
          observedRevision: null,
          desiredRevision: "0123456789abcdef",
          reason: "no machine has joined",
          primary: false,
          activity: null,
        },
      ],
      notices: [],
      hostfileDue: false,
    });
  });

  it("says what a node on its way does right now, and of no other", async () => {
    const activity = "packages: install openmpi-bin";
    const reason = "converging";
    const nodes = [
      node("a", { phase: Phase.PHASE_CONVERGING, reason, activity }),
      node("b", {
        phase: Phase.PHASE_ENROLLED,
        reason: "waiting for its first run to end",
        activity: "hosts: write /etc/hosts",
      }),
      node("c", { phase: Phase.PHASE_CONVERGING, reason }),
      node("d", { phase: Phase.PHASE_DEGRADED, reason: "packages: gone", activity }),
      node("e", { activity }),
    ];
    const { out } = await run(["status"], { getStatus: () => ({ status: cluster(...nodes) }) });
    expect(
      out.split("\n").map((line) => line.slice("NODE  PHASE       SLOTS  ADDRESS        LEASE  REVISION  ".length)),
    ).toEqual([
      "REASON",
      "converging: packages: install openmpi-bin",
      "enrolled: hosts: write /etc/hosts",
      "converging",
      "packages: gone",
      "",
      "",
    ]);
    const json = await run(["status", "-o", "json"], { getStatus: () => ({ status: cluster(...nodes) }) });
    expect(JSON.parse(json.out).nodes[0]).toMatchObject({ reason, activity });
  });

  it("shows under the table what holds for the whole cluster", async () => {
    const status = { ...cluster(node("a")), notices: ["/home/mpihpc/shared is not shared", "a\x1b[2Jb\nc"] };
    const { out } = await run(["status"], { getStatus: () => ({ status }) });
    expect(out).toMatch(
      /01234567\n\nnotice: \/home\/mpihpc\/shared is not shared\nnotice: a\u{fffd}\[2Jb\u{fffd}c\n$/u,
    );
    const json = await run(["status", "-o", "json"], { getStatus: () => ({ status }) });
    expect(JSON.parse(json.out).notices).toHaveLength(2);
  });

  it("takes the teeth out of what a node says", async () => {
    const { out } = await run(["status"], {
      getStatus: () => ({ status: cluster(node("a", { reason: "\x1b[2Jgone\nforged  ready" })) }),
    });
    expect(out).toContain("\u{fffd}[2Jgone\u{fffd}forged  ready\n");
    expect(out.split("\n")).toHaveLength(3);
  });

  it.each([
    [Phase.PHASE_DRAINING, "draining"],
    [Phase.PHASE_DRAINED, "drained"],
    [Phase.PHASE_QUARANTINED, "quarantined"],
  ])("has a word for phase %i", async (phase, word) => {
    const { out } = await run(["status"], { getStatus: () => ({ status: cluster(node("a", { phase })) }) });
    expect(out).toContain(`a     ${word}`);
  });

  it("shows a phase of a newer controller as unknown", async () => {
    const answer = node("a");
    Object.assign(answer, { phase: 99 });
    const { out } = await run(["status"], { getStatus: () => ({ status: cluster(answer) }) });
    expect(out).toContain("a     unknown");
  });

  it("refuses a time to wait where nothing waits", async () => {
    const { exitCode, err } = await run(["status", "--timeout", "1m"], {});
    expect({ exitCode, err }).toEqual({ exitCode: 64, err: "cowctl: --timeout goes with --wait\n" });
  });
});

describe("cowctl status --wait", () => {
  it("ends with the first status in which all are ready", async () => {
    const { exitCode, out, err } = await run(["status", "--wait"], {
      watchStatus: (stream) => {
        stream.write({ status: cluster(node("primary"), absent) });
        stream.write({ status: cluster(node("primary"), node("secondary1")) });
      },
    });
    expect(exitCode).toBe(0);
    expect(err).toBe("1 of 2 ready; waiting for secondary1 (absent)\n");
    expect(out).toContain("secondary1  ready");
  });

  it("does not wait for a node that was taken out on purpose, and waits for one that is on its way out", async () => {
    const drained = node("b", { phase: Phase.PHASE_DRAINED, reason: "drained: new disk" });
    const { exitCode, err } = await run(["status", "--wait"], {
      watchStatus: (stream) => {
        stream.write({ status: cluster(node("a"), { ...drained, phase: Phase.PHASE_DRAINING }) });
        stream.write({ status: cluster(node("a"), drained) });
      },
    });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "1 of 2 ready; waiting for b (draining)\n" });
  });

  it("waits for the hostfile that names them, and for the primary to have it", async () => {
    const behind = node("a", { observedRevision: "fedcba9876543210" });
    const { exitCode, err } = await run(["status", "--wait"], {
      watchStatus: (stream) => {
        stream.write({ status: { ...cluster(node("a"), node("b")), hostfileDue: true } });
        stream.write({ status: cluster(behind, node("b")) });
        stream.write({ status: cluster(node("a"), node("b")) });
      },
    });
    expect({ exitCode, err }).toEqual({
      exitCode: 0,
      err: "all are ready; waiting for the hostfile that names them\n1 of 2 ready; waiting for a (ready)\n",
    });
  });

  it("tells what the missing ones do meanwhile", async () => {
    const busy = node("b", { phase: Phase.PHASE_CONVERGING, reason: "converging", activity: "packages: install gcc" });
    const { err } = await run(["status", "--wait"], {
      watchStatus: (stream) => {
        stream.write({ status: cluster(node("a"), busy) });
        stream.write({ status: cluster(node("a"), { ...busy, activity: "python: 3 of 9 done" }) });
        stream.write({ status: cluster(node("a"), node("b")) });
      },
    });
    expect(err).toBe(
      [
        "1 of 2 ready; waiting for b (converging: packages: install gcc)",
        "1 of 2 ready; waiting for b (converging: python: 3 of 9 done)",
        "",
      ].join("\n"),
    );
  });

  it("names what is missing when the time is up", async () => {
    const { exitCode, out, err } = await run(["status", "--wait", "--timeout", "2s"], {
      watchStatus: (stream) => stream.write({ status: cluster(node("primary"), absent) }),
    });
    expect(exitCode).toBe(75);
    expect(out).toBe("");
    expect(err).toContain("not every node is ready:\n  secondary1: absent, no machine has joined\n");
  });

  it("waits for a controller that is away", async () => {
    await using folder = await createFolder();
    const socket = `${folder.path}/operator.sock`;
    const started = Promise.withResolvers<void>();
    const stderr = { isTerminal: false, write: () => started.resolve() };
    const waiting = runFake(["status", "--wait"], socket, { stderr });
    await started.promise;
    await using _controller = await serveFakeController(
      { watchStatus: (stream) => stream.write({ status: cluster(node("primary")) }) },
      `unix:${socket}`,
    );
    expect(await waiting).toMatchObject({ exitCode: 0 });
  });

  it("says so where no controller ever answered", async () => {
    await using folder = await createFolder();
    const { exitCode, err } = await runFake(["status", "--wait", "--timeout", "1s"], `${folder.path}/none.sock`);
    expect(exitCode).toBe(75);
    expect(err).toContain("the time is up and no controller answered");
  });
});

describe("cowctl status --watch", () => {
  function watching(isTerminal: boolean, enough: (out: string) => boolean) {
    const end = new AbortController();
    let out = "";
    const write = (text: string) => {
      out += text;
      if (enough(out)) end.abort();
    };
    return { io: { signal: end.signal, stdout: { isTerminal, write } }, read: () => out };
  }

  function changing(stream: Stream): void {
    stream.write({ status: cluster(node("primary", { leaseMs: 7_000 })) });
    stream.write({ status: cluster(node("primary", { leaseMs: 5_000 })) });
    stream.write({ status: cluster(node("primary", { slots: 8 })) });
  }

  const getVersion = () => ({ version: "1", cluster: "cow" });

  it("writes one line of JSON for each change, and none for a lease that runs down", async () => {
    const { io, read } = watching(false, (out) => out.includes('"slots":8'));
    const { exitCode } = await run(["status", "--watch", "-o", "json"], { getVersion, watchStatus: changing }, io);
    expect(exitCode).toBe(130);
    expect(
      read()
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).nodes[0].slots),
    ).toEqual([2, 8]);
  });

  it("draws in place on a terminal", async () => {
    const { io, read } = watching(true, (out) => out.includes("ready  8"));
    const environment = { NO_COLOR: "1" };
    await run(["status", "--watch"], { getVersion, watchStatus: changing }, { ...io, environment });
    expect(read().split("\x1b[H\x1b[2JNODE")).toHaveLength(4);
  });

  it("comes back to a controller that ended the stream", async () => {
    const { io } = watching(false, (out) => out.includes("secondary1"));
    let streams = 0;
    const watchStatus = (stream: Stream) => {
      streams += 1;
      stream.write({ status: cluster(node(streams === 1 ? "primary" : "secondary1")) });
      if (streams === 1) stream.emit("error", new FakeRefusal("CANCELLED", "the controller stops"));
    };
    const { exitCode, err } = await run(["status", "-w"], { getVersion, watchStatus }, io);
    expect({ exitCode, err, streams }).toEqual({
      exitCode: 130,
      err: "lost the controller; trying again\n",
      streams: 2,
    });
  });

  it("is an error where no controller is there to begin with", async () => {
    await using folder = await createFolder();
    expect(await runFake(["status", "-w"], `${folder.path}/none.sock`)).toMatchObject({ exitCode: 69, out: "" });
  });
});
