import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { HookRequest } from "@cowherd/proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPretendSystemd } from "../jobs/pretend-systemd.ts";
import { createSystemdJobs } from "../jobs/systemd-jobs.ts";
import { startCommand, unitOf } from "../jobs/unit-command.ts";
import { createSystemClock } from "../system-clock.ts";
import { hookPlaceProblem } from "./hook-place.ts";
import { createJobHooks } from "./job-hooks.ts";
import { lastLinesCommand } from "./last-lines.ts";
import { createMemoryHooks, type MemoryHook } from "./memory-hooks.ts";
import { type HookBench, runHookContract } from "./run-hook.contract.ts";

const signal = new AbortController().signal;
const owner = process.geteuid?.() ?? 0;

describe("hooks in memory", () => {
  runHookContract(async () => {
    const events: string[] = [];
    const run = createMemoryHooks(
      new Map<string, MemoryHook>([
        ["keep", async (event: string) => void events.push(await setTimeout(100, event))],
        ["fail", async () => ({ exitCode: 3, words: "no such channel" })],
        ["hang", () => new Promise<undefined>(() => {})],
      ]),
    );
    return { run, kept: async () => events };
  });
});

describe("hooks as jobs", () => {
  let root: string;
  let folder: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "hooks-"));
    folder = join(root, "hooks");
    for (const made of [folder, join(root, "transient"), join(root, "journal"), join(root, "kept")]) await mkdir(made);
    await put("keep", `sleep 0.1; cat > "$(mktemp ${root}/kept/XXXXXX)"`);
    await put("fail", "echo out of the way; echo no such channel >&2; exit 3");
    await put("hang", "exec sleep 30");
  });
  afterEach(() => rm(root, { recursive: true }));

  async function put(name: string, script: string): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  function create(account: (name: string) => number | undefined = () => undefined) {
    const journal = join(root, "journal");
    const execute = createPretendSystemd(join(root, "transient"), journal);
    return createJobHooks({
      folder,
      owner,
      jobs: createSystemdJobs({ folder: join(root, "jobs"), transientUnits: join(root, "transient"), execute }),
      async account(name) {
        const uid = account(name);
        return uid === undefined ? undefined : { name, uid, gid: uid, home: "/", shell: "/bin/sh" };
      },
      async lastLines({ id }) {
        const text = await readFile(join(journal, `${unitOf(id)}.journal`), "utf8");
        return text.trim().split("\n").slice(-1);
      },
      clock: createSystemClock(),
    });
  }

  const request = (over: Partial<HookRequest> = {}): HookRequest => ({
    id: "fail-01",
    hook: "fail",
    event: "{}",
    seconds: 30,
    user: undefined,
    ...over,
  });

  runHookContract(async (): Promise<HookBench> => {
    const kept = join(root, "kept");
    return {
      run: create(),
      kept: async () => Promise.all((await readdir(kept)).map((name) => readFile(join(kept, name), "utf8"))),
    };
  });

  it("leave no event on the disk", async () => {
    await create()(request({ hook: "keep", id: "keep-01" }), signal);
    expect(await readdir(join(root, "jobs"))).toEqual([]);
  });

  it("run as nobody who is not there, and not as root by another name", async () => {
    expect(await create()(request({ user: "ada" }), signal)).toBe("there is no user ada on the primary");
    expect(await create(() => 0)(request({ user: "toor" }), signal)).toMatch(/^toor is another name of root's/);
    expect(await create(() => 0)(request({ user: "root" }), signal)).toMatch(/^"root" may do too much for a hook/);
  });

  it("take no name that leads elsewhere, no id that names another unit, no time and no event without a bound", async () => {
    const run = create();
    expect(await run(request({ hook: "../fail" }), signal)).toMatch(/is a path/);
    expect(await run(request({ id: "a@b" }), signal)).toBe('"a@b" is no id of a hook\'s run');
    expect(await run(request({ seconds: 601 }), signal)).toBe("601 seconds are not from 1 to 600");
    const event = "x".repeat(256 * 1024 + 1);
    expect(await run(request({ event }), signal)).toBe("an event of 262145 bytes is too large for a hook");
  });

  it("tell a failure although the journal does not answer", async () => {
    const run = createJobHooks({
      folder,
      owner,
      jobs: { run: async () => ({ exitCode: 139, output: "" }) },
      account: async () => undefined,
      lastLines: () => Promise.reject(new Error("journalctl: no such file")),
      clock: createSystemClock(),
    });
    expect(await run(request(), signal)).toBe("ended by signal 11");
  });

  describe("are refused", () => {
    const problem = (name = "fail") => hookPlaceProblem(folder, name, owner);

    it("for no reason where nobody else can write", async () => {
      expect(await problem()).toBeUndefined();
    });

    it.each([0o777, 0o775, 0o757])("where others can write the file: %o", async (mode) => {
      await chmod(join(folder, "fail"), mode);
      expect(await problem()).toBe(`${folder}/fail can be written by others than root: chmod go-w ${folder}/fail`);
    });

    it("where others can write the folder", async () => {
      await chmod(folder, 0o775);
      expect(await problem()).toBe(`${folder} can be written by others than root: chmod go-w ${folder}`);
    });

    it.skipIf(owner !== 0)("where the file is somebody else's (needs root)", async () => {
      await chown(join(folder, "fail"), 7777, 7777);
      expect(await problem()).toBe(`${folder}/fail is not root's: chown root:root ${folder}/fail`);
    });

    it("where it is not executable, no file, a link, or not there", async () => {
      await chmod(join(folder, "fail"), 0o644);
      expect(await problem()).toBe(`${folder}/fail is not executable: chmod 0755 ${folder}/fail`);
      await mkdir(join(folder, "sub"));
      expect(await problem("sub")).toBe(`${folder}/sub is no file`);
      await symlink("/bin/true", join(folder, "link"));
      expect(await problem("link")).toBe(`${folder}/link is a link: put the program itself there`);
      expect(await problem("none")).toBe(`there is no ${folder}/none`);
      expect(await hookPlaceProblem(`${folder}/fail`, "x", owner).catch(() => "unreadable")).toBeDefined();
    });
  });
});

describe("a hook's unit", () => {
  const job = {
    id: "hook-notify-01",
    argv: ["/etc/cowherd/hooks/notify"],
    env: { LC_ALL: "C.UTF-8" },
    input: "{}",
    maxSeconds: 30,
    confined: { journalAs: "cowherd-hook-notify", memoryMebibytes: 256, tasks: 64 },
  } as const;

  it("is for a user of that run alone, where none is named, and holds the machine's files and homes back", () => {
    const properties = startCommand(job, "/jobs/hook-notify-01");
    for (const expected of [
      "--unit=cowherd-job-hook-notify-01.service",
      "--property=DynamicUser=yes",
      "--property=NoNewPrivileges=yes",
      "--property=PermissionsStartOnly=yes",
      "--property=StandardInput=file:/jobs/hook-notify-01/input",
      "--property=StandardOutput=journal",
      "--property=SyslogIdentifier=cowherd-hook-notify",
      "--property=RuntimeMaxSec=30",
      "--property=MemoryMax=256M",
      "--property=TasksMax=64",
      "--property=ProtectSystem=strict",
      "--property=ProtectHome=yes",
      "--property=CapabilityBoundingSet=",
    ])
      expect(properties).toContain(expected);
    expect(properties.join("\n")).not.toMatch(/--uid|append:/);
  });

  it("leaves the home of a user who is named to that user", () => {
    const properties = startCommand({ ...job, as: { uid: 7777, gid: 7777 } }, "/jobs/hook-notify-01");
    expect(properties).toEqual(expect.arrayContaining(["--uid=7777", "--property=ProtectSystem=full"]));
    expect(properties.join("\n")).not.toMatch(/DynamicUser|ProtectHome|=strict/);
  });

  it("has its last words asked for by unit and name", () => {
    expect(lastLinesCommand(job)).toEqual(
      expect.arrayContaining([
        "--lines=5",
        "_SYSTEMD_UNIT=cowherd-job-hook-notify-01.service",
        "SYSLOG_IDENTIFIER=cowherd-hook-notify",
      ]),
    );
  });
});
