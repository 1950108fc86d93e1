import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fromSeed } from "nkeys.js";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createFolder, FakeRefusal } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeAsk(createFakeRun(createGrpcOperatorLink));
const authority = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const place = { cluster: "lab", url: "tls://192.168.56.10:4222", authority, stream: "cowherd-lab", awaited: "" };
const key = `U${"A".repeat(55)}`;

describe("cowctl events user add", () => {
  it("makes a key here and tells the controller its public half alone", async () => {
    await using folder = await createFolder();
    const out = join(folder.path, "deep", "dashboard");
    const asked: string[] = [];
    const ended = await run(["events", "user", "add", "dashboard", "--out", out], {
      addEventsUser: (request) => {
        asked.push(request.name, request.key);
        return place;
      },
    });
    expect(ended.exitCode).toBe(0);
    expect((await readdir(out)).sort()).toEqual(["ca.pem", "user.seed"]);
    const seed = (await readFile(join(out, "user.seed"), "utf8")).trim();
    expect(asked).toEqual(["dashboard", fromSeed(new TextEncoder().encode(seed)).getPublicKey()]);
    expect(await readFile(join(out, "ca.pem"), "utf8")).toBe(authority);
    expect((await stat(join(out, "user.seed"))).mode & 0o777).toBe(0o600);
    expect(`${ended.out}${ended.err}`).not.toContain(seed);
  });

  it("shows how to listen, with the command nats and in TypeScript", async () => {
    await using folder = await createFolder();
    const { out } = await run(["events", "user", "add", "a", "--out", folder.path], { addEventsUser: () => place });
    expect(out).toContain(
      `nats --server tls://192.168.56.10:4222 --nkey ${folder.path}/user.seed --tlsca ${folder.path}/ca.pem --inbox-prefix _INBOX_a sub 'cowherd.lab.>'\n`,
    );
    expect(out).toContain('consumers.get("cowherd-lab")');
  });

  it("waits until there is something to hear, and says what for, once each", async () => {
    await using folder = await createFolder();
    const standing = ["a", "a", "b", "b", "b", ""];
    const keys = new Set<string>();
    const ended = await run(["events", "user", "add", "x", "--out", folder.path], {
      addEventsUser: ({ key: asked }) => {
        keys.add(asked);
        return { ...place, awaited: standing.shift() ?? "asked once too often" };
      },
    });
    expect(ended).toMatchObject({ exitCode: 0, err: expect.stringMatching(/:\nwaiting: a\nwaiting: b\n$/) });
    expect(keys.size).toBe(1);
  });

  it("waits for a minute at most, and leaves the key, which is good later", async () => {
    await using folder = await createFolder();
    const addEventsUser = () => ({ ...place, awaited: "the broker sleeps" });
    const ended = await run(["events", "user", "add", "x", "--out", folder.path], { addEventsUser });
    expect(ended).toMatchObject({ exitCode: 75, err: expect.stringContaining("the key is good once that is so") });
    expect(ended.out).toContain("nats --server");
    expect((await readdir(folder.path)).sort()).toEqual(["ca.pem", "user.seed"]);
  });

  it("overwrites nothing, and tells the controller of no key first", async () => {
    await using folder = await createFolder();
    await writeFile(join(folder.path, "ca.pem"), "mine\n");
    expect(await run(["events", "user", "add", "a", "--out", folder.path], {})).toMatchObject({ exitCode: 73 });
    expect(await readdir(folder.path)).toEqual(["ca.pem"]);
  });

  it("leaves no file where the controller refuses", async () => {
    await using folder = await createFolder();
    const addEventsUser = () => {
      throw new FakeRefusal("FAILED_PRECONDITION", "the cluster has no event broker of its own");
    };
    const ended = await run(["events", "user", "add", "a", "--out", folder.path], { addEventsUser });
    expect(ended.exitCode).not.toBe(0);
    expect(ended.err).toContain("no event broker of its own");
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("takes no answer whose words would do something in a shell", async () => {
    await using folder = await createFolder();
    const addEventsUser = () => ({ ...place, url: "tls://$(reboot):1" });
    const ended = await run(["events", "user", "add", "a", "--out", folder.path], { addEventsUser });
    expect(ended).toMatchObject({ exitCode: 76, out: "" });
  });

  it("takes none of the options that choose events, and names only its own in its help", async () => {
    await using folder = await createFolder();
    const argv = ["events", "user", "add", "x", "--out", join(folder.path, "new"), "--since", "1h"];
    expect(await run(argv, {})).toMatchObject({ exitCode: 64, err: expect.stringContaining("--since") });
    const { out } = await run(["events", "user", "add", "--help"], {});
    expect(out).toContain("--controller <address>");
    expect(out).not.toContain("--since");
  });

  it.each(["A", "a.b", "a>", "-a", "controller", "", "a".repeat(33)])("refuses the name %j", async (name) => {
    await using folder = await createFolder();
    const argv = ["events", "user", "add", "--out", join(folder.path, "new"), "--", name];
    expect(await run(argv, {})).toMatchObject({ exitCode: 64 });
    expect(await readdir(folder.path)).toEqual([]);
  });
});

describe("cowctl events user list", () => {
  const users = [{ name: "dashboard", key, addedAt: new Date("2026-01-02T03:04:05Z") }];

  it("shows who may listen", async () => {
    const { exitCode, out } = await run(["events", "user", "list"], { listEventsUsers: () => ({ users }) });
    expect({ exitCode, lines: out.split("\n").map((line) => line.split(/ {2,}/)) }).toMatchObject({
      exitCode: 0,
      lines: [["NAME", "ADDED", "KEY"], ["dashboard", expect.any(String), key], [""]],
    });
  });

  it("has a form for programs", async () => {
    const { out } = await run(["events", "user", "list", "-o", "json"], { listEventsUsers: () => ({ users }) });
    expect(JSON.parse(out)).toEqual({ users: [{ name: "dashboard", key, addedAt: "2026-01-02T03:04:05.000Z" }] });
  });

  it("says so where there is nobody", async () => {
    const ended = await run(["events", "user", "list"], { listEventsUsers: () => ({ users: [] }) });
    expect(ended).toEqual({ exitCode: 0, out: "", err: "nobody may listen but the controller\n" });
  });
});

describe("cowctl events user remove", () => {
  it("has somebody listen no more", async () => {
    const removed: string[] = [];
    const removeEventsUser = ({ name }: { readonly name: string }) => {
      removed.push(name);
      return {};
    };
    expect(await run(["events", "user", "remove", "dashboard"], { removeEventsUser })).toMatchObject({ exitCode: 0 });
    expect(removed).toEqual(["dashboard"]);
  });

  it("says so of a name that nobody has", async () => {
    const removeEventsUser = () => {
      throw new FakeRefusal("NOT_FOUND", 'no user "x" of the event broker');
    };
    expect(await run(["events", "user", "remove", "x"], { removeEventsUser })).toMatchObject({
      exitCode: 68,
      err: expect.stringContaining('no user "x"'),
    });
  });
});
