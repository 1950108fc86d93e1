import { afterAll, beforeAll, expect, it } from "vitest";
import { clusterYaml, initCluster, installProduct, waitUntilReady } from "../cluster/operate.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";
import { startedByAgent } from "./child-processes.ts";

const mostMs = 1_000;

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
  await nextRuns(1); // what drift of the converging itself asks for
});

afterAll(() => lab?.down());

type RunLog = { readonly msg: string; readonly ms: number };

/** The runs that the agent told of, in order. */
async function runsSoFar(): Promise<readonly RunLog[]> {
  const text = await host.check(["journalctl", "--unit=cowherd-agent", "--output=cat", "--no-pager"]);
  return text.split("\n").flatMap((line) => {
    const found = /"ms":(\d+).*"msg":"(nothing to do|run ended [^"]*)"/.exec(line);
    return found === null ? [] : [{ ms: Number(found[1]), msg: found[2] ?? "" }];
  });
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
  for (const { msg, ms } of runs) {
    expect(msg).toBe("nothing to do");
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
  expect(runs.map(({ msg }) => msg)).toEqual(["nothing to do"]);
  expect(started).toEqual([]);
});
