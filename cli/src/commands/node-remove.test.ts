import type { RemoveNodeRequest } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeAsk(createFakeRun(createGrpcOperatorLink));

function remembering() {
  const removed: string[] = [];
  const removeNode = ({ node }: RemoveNodeRequest) => {
    removed.push(node);
    return {};
  };
  return { removed, answers: { removeNode } };
}

describe("cowctl node remove", () => {
  it("does not ask where --yes is said", async () => {
    const { removed, answers } = remembering();
    const { exitCode, err } = await run(["node", "remove", "secondary1", "--yes"], answers);
    expect({ exitCode, err, removed }).toEqual({
      exitCode: 0,
      err: "node secondary1 is out of the cluster\n",
      removed: ["secondary1"],
    });
  });

  it.each([
    ["y", 0, ["secondary1"]],
    ["Yes ", 0, ["secondary1"]],
    ["", 1, []],
    ["n", 1, []],
    ["yesterday", 1, []],
  ])("takes the answer %j for what it is", async (answer, exitCode, expected) => {
    const { removed, answers } = remembering();
    const ended = await run(["node", "remove", "secondary1"], answers, { ask: async () => answer });
    expect({ exitCode: ended.exitCode, removed }).toEqual({ exitCode, removed: expected });
  });

  it("removes nothing where nobody can be asked", async () => {
    const { removed, answers } = remembering();
    const { exitCode, err } = await run(["node", "remove", "secondary1"], answers);
    expect({ exitCode, removed }).toEqual({ exitCode: 64, removed: [] });
    expect(err).toContain("--yes");
  });
});
