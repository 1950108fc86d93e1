import { parseArgs } from "node:util";
import { createLinuxFiles } from "../../agent/src/host/linux/files.ts";
import { bundlePrograms, readVersion } from "../packaging/bundle-programs.ts";
import { bundleFolder } from "../packaging/programs.ts";
import { formatAgentReport, meetsGoals } from "./agent-report.ts";
import { benchAgent } from "./bench-agent.ts";

const usage = `usage: npm run bench -- agent [--seconds N] [--starts N] [--json]

Bundles the agent, starts it against a controller on loopback and measures what it costs at
rest. Ends in 1 if a goal is missed.

  --seconds N  how long it is watched (60)
  --starts N   how often it is started (5)
  --json       print the report as JSON

example: npm run bench -- agent --seconds 20 --starts 3
`;

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
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  tell("bundling the programs");
  await bundlePrograms(await readVersion());
  const program = `${bundleFolder}/cowherd-agent.mjs`;
  const report = await benchAgent({ ...options, program, files: createLinuxFiles(""), report: tell });
  process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatAgentReport(report));
  return meetsGoals(report) ? 0 : 1;
}

type Options = { readonly seconds: number; readonly starts: number; readonly json: boolean };

/** Reads the command line. Undefined if it makes no sense. */
function readOptions(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        seconds: { type: "string", default: "60" },
        starts: { type: "string", default: "5" },
        json: { type: "boolean", default: false },
      },
    });
    const [seconds, starts] = [Number(values.seconds), Number(values.starts)];
    if (positionals.join(" ") !== "agent" || !(seconds > 0) || !Number.isInteger(starts) || starts < 1)
      return undefined;
    return { seconds, starts, json: values.json };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
    return undefined;
  }
}
