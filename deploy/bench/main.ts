import { parseArgs } from "node:util";
import { createLinuxFiles } from "../../agent/src/host/linux/files.ts";
import { openNatsBus } from "../../controller/src/events/nats-bus.ts";
import { openSqliteStore } from "../../controller/src/store/sqlite-store.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { whyUnfit } from "../lab/prerequisites.ts";
import { bundlePrograms, readVersion } from "../packaging/bundle-programs.ts";
import { bundleFolder } from "../packaging/programs.ts";
import { benchAgent } from "./bench-agent.ts";
import { benchBurst } from "./burst/bench-burst.ts";
import { meetsGoals, type PartReport } from "./figure.ts";
import { benchHosts } from "./hosts/bench-hosts.ts";
import { benchPublishing } from "./publishing/bench-publishing.ts";
import { formatJson, formatReport } from "./report-text.ts";

const usage = `usage: npm run bench -- [PART...] [OPTION...]

Measures the product, prints medians with minimum and maximum, and ends in 1 if a goal is
missed in any run. Without a part it does all of them, in this order.

  agent       an agent at rest, against a controller on loopback: memory, processor, children
  burst       played agents that come at once to a real controller on loopback: how many
              hostfiles, how long, how late the controller's thread
  publishing  a cluster whose broker of events fails: how much longer it converges
  hosts       three booted containers: join to line, power cut to line gone, slots to file
  ansible     hosts, and a pass and a join by ansible-playbook on the same ones, side by side

  --runs N       how often each thing is measured (5)
  --seconds N    agent: how long it is watched (60)
  --agents N     burst: how many come (100)
  --launch N     burst: how many milliseconds a launch is played to take (1000)
  --json         print the report as JSON
  --help         print this

examples: npm run bench -- burst --agents 20 --runs 3 --launch 0
          npm run bench -- ansible --json > bench.json
`;

const partNames = ["agent", "burst", "publishing", "hosts", "ansible"] as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(usage);
    return 0;
  }
  const options = readOptions(args);
  if (options === undefined) {
    process.stderr.write(usage);
    return 64;
  }
  if (process.platform !== "linux") {
    process.stderr.write("the bench reads /proc, which only Linux has\n");
    return 1;
  }
  const unfit = wantsHosts(options.parts) ? await whyUnfit() : undefined;
  if (unfit !== undefined) {
    process.stderr.write(
      `no host can be booted here: ${unfit}; what runs here: npm run bench -- agent burst publishing\n`,
    );
    return 1;
  }
  const parts = await measure(options);
  process.stdout.write(options.json ? formatJson(parts) : formatReport(parts));
  return meetsGoals(parts) ? 0 : 1;
}

type Options = {
  readonly parts: ReadonlySet<string>;
  readonly runs: number;
  readonly seconds: number;
  readonly agents: number;
  readonly launchMs: number;
  readonly json: boolean;
};

async function measure({ parts, runs, seconds, agents, launchMs }: Options): Promise<readonly PartReport[]> {
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const reports: PartReport[] = [];
  if (parts.has("agent")) {
    report("bundling the programs");
    await bundlePrograms(await readVersion());
    const program = `${bundleFolder}/cowherd-agent.mjs`;
    reports.push(await benchAgent({ seconds, starts: runs, program, files: createLinuxFiles(""), report }));
  }
  if (parts.has("burst"))
    reports.push(await benchBurst({ agents, runs, launchMs, openStore: openSqliteStore, report }));
  if (parts.has("publishing"))
    reports.push(await benchPublishing({ runs, openStore: openSqliteStore, openBus: openNatsBus, report }));
  if (wantsHosts(parts)) {
    const openLab = () => createNspawnLab("bench", { report });
    reports.push(...(await benchHosts({ runs, ansible: parts.has("ansible"), openLab, report })));
  }
  return reports;
}

function wantsHosts(parts: ReadonlySet<string>): boolean {
  return parts.has("hosts") || parts.has("ansible");
}

/** Reads the command line. Undefined if it makes no sense. */
function readOptions(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: { type: "string", default: "5" },
        seconds: { type: "string", default: "60" },
        agents: { type: "string", default: "100" },
        launch: { type: "string", default: "1000" },
        json: { type: "boolean", default: false },
      },
    });
    const [runs, agents] = [Number(values.runs), Number(values.agents)];
    const [seconds, launchMs] = [Number(values.seconds), Number(values.launch)];
    const known: ReadonlySet<string> = new Set(partNames);
    const sensible = positionals.every((part) => known.has(part)) && [runs, agents].every(isCount);
    if (!sensible || !(seconds > 0) || !(launchMs >= 0)) return undefined;
    const parts = positionals.length === 0 ? known : new Set(positionals);
    return { parts, runs, seconds, agents, launchMs, json: values.json };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
    return undefined;
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
