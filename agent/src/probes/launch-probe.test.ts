import type { Probe, Proof } from "@cowherd/proto";
import { beforeEach, describe, expect, it } from "vitest";
import type { BoundedEnd } from "../host/run-as.ts";
import { CommandError } from "../host/run-command.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { type LaunchDeps, launchEvidence } from "./launch-probe.ts";
import { proveInOrder } from "./prove.ts";

const user = { name: "mpihpc", uid: 7777, gid: 7777, home: "/home/mpihpc", shell: "/bin/bash" };
const asked = {
  kind: "launch",
  node: "secondary1",
  address: "192.168.56.11",
  user: user.name,
  uid: 7777,
  gid: 7777,
  sharedPath: "/home/mpihpc/shared",
  primary: "primary",
  boundMs: 20_000,
} as const;
const version = "mpirun (Open MPI) 4.1.4\n";
const mpirun = `cowherd-mpirun /usr/bin/mpirun\n${version}cowherd-end\n`;
const heard = "heard: rank 0 of 2 on primary\nheard: rank 1 of 2 on secondary1\n";
const signal = new AbortController().signal;

/** The steps by what marks their command. */
const marks = {
  login: (line: string) => line.startsWith("ssh") && line.includes("cowherd-uid"),
  answer: (line: string) => line.startsWith("ssh") && line.includes("cowherd-shared"),
  offer: (line: string) => line.startsWith("sh") && line.includes("find"),
  verify: (line: string) => line.startsWith("sh") && line.includes("exit 24"),
  withdraw: (line: string) => line.startsWith("sh -c rm"),
  launcher: (line: string) => line.startsWith("sh") && line.includes("cowherd-mpirun"),
  message: (line: string) => line.startsWith("mpirun --hostfile"),
};
type Step = keyof typeof marks;
const steps: readonly Step[] = ["login", "answer", "offer", "verify", "withdraw", "launcher", "message"];

let ends: Partial<Record<Step, Partial<BoundedEnd> | Error>>;
let run: Step[];
let commands: string[];
let files: { readonly text: string; gone: boolean }[];
let addresses: readonly string[];
let accounts: readonly (typeof user)[];
let clock: ManualClock;
let graceEnds: number;

beforeEach(() => {
  run = [];
  commands = [];
  files = [];
  addresses = ["192.168.56.11"];
  accounts = [user];
  clock = createManualClock();
  graceEnds = 0;
  ends = {
    login: { stdout: `cowherd-uid 7777\ncowherd-gid 7777\n${mpirun}` },
    answer: { stdout: "cowherd-shared\n" },
    launcher: { stdout: mpirun },
    message: { stdout: heard },
  };
});

const deps: LaunchDeps = {
  resolve: async (names) => names.map((name) => ({ name, addresses })),
  account: async (name) => accounts.find((account) => account.name === name),
  async runAs(_user, argv) {
    const line = argv.join(" ");
    const step = steps.find((one) => marks[one](line));
    if (step === undefined) throw new TypeError(`nobody expects ${line}`);
    run.push(step);
    commands.push(line);
    const end = ends[step];
    if (end instanceof Error) throw end;
    return { exitCode: 0, late: false, stdout: "", stderr: "", ...end };
  },
  async makeFile(text) {
    const file = { text, gone: false };
    files.push(file);
    return {
      path: "/run/x/hostfile",
      async [Symbol.asyncDispose]() {
        file.gone = true;
      },
    };
  },
  word: () => "w0rd",
  rankProgram: "/usr/lib/cowherd/two-ranks",
  isInGrace: async () => clock.now() < graceEnds,
  get clock() {
    return clock;
  },
};

function prove(over: Partial<Extract<Probe, { readonly kind: "launch" }>> = {}): Promise<readonly Proof[]> {
  return proveInOrder(launchEvidence({ ...asked, ...over }, deps, signal), clock, signal);
}

/** The kind and the words of the last proof. */
async function last(over: Parameters<typeof prove>[0] = {}): Promise<string> {
  const { kind, failure } = (await prove(over)).at(-1) ?? {};
  return `${kind}: ${failure}`;
}

describe("the probe of a launch", () => {
  it("proves all in order", async () => {
    const proofs = await prove();
    const kinds = ["name", "login", "identity", "shared-folder", "mpirun", "message"];
    expect(proofs).toEqual(kinds.map((kind) => ({ kind, failure: undefined, durationMs: 0 })));
    expect(run).toEqual(["login", "offer", "answer", "verify", "launcher", "message"]);
    expect(commands.at(-1)).toContain("/usr/lib/cowherd/two-ranks 2 /usr/bin/../lib");
    expect(files).toEqual([{ text: "primary slots=1\nsecondary1 slots=1\n", gone: true }]);
  });

  it("leaves out a shared folder that the cluster does not have", async () => {
    expect((await prove({ sharedPath: undefined })).map(({ kind }) => kind)).not.toContain("shared-folder");
    expect(run).toEqual(["login", "launcher", "message"]);
  });

  it("tries nothing after a name that is another address's, or no name", async () => {
    addresses = ["10.0.2.15"];
    expect(await last()).toBe("name: secondary1 resolves to 10.0.2.15, and is to be 192.168.56.11");
    expect(await last({ node: "-oProxyCommand=reboot" })).toMatch(/^name: /);
    expect(await last({ primary: "a b" })).toMatch(/^name: /);
    expect(run).toEqual([]);
  });

  it("tells a login that is refused, and a user that is not there", async () => {
    ends.login = { exitCode: 255, stderr: "mpihpc@secondary1: Permission denied (publickey)." };
    expect(await last()).toBe("login: secondary1 does not let mpihpc in by its key: permission denied");
    accounts = [];
    expect(await last()).toBe("login: there is no user mpihpc on the primary");
  });

  it("F7: tells numbers that differ, there or here", async () => {
    ends.login = { stdout: `cowherd-uid 1001\ncowherd-gid 7777\n${mpirun}` };
    expect(await last()).toBe(
      "identity: mpihpc has uid 7777 and gid 7777 in the cluster, and uid 1001 and gid 7777 on secondary1",
    );
    accounts = [{ ...user, gid: 100 }];
    expect(await last()).toMatch(/^identity: .* and uid 7777 and gid 100 on the primary$/);
  });

  it("F9: tells a shared folder that hangs, and takes back what it wrote", async () => {
    ends.answer = { exitCode: 143, late: true };
    expect(await last()).toMatch(/^shared-folder: \/home\/mpihpc\/shared hangs on secondary1/);
    expect(run).toEqual(["login", "offer", "answer", "withdraw"]);
  });

  it("F2: waits until the primary's NFS server lets files be opened again, before it asks the node", async () => {
    graceEnds = 90_000;
    const proving = prove();
    await clock.pass(89_000);
    expect(run).toEqual(["login"]);
    await clock.pass(1_000);
    expect((await proving).map(({ kind, failure }) => [kind, failure])).toContainEqual(["shared-folder", undefined]);
    expect(run.slice(0, 3)).toEqual(["login", "offer", "answer"]);
  });

  it("waits for no server where the folder is the primary's own", async () => {
    graceEnds = 90_000;
    expect(await last({ node: "primary" })).toBe("message: undefined");
  });

  it("tells a shared folder that hangs or cannot be written on the primary itself", async () => {
    ends.offer = { exitCode: 143, late: true };
    expect(await last()).toBe("shared-folder: /home/mpihpc/shared hangs on the primary itself");
    ends.offer = { exitCode: 2, stderr: "sh: cannot create: Permission denied\n" };
    expect(await last()).toMatch(/^shared-folder: .* cannot be written on the primary: .*Permission denied$/);
  });

  it("tells a node whose writing does not arrive", async () => {
    ends.verify = { exitCode: 1, stderr: "cat: No such file or directory" };
    expect(await last()).toMatch(/^shared-folder: what secondary1 writes .* does not reach the primary: cat: No such/);
  });

  it("goes on where the disk is full", async () => {
    ends.offer = { exitCode: 1, stderr: "printf: write error: No space left on device" };
    expect(await last()).toBe("message: undefined");
    expect(run).toEqual(["login", "offer", "withdraw", "launcher", "message"]);
  });

  it("K8: tells another MPI, or none, there or here", async () => {
    const there = (text: string) => ({ stdout: `cowherd-uid 7777\ncowherd-gid 7777\n${text}` });
    ends.login = there(mpirun.replace("4.1.4", "4.1.2"));
    expect(await last()).toBe(
      "mpirun: mpirun on secondary1 is of Open MPI 4.1.2, and on the primary of Open MPI 4.1.4",
    );
    ends.login = there("cowherd-mpirun \ncowherd-end\n");
    expect(await last()).toBe("mpirun: there is no mpirun on secondary1 for a job that has no terminal");
    ends.login = there("cowherd-mpirun /opt/mpirun\n");
    expect(await last()).toBe("mpirun: /opt/mpirun --version did not end on secondary1");
    ends.launcher = { stdout: "cowherd-mpirun /opt/mpirun\nhello\ncowherd-end\n" };
    expect(await last()).toBe("mpirun: /opt/mpirun on the primary does not say of which MPI it is");
  });

  it("tells ranks that do not hear each other, and takes the hostfile away", async () => {
    ends.message = { exitCode: 143, late: true, stdout: "started: on primary\nstarted: on secondary1\n" };
    expect(await last()).toMatch(/^message: the ranks on primary and secondary1 began and did not hear each other/);
    expect(files).toMatchObject([{ gone: true }]);
  });

  it("takes what cannot be looked at for not proved, in one line", async () => {
    ends.login = new CommandError("setpriv: spawn\nsetpriv ENOENT");
    expect(await last()).toBe("login: setpriv: spawn setpriv ENOENT");
  });

  it("answers nothing once it is aborted", async () => {
    const stop = AbortSignal.abort(new Error("over"));
    await expect(proveInOrder(launchEvidence(asked, deps, stop), createManualClock(), stop)).rejects.toThrow("over");
  });
});
