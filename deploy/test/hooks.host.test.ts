import {
  exitRecorder,
  hookJob,
  type Job,
  lastLinesCommand,
  parseExitRecord,
  recordExitScript,
  startCommand,
  unitOf,
} from "@cowherd/agent";
import { hooksFolder } from "@cowherd/proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applySpec, clusterYaml, initCluster, installProduct, mpiPackages } from "../cluster/operate.ts";
import { untilNoNotice, untilNotice } from "../cluster/status.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";

let lab: Lab;
let host: LabHost;

beforeAll(async () => {
  lab = await createNspawnLab("test-hooks", { installed: mpiPackages });
});

afterAll(() => lab?.down());

const mpihpc = { name: "mpihpc", uid: 7777, gid: 7777, home: "/home/mpihpc", shell: "/bin/sh" };
const event = JSON.stringify({ reason: "a $HOME %n 'x' \"y\" ü" });
const folderOf = (job: Job) => `/var/lib/cowherd/agent/jobs/${job.id}`;
let runs = 0;

async function bootWorker(): Promise<void> {
  host = await lab.boot("worker", { address: "192.168.56.20", cpus: 1 });
  await host.check(["useradd", "--create-home", "--uid", "7777", "--groups", "sudo", "mpihpc"]);
}

type Run = { readonly exitCode: number | undefined; readonly words: string };

/** Runs a hook of this script as the agent does, and tells how it ended and what the journal has of it. */
async function run(script: string, user?: typeof mpihpc, seconds = 20): Promise<Run> {
  runs += 1;
  const job = await begin(script, user, seconds);
  const exit = `${folderOf(job)}/exit`;
  await host.check(["timeout", "40", "sh", "-c", 'until [ -e "$1" ]; do sleep 0.1; done', "sh", exit]);
  await host.check(["journalctl", "--sync"]);
  return { exitCode: parseExitRecord(await host.readFile(exit)), words: await host.check(lastLinesCommand(job)) };
}

async function begin(script: string, user: typeof mpihpc | undefined, seconds: number): Promise<Job> {
  const hook = `hook-${runs}.sh`;
  await host.writeFile(`${hooksFolder}/${hook}`, `#!/bin/sh\n${script}\n`, 0o755);
  const request = { id: `${hook}-01J${runs}`, hook, event, seconds, user: user?.name };
  const job = hookJob(request, `${hooksFolder}/${hook}`, user);
  await host.writeFile(`${folderOf(job)}/${exitRecorder}`, recordExitScript, 0o600);
  await host.writeFile(`${folderOf(job)}/input`, event, 0o600);
  await host.run(startCommand(job, folderOf(job)));
  return job;
}

describe("a hook's unit under a real systemd", () => {
  beforeAll(bootWorker);

  it("has the event on standard input as it is, next to no environment, and its output in the journal", async () => {
    const { exitCode, words } = await run("cat; echo; env | cut -d= -f1 | sort | tr '\\n' ' '");
    expect(exitCode).toBe(0);
    const [input, environment = ""] = words.split("\n");
    expect(input).toBe(event);
    const own = ["HOME", "LC_ALL", "LOGNAME", "PATH", "PWD", "SHELL", "USER"];
    const systemds = ["INVOCATION_ID", "JOURNAL_STREAM", "LANG", "SYSTEMD_EXEC_PID", "TMPDIR"];
    for (const name of environment.trim().split(" ")) expect([...own, ...systemds]).toContain(name);
  });

  it("tells of a failure by its exit code and its last five lines", async () => {
    const { exitCode, words } = await run("seq 1 9 >&2; exit 3");
    expect({ exitCode, words }).toEqual({ exitCode: 3, words: "5\n6\n7\n8\n9\n" });
  });

  it("is for a user that is there for it alone, who can neither write nor see homes nor gain rights", async () => {
    const { words } = await run(
      'id --user; for at in / /etc /usr /var/lib /opt; do touch "$at/x" 2>/dev/null && echo "wrote $at"; done; ls /home/mpihpc 2>&1 | tail -1; sudo -n true 2>&1 | head -1; touch /tmp/x && echo own tmp',
    );
    const [uid, home, sudo, tmp] = words.split("\n");
    expect(Number(uid)).toBeGreaterThanOrEqual(61_184); // systemd's range of dynamic users
    expect(Number(uid)).toBeLessThanOrEqual(65_519);
    expect(home).toMatch(/Permission denied|No such file/);
    expect(sudo).toMatch(/no new privileges|not found/);
    expect(tmp).toBe("own tmp");
    expect((await host.run(["test", "-e", "/tmp/x"])).exitCode).toBe(1);
  });

  it("is for a user that is named with its groups and its home, and without its sudo", async () => {
    const { words } = await run(
      'id --user --name; id --groups --name; echo "$HOME"; touch ~/made && echo wrote; touch /etc/x 2>&1; sudo -n true 2>&1 | head -1',
      mpihpc,
    );
    const [groups, home, wrote, etc, sudo] = words.split("\n"); // the first line of six is one too many
    expect(groups).toBe("mpihpc sudo");
    expect(home).toBe("/home/mpihpc");
    expect(wrote).toBe("wrote");
    expect(etc).toMatch(/Read-only|Permission denied/);
    expect(sudo).toMatch(/no new privileges|not found/);
    expect(await host.check(["stat", "--format=%U", "/home/mpihpc/made"])).toBe("mpihpc\n");
  });

  it("reads no secret of the controller's and of the agent's", async () => {
    await host.writeFile("/var/lib/cowherd/controller/ca.key", "secret", 0o600);
    await host.check(["chmod", "0700", "/var/lib/cowherd/controller", "/var/lib/cowherd/agent"]);
    for (const user of [undefined, mpihpc]) {
      const { words } = await run(
        "cat /var/lib/cowherd/controller/ca.key /var/lib/cowherd/agent/jobs/*/input 2>&1",
        user,
      );
      expect(words).not.toContain("secret");
      expect(words).not.toContain("specversion");
    }
  });

  it("ends in time, with all that it started, though it will not", async () => {
    const { exitCode } = await run("trap '' TERM; sleep 777 & while :; do sleep 1; done", undefined, 1);
    expect(exitCode).toBe(137);
    expect((await host.run(["pgrep", "-f", "sleep 777"])).exitCode).toBe(1);
  });

  it("is bounded in tasks, in memory and in time, as far as the kernel here has the means", async () => {
    runs += 1;
    const job = await begin("sleep 15", undefined, 20);
    const names = ["TasksMax", "MemoryMax", "RuntimeMaxUSec", "TimeoutStopUSec"];
    const shown = await host.check(["systemctl", "show", `--property=${names.join(",")}`, unitOf(job.id)]);
    const bounds = ["RuntimeMaxUSec=20s", "TimeoutStopUSec=5s", `MemoryMax=${256 * 1024 * 1024}`, "TasksMax=64"];
    expect(shown.trim().split("\n").toSorted()).toEqual(bounds.toSorted());
  });

  it("leaves its end although systemd reads its units again meanwhile", async () => {
    runs += 1;
    const job = await begin("sleep 2; exit 5", undefined, 20);
    await host.check(["systemctl", "daemon-reload"]);
    const exit = `${folderOf(job)}/exit`;
    await host.check(["timeout", "20", "sh", "-c", 'until [ -e "$1" ]; do sleep 0.1; done', "sh", exit]);
    expect(parseExitRecord(await host.readFile(exit))).toBe(5);
    expect(await host.check(["stat", "--format=%U", exit])).toBe("root\n");
  });

  it("cannot be started twice at once", async () => {
    runs += 1;
    const job = await begin("sleep 15", undefined, 20);
    expect((await host.run(startCommand(job, folderOf(job)))).stderr).toContain(unitOf(job.id));
  });
});

describe("hooks of the installed product", () => {
  let primary: LabHost;
  let reserve = 0;

  beforeAll(async () => {
    const packages = await buildPackages();
    primary = await lab.boot("primary", { address: "192.168.56.10", cpus: 1 });
    await installProduct(primary, packages);
    await initCluster(primary, yaml("absent"));
  });

  /** A cluster that installs nothing, with a hook for each time that it is applied. */
  function yaml(hook: string): string {
    reserve += 1;
    const off = "packages: []\nnetwork: off\nshared: off\nevents: { nats: off }\n";
    const hooks = `hooks: [{ run: ${hook}, on: [spec.applied], seconds: 20 }]\n`;
    return `${off}${hooks}slots: { reserve: ${reserve} }\n${clusterYaml([primary])}`;
  }

  const put = (name: string, script: string, mode = 0o755) =>
    primary.writeFile(`${hooksFolder}/${name}`, `#!/bin/sh\n${script}\n`, mode);
  const journalOf = (name: string) => primary.check(["journalctl", "--output=cat", "-t", `cowherd-hook-${name}`]);

  it("lie in a folder that root alone can write", async () => {
    expect(await primary.check(["stat", "--format=%a %U", hooksFolder])).toBe("755 root\n");
  });

  it("tell in the status of what is not there, and why one failed, until it ends well", async () => {
    await applySpec(primary, yaml("absent"));
    await untilNotice(primary, /^hook absent failed .*: there is no \/etc\/cowherd\/hooks\/absent; /, 60_000);
    await put("chat", "cat > /dev/null; echo no such channel >&2; exit 3");
    await applySpec(primary, yaml("chat"));
    await untilNotice(
      primary,
      /^hook chat failed .*: exit code 3: no such channel; its output: journalctl -t cowherd-hook-chat$/,
      60_000,
    );
    await put("chat", "cat");
    await applySpec(primary, yaml("chat"));
    const output = async () => ((await journalOf("chat")).includes('"io.cowherd.spec.applied.v1"') ? true : undefined);
    await waitFor("the hook's output", output, { timeoutMs: 30_000 });
    await untilNoNotice(primary, /^hook chat failed/, 30_000);
  });

  it("are refused where others can write them", async () => {
    await put("open", "cat", 0o777);
    await applySpec(primary, yaml("open"));
    await untilNotice(
      primary,
      /^hook open failed .*: \/etc\/cowherd\/hooks\/open can be written by others than root: chmod go-w /,
      60_000,
    );
  });

  it("go on when the agent and the controller are killed amid one, and run once", async () => {
    await put("slow", "cat > /dev/null; echo begun; sleep 8; echo ended; exit 7");
    await applySpec(primary, yaml("slow"));
    const begun = async () => ((await journalOf("slow")).includes("begun") ? true : undefined);
    await waitFor("the hook to begin", begun, { timeoutMs: 30_000 });
    for (const unit of ["cowherd-agent.service", "cowherd-controller.service"])
      await primary.check(["systemctl", "kill", "--signal=KILL", "--kill-whom=main", unit]);
    const answers = async () => ((await primary.run(["cowctl", "status"])).exitCode === 0 ? true : undefined);
    await waitFor("the controller to answer again", answers, { timeoutMs: 30_000 });
    await untilNotice(primary, /^hook slow failed .*: exit code 7: begun: ended; /, 60_000);
    expect(await journalOf("slow")).toBe("begun\nended\n");
  });
});
