import { Option } from "@commander-js/extra-typings";
import type { ClusterStatus } from "../link/operator-link.ts";
import { UsageError } from "./command-error.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { parseDuration } from "./duration.ts";
import { outputOption } from "./output-option.ts";
import { createStatusRenderer } from "./status-renderer.ts";
import { waitUntilReady } from "./status-wait.ts";
import { watchStatus } from "./status-watch.ts";

const defaultTimeoutMs = 5 * 60_000;

const columns = `
PHASE     absent: in the spec, and no machine joined as it yet; enrolled, converging, proving: on
          its way; ready: in the hostfile; degraded: it answers, and says what is in its way;
          unreachable: silent, so nobody knows; draining, drained: taken out, with and without
          ranks that still run; quarantined: held off, since it fell silent too often
SLOTS     as the hostfile has them, or would have
LEASE     how long the node is believed without another sign of life
REVISION  the state that the node reached last; * where it is not the desired one
REASON    why the node is not ready, and what it does about it
`;

/** Adds `cowctl status`. */
export function addStatus(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("status")
    .description("show the nodes and where each stands")
    .addOption(outputOption("table"))
    .option("-w, --watch", "go on showing them, after each change")
    .addOption(
      new Option("--wait", "wait until every node of the cluster spec is ready, or drained").conflicts("watch"),
    )
    .option("--timeout <duration>", "how long to wait, such as 90s or 5m (default: 5m)", parseDuration)
    .addHelpText(
      "after",
      columns +
        examples("cowctl status", "cowctl status --watch", "cowctl status --wait --timeout 10m && mpirun ./program"),
    )
    .action((options) => status(cowctl, options));
}

type Options = {
  readonly output: "table" | "json";
  readonly watch?: true | undefined;
  readonly wait?: true | undefined;
  readonly timeout?: number | undefined;
};

async function status(cowctl: Cowctl, { output, watch, wait, timeout }: Options): Promise<void> {
  if (timeout !== undefined && wait !== true) throw new UsageError("--timeout goes with --wait");
  const render = await createStatusRenderer(cowctl, output);
  if (watch === true) return await watchStatus(cowctl, render);
  const found = wait === true ? await waitUntilReady(cowctl, timeout ?? defaultTimeoutMs) : await askStatus(cowctl);
  cowctl.stdout.write(render(found, "pretty"));
}

async function askStatus(cowctl: Cowctl): Promise<ClusterStatus> {
  using link = await cowctl.connect();
  return await link.getStatus(cowctl.signal);
}
