import { bootInstalled, joinCluster } from "../../cluster/boot-installed.ts";
import { initCluster, waitUntilReady } from "../../cluster/operate.ts";
import { ansibleRoot } from "../../lab/debian/ansible-root.ts";
import type { Lab } from "../../lab/lab.ts";
import { installPrerequisites } from "../../lab/prerequisites.ts";
import { buildPackages } from "../../packaging/build-packages.ts";
import type { Figure, PartReport } from "../figure.ts";
import { ratioOf, type Spread, spreadOf } from "../spread.ts";
import { prepareAnsible } from "./ansible-runs.ts";
import { benchYaml } from "./bench-yaml.ts";
import { type BenchCluster, measureCut, measureJoin, measureSlots } from "./moments.ts";
import { preparePlanClock } from "./plan-clock.ts";

export type HostsOptions = {
  readonly runs: number;
  /** Whether Ansible does its part beside it, on hosts that have it. */
  readonly ansible: boolean;
  readonly openLab: () => Promise<Lab>;
  readonly report: (line: string) => void;
};

const names = ["primary", "secondary1", "secondary2"] as const;

/** Of each host: as many slots it has until cluster.yaml says another number. */
const cpus = 2;

/** Measures a cluster of three booted hosts, by the times at which its hostfile was written. */
export async function benchHosts({ runs, ansible, openLab, report }: HostsOptions): Promise<readonly PartReport[]> {
  await installPrerequisites(report, "nspawn");
  const packages = await buildPackages({ report });
  const rootFileSystem = ansible ? { rootFileSystem: await ansibleRoot(report) } : {};
  const lab = await openLab();
  try {
    report("booting three hosts and making a cluster of them");
    const machines = await bootInstalled(lab, packages, names, { cpus, ...rootFileSystem });
    const [primary, secondary, newcomer] = machines;
    const cluster: BenchCluster = { primary, newcomer, hosts: machines };
    await initCluster(primary, benchYaml(cluster.hosts));
    for (const host of [secondary, newcomer]) await joinCluster(primary, host);
    await waitUntilReady(primary, "10m");

    const moments = await measureMoments(cluster, runs, report);
    return [moments.report, ...(ansible ? [await besideAnsible(cluster, moments.line, runs, report)] : [])];
  } finally {
    await lab.down();
  }
}

async function measureMoments(
  cluster: BenchCluster,
  runs: number,
  report: (line: string) => void,
): Promise<{ readonly report: PartReport; readonly line: Spread }> {
  const joins: Awaited<ReturnType<typeof measureJoin>>[] = [];
  const cuts: number[] = [];
  const slots: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    joins.push(await measureJoin(cluster));
    cuts.push(await measureCut(cluster));
    slots.push(await measureSlots(cluster, cpus + run));
    report(
      `hosts, run ${run} of ${runs}: join ${joins.at(-1)?.lineMs} ms, cut ${cuts.at(-1)} ms, slots ${slots.at(-1)} ms`,
    );
  }
  const line = spreadOf(joins.map(({ lineMs }) => lineMs));
  const afterProof = spreadOf(joins.map(({ afterProofMs }) => afterProofMs));
  return {
    line,
    report: {
      part: "hosts",
      about: `three booted hosts, over ${runs} runs:`,
      figures: [
        { what: "join to line", unit: "ms", measured: line },
        { what: "last proof to line", unit: "ms", measured: afterProof, goal: { atMost: 1_000 } },
        { what: "power cut to line gone", unit: "ms", measured: spreadOf(cuts), goal: { atMost: 10_000 } },
        { what: "slots in cluster.yaml to file", unit: "ms", measured: spreadOf(slots) },
      ],
    },
  };
}

async function besideAnsible(
  cluster: BenchCluster,
  line: Spread,
  runs: number,
  report: (line: string) => void,
): Promise<PartReport> {
  const { primary, newcomer, hosts } = cluster;
  await waitUntilReady(primary, "10m");
  const clock = await preparePlanClock(primary);
  const ansible = await prepareAnsible(primary, hosts);
  const passes: number[] = [];
  const commands: number[] = [];
  const books: number[] = [];
  const joins: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    passes.push(...(await clock(1)));
    commands.push(await milliseconds(() => primary.check(["cowctl", "plan"])));
    books.push(await ansible.noop());
    joins.push(await ansible.join(newcomer));
    report(`beside Ansible, run ${run} of ${runs}: ${passes.at(-1)?.toFixed(0)} ms and ${books.at(-1)?.toFixed(0)} ms`);
  }
  const [pass, book, join] = [spreadOf(passes), spreadOf(books), spreadOf(joins)];
  const figures: readonly Figure[] = [
    { what: "pass of all nodes, nothing to do", unit: "ms", measured: pass },
    { what: "the same as cowctl plan", unit: "ms", measured: spreadOf(commands) },
    { what: "ansible-playbook: facts, five tasks", unit: "ms", measured: book },
    { what: "times faster, nothing to do", unit: "", measured: ratioOf(book, pass), goal: { atLeast: 50 } },
    { what: "join to line, with every proof", unit: "ms", measured: line },
    { what: "ansible-playbook: join to file", unit: "ms", measured: join },
    { what: "times faster, join", unit: "", measured: ratioOf(join, line) },
  ];
  return { part: "ansible", about: `beside Ansible on the same three hosts, over ${runs} runs:`, figures };
}

async function milliseconds(act: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await act();
  return performance.now() - from;
}
