import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildPackages } from "./build-packages.ts";
import { NoCompilerError } from "./rank-program.ts";
import { NoRuntimeError } from "./runtime-package.ts";

const usage = `usage: npm run package -- [--out DIR]

Makes the Debian packages cowherd-runtime (Node) and cowherd (all else), in dist/packages or DIR.
Needs dpkg-deb and a C compiler (apt-get install gcc libc6-dev).

example: npm run package -- --out /tmp/cowherd
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
  try {
    const report = (line: string) => void process.stderr.write(`${line}\n`);
    const packages = await buildPackages({ report, ...(options.out !== undefined && { out: resolve(options.out) }) });
    process.stdout.write(`${packages.runtime}\n${packages.product}\n`);
    return 0;
  } catch (error) {
    if (error instanceof NoCompilerError) {
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
    if (!(error instanceof NoRuntimeError)) throw error;
    process.stderr.write(`${error.message}: build on Debian or Ubuntu, with Node from npm's optional packages\n`);
    return 1;
  }
}

function readOptions(args: string[]): { out?: string } | undefined {
  try {
    return parseArgs({ args, options: { out: { type: "string" } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
    return undefined;
  }
}
