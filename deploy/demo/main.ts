import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ProductPackages } from "../cluster/operate.ts";
import { buildProgram } from "../lab/build-program.ts";
import type { Lab } from "../lab/lab.ts";
import { LabRequestError } from "../lab/lab-error.ts";
import { listLabs, openLab } from "../lab/labs.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { installPrerequisites, whyUnfit } from "../lab/prerequisites.ts";
import { createVmLab } from "../lab/vm-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";
import { diagnose } from "./diagnosis.ts";
import { createRecorder } from "./recorder.ts";
import { playStory } from "./story.ts";
import { formatTimeline } from "./timeline.ts";
import { playVmStory } from "./vm-story.ts";

/** Both may be up at once, so each has a lab of its own. */
const labNames = { containers: "demo", vms: "demo-vms" } as const;

const usage = `usage: npm run demo -- [--vms] [--report FILE] [--keep]
       npm run demo -- --down

Boots plain Debian hosts on this machine, makes an MPI cluster of them and runs a program on it.

  --vms          boot virtual machines, each with a kernel and two NICs of its own, and share
                 a folder between them; slow where there is no KVM
  --report FILE  write the steps, their seconds and their evidence as JSON
  --keep         leave the cluster up at the end
  --down         remove the cluster that --keep left, and every trace of it
  --help         print this

example: npm run demo -- --keep --report demo.json
`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === undefined) {
    process.stderr.write(usage);
    return 64;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const unfit = await whyUnfit();
  if (unfit !== undefined) {
    process.stderr.write(
      `the demo cannot run here: ${unfit}; what runs here: npm run check, and npm test without the booted hosts\n`,
    );
    return 1;
  }
  if (options.down) return takeDown();
  return play(options);
}

type Options = { report?: string; vms: boolean; keep: boolean; down: boolean; help: boolean };

function readOptions(argv: readonly string[]): Options | undefined {
  try {
    const flag = { type: "boolean", default: false } as const;
    const options = { report: { type: "string" }, vms: flag, keep: flag, down: flag, help: flag } as const;
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
    return undefined;
  }
}

async function takeDown(): Promise<number> {
  const up = await listLabs();
  const ours = Object.values(labNames).filter((name) => up.includes(name));
  for (const name of ours) await (await openLab(name)).down();
  process.stdout.write(ours.length === 0 ? "nothing of the demo is up\n" : "the demo's cluster is gone\n");
  return 0;
}

async function play({ report, vms, keep }: Options): Promise<number> {
  const print = (text: string) => process.stdout.write(text);
  const say = (line: string) => void print(`    ${line}\n`);
  const recorder = createRecorder(print, () => performance.now());
  let lab: Lab | undefined;
  const stopped = new Promise<number>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(130));
  });

  const labName = vms ? labNames.vms : labNames.containers;
  const story = (vms ? playVmStory : playStory)({
    recorder,
    buildPackages: async (): Promise<ProductPackages> => {
      await installPrerequisites(say, vms ? "vm" : "nspawn");
      return buildPackages({ report: say });
    },
    openLab: async () => {
      lab = await (vms ? createVmLab : createNspawnLab)(labName, { keep, report: say });
      return lab;
    },
    buildProgram: () => buildProgram(fileURLToPath(new URL("allreduce.c", import.meta.url)), say),
  });

  try {
    const code = await Promise.race([story.then(() => 0), stopped]);
    if (code !== 0) print("\ninterrupted\n");
    return code;
  } catch (error) {
    print(`\nfailed: ${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof LabRequestError) print("a cluster that --keep left is removed with: npm run demo -- --down\n");
    if (lab !== undefined) print(`\n${await diagnose(lab.hosts.values())}`);
    return 1;
  } finally {
    print(`\n${formatTimeline(recorder.steps)}`);
    if (report !== undefined) await writeFile(report, `${JSON.stringify({ steps: recorder.steps }, undefined, 2)}\n`);
    if (keep && lab !== undefined) {
      print(
        `\nthe cluster is up\n  enter a host:  npm run lab -- enter --name ${labName} primary\n  remove it all: npm run demo -- --down\n`,
      );
    } else {
      await lab?.down();
    }
  }
}
