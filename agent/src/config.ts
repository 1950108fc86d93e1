import { parseArgs } from "node:util";
import { enrollmentPort } from "@cowherd/proto";
import type { JoinRequest } from "./join/join.ts";

/** What the agent program is asked to do. */
export type Command =
  | { readonly command: "run"; readonly stateFolder: string; readonly logLevel: LogLevel }
  | {
      readonly command: "join";
      readonly request: JoinRequest;
      readonly stateFolder: string;
      /** Starts the agent's service once the machine has joined. */
      readonly start: boolean;
    }
  | { readonly command: "version" }
  | { readonly command: "help"; readonly text: string };

/** From the most to the least that is told. */
export const logLevels = ["debug", "info", "warn", "error"] as const;

/** One of logLevels. */
export type LogLevel = (typeof logLevels)[number];

/** A command line or an environment that says nothing we know. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const help = `The agent of a Cowherd node: keeps this machine true to what the cluster's controller wants of it.

Usage:
  cowherd-agent run [--state-dir DIR] [--log-level debug|info|warn|error]
  cowherd-agent join ADDRESS TOKEN [--node NAME] [--force] [--no-start]
  cowherd-agent version

run     is what cowherd-agent.service starts. Options may be given as COWHERD_STATE_DIR and COWHERD_LOG_LEVEL.
join    makes this machine a node; see cowherd-join --help.
`;

const joinHelp = `Makes this machine a node of a cluster and starts its agent. Run it as root.

Usage:
  cowherd-join ADDRESS TOKEN [--node NAME] [--force] [--no-start]

ADDRESS    of the primary, as this machine reaches it
TOKEN      as "cowctl token create --node NAME" printed it on the primary; good once and for a short time
--node     the node that this machine is to be; the token says it otherwise
--force    leaves the cluster that this machine is in for this one
--no-start joins and leaves it to you to start the agent

Example:
  sudo cowherd-join 192.168.56.10 cowherd1_fJ2c...
`;

/** Reads a command line, without the program's own name, and the environment. Pure. Throws UsageError. */
export function parseCommand(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Command {
  const { values, positionals } = parse(argv);
  const [command, ...rest] = positionals;
  const stateFolder = values["state-dir"] ?? env["COWHERD_STATE_DIR"] ?? "/var/lib/cowherd/agent";
  if (!stateFolder.startsWith("/")) throw new UsageError(`--state-dir ${stateFolder}: not an absolute path`);
  if (values.help) return { command: "help", text: command === "join" ? joinHelp : help };
  switch (command) {
    case "run": {
      if (rest.length > 0) throw new UsageError(`run takes no ${rest.join(" ")}`);
      return { command, stateFolder, logLevel: parseLevel(values["log-level"] ?? env["COWHERD_LOG_LEVEL"] ?? "info") };
    }
    case "join": {
      const [address, token, ...more] = rest;
      if (address === undefined || token === undefined || more.length > 0) {
        throw new UsageError("join takes an address and a token: cowherd-join ADDRESS TOKEN");
      }
      const request = { place: parsePlace(address), token, node: values.node, force: values.force };
      return { command, request, stateFolder, start: !values["no-start"] };
    }
    case "version":
      return { command };
    case undefined:
      throw new UsageError("say what to do: run, join or version");
    default: // not a union of ours: any word may stand there
      throw new UsageError(`${command} is no command: run, join or version`);
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        "state-dir": { type: "string" },
        "log-level": { type: "string" },
        node: { type: "string" },
        force: { type: "boolean", default: false },
        "no-start": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : "unreadable", { cause });
  }
}

function parseLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined) throw new UsageError(`log level ${text}: must be one of ${logLevels.join(", ")}`);
  return level;
}

/** "192.168.56.10", "primary.example:17442", "::1" and "[::1]:17442" are places. */
function parsePlace(text: string): { readonly address: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? (/^[0-9a-f:.]+$/i.test(text) ? text : undefined);
  const port = digits === undefined ? enrollmentPort : Number(digits);
  if (address === undefined || port < 1 || port > 65_535) throw new UsageError(`${text}: not an address`);
  return { address, port };
}
