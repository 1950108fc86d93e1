import { type CreateTokenRequest, TokenState } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { FakeRefusal } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeAsk(createFakeRun(createGrpcOperatorLink));
const expiresAt = new Date("2026-01-31T12:00:00.500Z");
const created = { id: "4f2a", token: "cowherd1_abc-_9", address: "192.168.56.10", expiresAt };

describe("cowctl token create", () => {
  it("prints the line to paste and nothing else on stdout", async () => {
    expect(await run(["token", "create", "--node", "secondary1"], { createToken: () => created })).toEqual({
      exitCode: 0,
      out: "sudo cowherd-join 192.168.56.10 cowherd1_abc-_9\n",
      err: "token 4f2a, for one machine, until 2026-01-31 12:00:00 UTC\n",
    });
  });

  it("asks for the lifetime in seconds, and for the default without one", async () => {
    const asked: CreateTokenRequest[] = [];
    const createToken = (request: CreateTokenRequest) => {
      asked.push(request);
      return created;
    };
    await run(["token", "create", "--node", "a", "--lifetime", "90m"], { createToken });
    await run(["token", "create", "--node", "a"], { createToken });
    expect(asked).toEqual([
      { node: "a", lifetimeSeconds: 5_400 },
      { node: "a", lifetimeSeconds: 0 },
    ]);
  });

  it("writes JSON", async () => {
    const { out } = await run(["token", "create", "--node", "a", "-o", "json"], { createToken: () => created });
    expect(JSON.parse(out)).toEqual({
      ...created,
      expiresAt: "2026-01-31T12:00:00.500Z",
      node: "a",
      command: "sudo cowherd-join 192.168.56.10 cowherd1_abc-_9",
    });
  });

  it.each(["", "5", "1.5h", "-1h", "0s", "1w", "366d", "99999999999s"])(
    "refuses a lifetime of %j",
    async (lifetime) => {
      const { exitCode, err } = await run(["token", "create", "--node", "a", `--lifetime=${lifetime}`], {});
      expect(exitCode).toBe(64);
      expect(err).toContain("argument");
    },
  );

  it("says which node is unknown and what to do", async () => {
    const createToken = () => {
      throw new FakeRefusal("NOT_FOUND", "no node secondry1 in the cluster spec", { reason: "NODE_UNKNOWN" });
    };
    expect(await run(["token", "create", "--node", "secondry1"], { createToken })).toEqual({
      exitCode: 68,
      out: "",
      err: 'cowctl: no node secondry1 in the cluster spec\nnext: "cowctl status" shows the nodes; "cowctl apply" adds one\n',
    });
  });

  it.each([
    ["token", { ...created, token: "x; reboot" }],
    ["address", { ...created, address: "$(reboot)" }],
  ])("prints no line whose %s a shell would take for more than a word", async (_part, answer) => {
    const { exitCode, out } = await run(["token", "create", "--node", "a"], { createToken: () => answer });
    expect({ exitCode, out }).toEqual({ exitCode: 76, out: "" });
  });
});

describe("cowctl token list", () => {
  const tokens = [
    { id: "4f2a", node: "secondary1", expiresAt, state: TokenState.TOKEN_STATE_OPEN },
    { id: "77c0", node: "secondary2", expiresAt, state: TokenState.TOKEN_STATE_USED },
  ];

  it("shows a table", async () => {
    expect((await run(["token", "list"], { listTokens: () => ({ tokens }) })).out).toBe(
      [
        "ID    NODE        STATE  EXPIRES",
        "4f2a  secondary1  open   2026-01-31 12:00:00 UTC",
        "77c0  secondary2  used   2026-01-31 12:00:00 UTC",
        "",
      ].join("\n"),
    );
  });

  it("writes an empty list as JSON, and as words", async () => {
    const listTokens = () => ({ tokens: [] });
    expect((await run(["token", "list", "-o", "json"], { listTokens })).out).toBe('{\n  "tokens": []\n}\n');
    expect(await run(["token", "list"], { listTokens })).toMatchObject({ out: "", err: "there are no tokens\n" });
  });
});

describe("cowctl token revoke", () => {
  it("says that the token is worthless", async () => {
    const { exitCode, err } = await run(["token", "revoke", "4f2a"], { revokeToken: () => ({}) });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "token 4f2a is worthless now\n" });
  });

  it("knows an unknown token by its exit code", async () => {
    const revokeToken = () => {
      throw new FakeRefusal("NOT_FOUND", "no token 4f2b", { reason: "TOKEN_UNKNOWN" });
    };
    expect(await run(["token", "revoke", "4f2b"], { revokeToken })).toMatchObject({ exitCode: 68 });
  });
});
