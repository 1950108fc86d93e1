import { expect, it } from "vitest";
import { type Applicant, hashSecret, judgeToken, spendToken, type TokenRecord } from "./token-record.ts";

const [first, second] = [Buffer.from("the first secret"), Buffer.from("the second secret")];

function token(id: string, secret: Uint8Array, over: Partial<TokenRecord> = {}): TokenRecord {
  return { id, node: "secondary1", secretHash: hashSecret(secret), expiresAt: 1000, spentBy: undefined, ...over };
}

function byId(...tokens: readonly TokenRecord[]): ReadonlyMap<string, TokenRecord> {
  return new Map(tokens.map((token) => [token.id, token]));
}

function judge(tokens: ReadonlyMap<string, TokenRecord>, secret: Uint8Array, key: string): TokenRecord {
  const applicant: Applicant = { secret, key, node: "" };
  return judgeToken(tokens.values(), applicant, 0);
}

it("lets the machine that spent a token spend it again, and no other", () => {
  const tokens = spendToken(byId(token("1", first)), token("1", first), "a");
  expect(judge(tokens, first, "a").id).toBe("1");
  expect(() => judge(tokens, first, "b")).toThrow(/spent by another machine/);
});

it("takes its token from the machine whose place another took", () => {
  const spent = spendToken(byId(token("1", first), token("2", second)), token("1", first), "a");
  const tokens = spendToken(spent, token("2", second), "b");
  expect(() => judge(tokens, first, "a")).toThrow(/no such token/);
  expect(judge(tokens, second, "b").id).toBe("2");
});

it("leaves open tokens, tokens of other nodes and those of the machine itself", () => {
  const others = [
    token("open", first),
    token("other node", first, { node: "secondary2", spentBy: "c" }),
    token("own", first, { spentBy: "b" }),
  ];
  const tokens = spendToken(byId(...others, token("2", second)), token("2", second), "b");
  expect([...tokens.values()]).toEqual([...others, token("2", second, { spentBy: "b" })]);
});
