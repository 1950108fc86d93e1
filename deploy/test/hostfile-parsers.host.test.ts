import { nodeNameProblem, renderHostfile } from "@cowherd/proto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launcherRoots } from "../lab/debian/mpi-roots.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { hostfileCases, twiceNamed, type Verdict } from "./hostfile-cases.ts";
import {
  type HostfileLine,
  type HostfileReading,
  hydra,
  openMpi4,
  openMpi5,
  readHostfiles,
} from "./hostfile-oracle.ts";
import { applyParameters } from "./mpi-hosts.ts";

const user = "ranks";
const hostfile = "/srv/hostfile"; // the parameters name it
const seed = Date.now() % 2 ** 31;

/** Names that cluster.yaml takes and that come near to what a parser reads as something else. */
const nearby =
  `slots1 slots-1 max-slots-1 rank0 ranks cpu-set1 port1 user-name1 localhost1 ip6-localhost1 0a 1e3 e e1 n0
  a--b 00node node-01 node01 node1 node10 boards-1 x0x1f`.split(/\s+/);
const names = fc.oneof(
  fc.stringMatching(/^[a-z0-9-]{1,63}$/).filter((name) => nodeNameProblem(name) === undefined),
  fc.constantFrom(...nearby),
);
const lines = (most: number) =>
  fc.uniqueArray(fc.record({ node: names, slots: fc.integer({ min: 1, max: most }) }), {
    minLength: 1,
    maxLength: 12,
    selector: ({ node }) => node,
  });

/** Fuzzed contents of hostfiles, all near names in one of them, and the greatest number of slots. */
const contents: readonly (readonly HostfileLine[])[] = [
  ...fc.sample(lines(256), { numRuns: 64, seed }),
  nearby.map((node, index) => ({ node, slots: index + 1 })),
  [
    { node: "node1", slots: 1 },
    { node: "node2", slots: 65_536 },
  ],
];

let lab: Lab;
let roots: Awaited<ReturnType<typeof launcherRoots>>;

beforeAll(async () => {
  roots = await launcherRoots();
  lab = await createNspawnLab("parsers");
});

afterAll(() => lab?.down());

/** One host at a time, since no launcher here talks to another machine. */
describe.each([
  { root: "older", openMpi: "openMpi4", reader: openMpi4 },
  { root: "newer", openMpi: "openMpi5", reader: openMpi5 },
] as const)("the launchers of the $root Debian", ({ root, openMpi, reader }) => {
  let host: LabHost;

  beforeAll(async () => {
    host = await lab.boot("launcher", { address: "192.168.56.10", cpus: 1, rootFileSystem: roots[root] });
    await host.writeFile("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"); // nobody waits for a name server
    await host.writeFile("/etc/hosts", `127.0.0.1 localhost\n192.168.56.77 ${twiceNamed}\n`);
    await host.check(["useradd", "--create-home", "--shell", "/bin/bash", user]);
  });

  afterAll(() => host?.remove());

  it.each([
    { form: "open-mpi", launcher: reader },
    { form: "hydra", launcher: hydra },
  ] as const)("read every hostfile in the form $form as it was meant", async ({ form, launcher }) => {
    const questions = contents.map((entries, index) => ({
      text: renderHostfile({ generation: BigInt(index), entries }, form),
      meant: entries,
    }));
    const readings = await readHostfiles(host, user, launcher, questions);
    for (const [index, { text, meant }] of questions.entries()) {
      const reading = readings[index];
      expect(reading?.entries, `seed ${seed}:\n${text}\n${reading?.output}`).toEqual(meant);
    }
  });

  it.each([
    { verdictOf: openMpi, launcher: reader },
    { verdictOf: "hydra", launcher: hydra },
  ] as const)("H1 to H30: make of other texts what $verdictOf is known for", async ({ verdictOf, launcher }) => {
    const readings = await readHostfiles(host, user, launcher, hostfileCases);
    const found = hostfileCases.map(({ title, meant }, index) => `${title}: ${judge(readings[index], meant)}`);
    expect(found).toEqual(hostfileCases.map((known) => `${known.title}: ${known[verdictOf]}`));
  });

  it("H35: run a rank in every slot where there are more than cores, and never more ranks than slots", async () => {
    const name = (await host.check(["hostname"])).trim();
    await host.writeFile(hostfile, renderHostfile({ generation: 1n, entries: [{ node: name, slots: 3 }] }));
    const ranks = (...more: readonly string[]) =>
      host.run(["timeout", "20", "mpirun.openmpi", "--hostfile", hostfile, ...more, "hostname"], { user });
    await applyParameters(host);
    if (openMpi === "openMpi5") expect((await ranks()).stderr).toContain("more cpus than are available");
    await applyParameters(host, { overloads: true });
    expect(await ranks()).toMatchObject({ exitCode: 0, stdout: `${name}\n`.repeat(3) });
    expect(await ranks("--map-by", "slot:PE=1", "-n", "1")).toMatchObject({ exitCode: 0 }); // as hybrid programs start
    expect((await ranks("-n", "4")).stderr).toContain("not enough slots");
  });
});

function judge(reading: HostfileReading | undefined, meant: readonly HostfileLine[]): Verdict {
  if (reading === undefined || reading.entries.length === 0) return "refuses";
  return JSON.stringify(reading.entries) === JSON.stringify(meant) ? "reads" : "misreads";
}
