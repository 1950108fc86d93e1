import { followStatus } from "../link/follow-status.ts";
import type { ClusterStatus } from "../link/operator-link.ts";
import { renderJson } from "../output/json.ts";
import type { Cowctl } from "./cowctl.ts";
import type { StatusRenderer } from "./status-renderer.ts";

const clearScreen = "\x1b[H\x1b[2J";

/**
 * Shows the status after each change until the person has had enough: on a terminal in
 * place, elsewhere one after another.
 *
 * A controller that is not there at the start is an error; one that goes away later is awaited.
 */
export async function watchStatus(cowctl: Cowctl, render: StatusRenderer): Promise<void> {
  const { stdout, stderr, signal } = cowctl;
  await expectAnswer(cowctl);
  let shown: string | undefined;
  let lost = false;
  const onLost = () => {
    if (!lost) stderr.write("lost the controller; trying again\n");
    lost = true;
  };
  for await (const status of followStatus({ ...cowctl, onLost }, signal)) {
    lost = false;
    const standing = renderJson(withoutLeases(status));
    if (stdout.isTerminal) stdout.write(clearScreen + render(status, "pretty"));
    else if (standing !== shown) stdout.write(render(status, "one-line"));
    shown = standing;
  }
}

async function expectAnswer(cowctl: Cowctl): Promise<void> {
  using link = await cowctl.connect();
  await link.getVersion(cowctl.signal);
}

/** A lease runs down all the time, which is no change. */
function withoutLeases(status: ClusterStatus): ClusterStatus {
  return { ...status, nodes: status.nodes.map((node) => ({ ...node, leaseMs: undefined })) };
}
