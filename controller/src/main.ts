import { existsSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { agentPort, enrollmentPort, operatorSocket } from "@cowherd/proto";
import { pino } from "pino";
import { version } from "./config.ts";
import { openNatsBus } from "./events/nats-bus.ts";
import { exitCodeOf, UsageError } from "./exit-code.ts";
import { initCluster } from "./init/init-cluster.ts";
import { serve } from "./serve.ts";
import { InvalidSpecError } from "./spec/cluster-spec.ts";
import { formatProblems } from "./spec/format-problems.ts";
import { parseClusterSpec } from "./spec/parse-cluster-spec.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";

const usage = `usage: cowherd-controller COMMAND
  serve    run the controller
             --state-dir FOLDER  (/var/lib/cowherd/controller)
             --listen ADDRESS    (0.0.0.0)
             --socket PATH       (${operatorSocket})
  init     make a new cluster of the cluster.yaml on standard input
             --state-dir FOLDER, --file NAME for messages
  check    look the cluster.yaml on standard input over
             --file NAME for messages
  version  print the version

example: cowherd-controller check --file cluster.yaml < cluster.yaml
`;

const options = {
  "state-dir": { type: "string", default: "/var/lib/cowherd/controller" },
  listen: { type: "string", default: "0.0.0.0" },
  socket: { type: "string", default: operatorSocket },
  file: { type: "string", default: "cluster.yaml" },
} as const;

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return void process.stdout.write(usage);
  const { values, positionals } = parse();
  const [command = "", ...more] = positionals;
  if (more.length > 0) throw new UsageError(usage);
  switch (command) {
    case "serve":
      return await runServer(values["state-dir"], values.listen, values.socket);
    case "init":
      return await namingProblems(values.file, async (spec) =>
        initCluster(values["state-dir"], spec, new Date(), openSqliteStore),
      );
    case "check":
      return await namingProblems(values.file, async (spec) => void parseClusterSpec(spec));
    case "version":
      return void process.stdout.write(`${version}\n`);
    default:
      throw new UsageError(usage);
  }
}

function parse() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (cause) {
    throw new UsageError(usage, { cause });
  }
}

async function namingProblems(file: string, use: (spec: string) => Promise<void>): Promise<void> {
  try {
    await use(await text(process.stdin));
  } catch (error) {
    if (error instanceof InvalidSpecError) {
      for (const line of formatProblems(file, error.problems)) process.stderr.write(`${line}\n`);
    }
    throw error;
  }
}

async function runServer(stateFolder: string, address: string, socket: string): Promise<void> {
  const log = pino();
  const stopping = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stopping.abort());
  await serve(
    {
      stateFolder,
      openStore: openSqliteStore,
      openBus: openNatsBus,
      listening: { address, enrollmentPort, agentPort, socket },
      schema: readSchema(),
      log: (error, doing) => log.error({ err: error }, doing),
      opened: () => log.info({ version, address, enrollmentPort, agentPort, socket }, "the controller is up"),
    },
    stopping.signal,
  );
  log.info("the controller has stopped");
}

/** Beside the program where it is installed, in proto/ where it runs from sources. Reflection alone needs it. */
function readSchema(): Buffer | undefined {
  const places = ["cowherd.binpb", "../../proto/schema/cowherd.binpb"].map((path) => new URL(path, import.meta.url));
  const place = places.find((url) => existsSync(url));
  return place && readFileSync(place);
}

main().catch((error: unknown) => {
  if (!(error instanceof InvalidSpecError)) {
    process.stderr.write(`cowherd-controller: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  process.exitCode = exitCodeOf(error);
});
