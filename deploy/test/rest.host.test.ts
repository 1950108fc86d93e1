import { afterAll, beforeAll, expect, it } from "vitest";
import { clusterYaml, initCluster, installProduct, waitUntilReady } from "../cluster/operate.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";
import { startedByAgent } from "./child-processes.ts";

const mostMs = 1_000;
const nothing = "nothing to do";

let lab: Lab;
let host: LabHost;

beforeAll(async () => {
  const packages = await buildPackages();
  lab = await createNspawnLab("test-rest", { installed: ["strace"] });
  host = await lab.boot("primary", { address: "192.168.56.10" });
  await host.writeFile(
    "/etc/systemd/system/cowherd-agent.service.d/log.conf",
    "[Service]\nEnvironment=COWHERD_LOG_LEVEL=debug\n",
  );
  await installProduct(host, packages);
  await initCluster(host, clusterYaml([host]));
  await waitUntilReady(host, "5m");
  // The event broker comes after the certificate that is asked for meanwhile, and keeps nobody from being ready.
  const broker = ["systemctl", "is-active", "cowherd-nats.service"];
  const patience = { timeoutMs: 90_000, everyMs: 500 };
  await waitFor("the event broker", async () => (await host.run(broker)).exitCode === 0 || undefined, patience);
  const isAtRest = async () => (await nextRuns(1)).every(({ end }) => end === nothing) || undefined;
  await waitFor("a run that finds nothing to do", isAtRest, patience);
});

afterAll(() => lab?.down());

/** What the agent told of one run: how it ended, how long it took, and what it changed or could not. */
type RunLog = { readonly end: string; readonly ms: number; readonly told: readonly string[] };

/** The runs that the agent told of, in order. */
async function runsSoFar(): Promise<readonly RunLog[]> {
  const text = await host.check(["journalctl", "--unit=cowherd-agent", "--output=cat", "--no-pager"]);
  const runs: RunLog[] = [];
  let told: string[] = [];
  for (const line of text.split("\n").filter((line) => line.startsWith("{"))) {
    const { msg, ms, resource, changes, reason } = JSON.parse(line);
    if (msg === "changed" || msg === "failed") told.push(`${resource}: ${changes ?? reason}`);
    if (msg !== nothing && !msg.startsWith("run ended ")) continue;
    runs.push({ end: msg, ms, told });
    told = [];
  }
  return runs;
}

/** Makes the agent look at everything, by a new time on a file that is as it should be, and waits for the end of so many runs. */
async function nextRuns(count: number): Promise<readonly RunLog[]> {
  const before = (await runsSoFar()).length;
  for (let run = 1; run <= count; run += 1) {
    await host.check(["touch", "/etc/hostname"]);
    await waitFor("the agent's next run", async () => ((await runsSoFar()).length >= before + run ? true : undefined), {
      timeoutMs: 90_000,
      everyMs: 500,
    });
  }
  return (await runsSoFar()).slice(before);
}

/** Every file below the folders that Cowherd writes in, with its time and content's size. Not what is touched to wake the agent. */
async function standing(): Promise<string> {
  const folders = ["/etc", "/home", "/var/lib/dpkg/status", "/srv", "/root"];
  const text = await host.check(["find", ...folders, "-xdev", "-printf", "%p %T@ %C@ %s %m %U:%G\\n"]);
  return text
    .split("\n")
    .filter((line) => !line.startsWith("/etc/hostname "))
    .toSorted()
    .join("\n");
}

/** When each service was last started. */
async function services(): Promise<string> {
  const shown = ["--property=Id,ActiveEnterTimestampMonotonic,InvocationID", "--type=service", "--state=active"];
  return host.check(["systemctl", "show", "*", ...shown]);
}

it("K13: changes no file and restarts no service when it looks again, and takes less than a second", async () => {
  const [files, units] = [await standing(), await services()];
  const runs = await nextRuns(2);
  for (const { end, ms, told } of runs) {
    expect(told).toEqual([]);
    expect(end).toBe(nothing);
    expect(ms).toBeLessThan(mostMs);
  }
  expect(await standing()).toBe(files);
  expect(await services()).toBe(units);
});

it("K13: starts no child process when it looks again", async () => {
  let runs: readonly RunLog[] = [];
  const started = await startedByAgent(host, async () => {
    runs = await nextRuns(1);
  });
  expect(runs).toMatchObject([{ end: nothing, told: [] }]);
  expect(started).toEqual([]);
});
