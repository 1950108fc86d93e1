import type { DrainNodeRequest } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { FakeRefusal } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeAsk(createFakeRun(createGrpcOperatorLink));

function draining(listed = false) {
  const drained: DrainNodeRequest[] = [];
  const drainNode = (request: DrainNodeRequest) => {
    drained.push(request);
    return { listed };
  };
  return { drained, answers: { drainNode } };
}

/** Answers a call about one node, and remembers which. */
function remembering() {
  const named: string[] = [];
  const answer = ({ node }: { readonly node: string }) => {
    named.push(node);
    return {};
  };
  return { named, answer };
}

describe("cowctl node drain", () => {
  it.each(["drain", "cordon"])("asks for it with the reason, by the word %s", async (word) => {
    const { drained, answers } = draining();
    const { exitCode, out, err } = await run(["node", word, "secondary1", "--reason", "new disk"], answers);
    expect({ exitCode, out, err, drained }).toEqual({
      exitCode: 0,
      out: "",
      err: "node secondary1 is out of the hostfile; what runs there goes on\n",
      drained: [{ node: "secondary1", reason: "new disk", deadlineSeconds: 0 }],
    });
  });

  it("passes a deadline on in seconds", async () => {
    const { drained, answers } = draining();
    await run(["node", "drain", "a", "--reason", "r", "--deadline", "30m"], answers);
    expect(drained).toMatchObject([{ deadlineSeconds: 1_800 }]);
  });

  it("says so where the line stays", async () => {
    const { err } = await run(["node", "drain", "primary", "--reason", "r"], draining(true).answers);
    expect(err).toBe('node primary is drained, and keeps its line in the hostfile so far: "cowctl status" tells why\n');
  });

  it.each([
    ["a reason", ["node", "drain", "a"], "--reason"],
    ["a node", ["node", "drain", "--reason", "r"], "name"],
    ["a deadline with a unit", ["node", "drain", "a", "--reason", "r", "--deadline", "30"], "such as 90s"],
  ])("is not asked for without %s", async (_, argv, missing) => {
    const { drained, answers } = draining();
    const { exitCode, err } = await run(argv, answers);
    expect({ exitCode, drained }).toEqual({ exitCode: 64, drained: [] });
    expect(err).toContain(missing);
  });

  it("is refused for a node that nobody knows", async () => {
    const drainNode = () => {
      throw new FakeRefusal("NOT_FOUND", "no machine joined as a", { reason: "NODE_UNKNOWN" });
    };
    const { exitCode, err } = await run(["node", "drain", "a", "--reason", "r"], { drainNode });
    expect(exitCode).toBe(68);
    expect(err).toContain("no machine joined as a");
  });
});

describe("cowctl node undrain and release", () => {
  it.each(["undrain", "uncordon"])("lets a node back, by the word %s", async (word) => {
    const { named, answer } = remembering();
    expect(await run(["node", word, "secondary1"], { undrainNode: answer })).toEqual({
      exitCode: 0,
      out: "",
      err: "node secondary1 is not drained any more\n",
    });
    expect(named).toEqual(["secondary1"]);
  });

  it("ends a quarantine", async () => {
    const { named, answer } = remembering();
    expect(await run(["node", "release", "secondary1"], { releaseNode: answer })).toMatchObject({
      exitCode: 0,
      err: "nothing counts against node secondary1 any more\n",
    });
    expect(named).toEqual(["secondary1"]);
  });
});

describe("cowctl hostfile release", () => {
  it("lets the hostfile move on", async () => {
    expect(await run(["hostfile", "release"], { releaseHostfile: () => ({}) })).toEqual({
      exitCode: 0,
      out: "",
      err: "the hostfile is not held any more\n",
    });
  });

  it("says so where it was not held", async () => {
    const releaseHostfile = () => {
      throw new FakeRefusal("FAILED_PRECONDITION", "the hostfile is not held");
    };
    expect(await run(["hostfile", "release"], { releaseHostfile })).toEqual({
      exitCode: 1,
      out: "",
      err: "cowctl: the hostfile is not held\n",
    });
  });
});
