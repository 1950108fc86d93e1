import { writeFile } from "node:fs/promises";
import type { NodePlan, PlanRequest } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createFolder, FakeRefusal } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeAsk(createFakeRun(createGrpcOperatorLink));

async function writeSpec(folder: string, content: string | Uint8Array = "name: cow\n"): Promise<string> {
  const file = `${folder}/cluster.yaml`;
  await writeFile(file, content);
  return file;
}

function refuseSpec(): never {
  throw new FakeRefusal("INVALID_ARGUMENT", "invalid cluster spec", {
    reason: "SPEC_INVALID",
    problems: [
      { line: 3, column: 5, path: "nodes.vm_1", message: "a name has no _" },
      { line: 9, column: 1, path: "", message: "no primary" },
    ],
  });
}

function nodePlan(node: string, over: Partial<NodePlan> = {}): NodePlan {
  return { node, unknown: "", outcomes: [], removed: false, ...over };
}

const drifted = nodePlan("primary", {
  outcomes: [
    { resource: "user", end: { $case: "inSync", value: {} } },
    { resource: "hosts", end: { $case: "changed", value: { changes: ["write /etc/hosts"] } } },
    { resource: "packages", end: { $case: "failed", value: { reason: "apt is broken" } } },
    { resource: "mpi", end: { $case: "skipped", value: { because: "packages" } } },
  ],
});

describe("cowctl plan", () => {
  it("shows what would change, node by node", async () => {
    const nodes = [
      drifted,
      nodePlan("secondary1"),
      nodePlan("secondary2", { unknown: "not joined" }),
      nodePlan("secondary3", { removed: true }),
    ];
    expect(await run(["plan"], { plan: () => ({ nodes }) })).toEqual({
      exitCode: 0,
      err: "",
      out: [
        "primary:",
        "  ~ hosts: write /etc/hosts",
        "  ! packages: apt is broken",
        "  - mpi: left out, it needs packages",
        "secondary1: no change",
        "secondary2: unknown, not joined",
        "secondary3: would be removed from the cluster",
        "2 of 4 nodes would change; 1 unknown",
        "",
      ].join("\n"),
    });
  });

  it("asks for the spec in force without a file, and for the file's with one", async () => {
    await using folder = await createFolder();
    const file = await writeSpec(folder.path);
    const asked: PlanRequest[] = [];
    const plan = (request: PlanRequest) => {
      asked.push(request);
      return { nodes: [] };
    };
    await run(["plan"], { plan });
    await run(["plan", "-f", file], { plan });
    expect(asked).toEqual([{ spec: "" }, { spec: "name: cow\n" }]);
  });

  it("tells changes by its exit code where it is asked to", async () => {
    const argv = ["plan", "--exit-code"];
    expect(await run(argv, { plan: () => ({ nodes: [drifted] }) })).toMatchObject({ exitCode: 2 });
    expect(await run(argv, { plan: () => ({ nodes: [nodePlan("a")] }) })).toMatchObject({ exitCode: 0 });
  });

  it("writes JSON", async () => {
    const { out } = await run(["plan", "-o", "json"], {
      plan: () => ({ nodes: [nodePlan("a", { unknown: "not joined" })] }),
    });
    expect(JSON.parse(out)).toEqual({ nodes: [{ node: "a", known: "nothing", because: "not joined" }] });
  });
});

describe("cowctl apply", () => {
  it("tells what became of the nodes, and how the new ones join", async () => {
    await using folder = await createFolder();
    const file = await writeSpec(folder.path);
    const apply = () => ({ added: ["secondary3"], removed: [], changed: ["primary", "secondary1"] });
    expect(await run(["apply", "-f", file], { apply })).toEqual({
      exitCode: 0,
      out: "added: secondary3\nto be changed: primary, secondary1\n",
      err: "to join secondary3: sudo cowctl token create --node secondary3\n",
    });
  });

  it("says so when there was nothing to change", async () => {
    await using folder = await createFolder();
    const file = await writeSpec(folder.path);
    const { out } = await run(["apply", "-f", file], { apply: () => ({ added: [], removed: [], changed: [] }) });
    expect(out).toBe("nothing changed: the cluster spec was this already\n");
  });

  it("prints every problem with its place", async () => {
    await using folder = await createFolder();
    const file = await writeSpec(folder.path);
    expect(await run(["apply", "-f", file], { apply: refuseSpec })).toEqual({
      exitCode: 65,
      out: "",
      err: [
        `cowctl: ${file} has 2 problems; nothing was changed`,
        `${file}:3:5: nodes.vm_1: a name has no _`,
        `${file}:9:1: no primary`,
        "",
      ].join("\n"),
    });
  });

  it("says why a file cannot be read, and asks no controller", async () => {
    await using folder = await createFolder();
    expect(await run(["apply", "-f", `${folder.path}/none.yaml`], {})).toEqual({
      exitCode: 66,
      out: "",
      err: `cowctl: cannot read ${folder.path}/none.yaml: it does not exist\n`,
    });
    expect((await run(["apply", "-f", folder.path], {})).err).toContain("it is a folder");
    const latin1 = await writeSpec(folder.path, new Uint8Array([0x6e, 0xe9]));
    expect((await run(["apply", "-f", latin1], {})).err).toContain("it is not UTF-8 text");
    const large = await writeSpec(folder.path, new Uint8Array(1024 * 1024 + 1));
    expect((await run(["apply", "-f", large], {})).err).toContain("it is larger than 1 MiB");
  });
});
