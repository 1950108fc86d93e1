import { describe, expect, it } from "vitest";
import { packageFolder } from "./collect-notices.ts";
import { NoLicenceError, parseNotice, renderCopyright } from "./notice.ts";

describe("notices", () => {
  it("reads who is owed what", () => {
    expect(parseNotice('{"name":"pino","version":"10.4.0","license":"MIT"}', ["text"])).toEqual({
      name: "pino",
      version: "10.4.0",
      licence: "MIT",
      texts: ["text"],
    });
  });

  it("refuses a package without a licence", () => {
    expect(() => parseNotice('{"name":"odd","version":"1.0.0"}', [])).toThrow(NoLicenceError);
  });

  it("prints a licence once, however many packages and programs share it", () => {
    const notice = { version: "1", licence: "MIT", texts: ["Permission is granted\n"] };
    const copyright = renderCopyright([
      { ...notice, name: "b" },
      { ...notice, name: "a" },
      { ...notice, name: "b" },
    ]);
    expect(copyright).toContain("  a 1: MIT\n  b 1: MIT\n");
    expect(copyright.split("Permission is granted")).toHaveLength(2);
    expect(copyright).toContain("a 1, b 1\n");
  });

  it("finds the package of a module, and none for the project's own", () => {
    expect(packageFolder("/p/node_modules/@grpc/grpc-js/build/src/index.js")).toBe("/p/node_modules/@grpc/grpc-js");
    expect(packageFolder("\0/p/node_modules/pino/pino.js?commonjs")).toBe("/p/node_modules/pino");
    expect(packageFolder("/p/node_modules/a/node_modules/b/index.js")).toBe("/p/node_modules/a/node_modules/b");
    expect(packageFolder("/p/agent/src/main.ts")).toBeUndefined();
  });
});
