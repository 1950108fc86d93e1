import { expect, it } from "vitest";
import { EmptyCredentialsError, parseCredentials } from "./credentials.ts";

const seed = `SU${"A".repeat(56)}`;
const creds = "-----BEGIN NATS USER JWT-----\neyJ0\n------END NATS USER JWT------\n";

it.each([
  [creds, { kind: "jwt", text: creds }],
  [`${seed}\n`, { kind: "nkey", seed }],
  ["ada:a:secret\n", { kind: "password", user: "ada", password: "a:secret" }],
  ["  s3cret \n", { kind: "token", token: "s3cret" }],
])("knows who somebody is from %j", (text, credentials) => {
  expect(parseCredentials(text)).toEqual(credentials);
});

it("takes an empty file for a mistake, and not for nobody", () => {
  expect(() => parseCredentials(" \n")).toThrow(EmptyCredentialsError);
});
