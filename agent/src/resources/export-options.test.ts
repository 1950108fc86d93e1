import { describe, expect, it } from "vitest";
import { fulfils, sameOptions } from "./export-options.ts";

const manual = ["rw", "sync", "no_root_squash", "no_subtree_check"];

describe("export options", () => {
  it.each([
    [manual, manual.toReversed()],
    [manual, ["rw", "no_root_squash"]],
    [["rw"], ["ro", "rw"]],
    [["ro"], []],
    [
      ["rw", "insecure_locks"],
      ["rw", "no_auth_nlm"],
    ],
    [["rw", "sec=sys"], ["rw"]],
    [
      ["fsid=root", "rw"],
      ["rw", "fsid=0"],
    ],
  ])("mean the same: %j and %j", (one, other) => {
    expect(sameOptions(one, other)).toBe(true);
  });

  it.each([
    [manual, ["ro", "sync", "no_root_squash", "no_subtree_check"]],
    [manual, ["rw", "sync", "no_subtree_check"]],
    [manual, [...manual, "async"]],
    [manual, [...manual, "fsid=7"]],
    [manual, [...manual, "sec=krb5"]],
    [
      ["rw", "anonuid=1"],
      ["rw", "anonuid=2"],
    ],
  ])("mean something else: %j and %j", (one, other) => {
    expect(sameOptions(one, other)).toBe(false);
  });

  const live =
    "rw,sync,wdelay,hide,no_root_squash,no_subtree_check,no_pnfs,anonuid=65534,anongid=65534,sec=sys,rw,secure";

  it.each([manual, ["rw", "no_root_squash"], [...manual, "anonuid=65534"]])("are fulfilled: %j", (...asked) => {
    expect(fulfils(live.split(","), asked)).toBe(true);
  });

  it.each([["ro"], ["rw"], [...manual, "async"], [...manual, "anonuid=7777"], [...manual, "fsid=0"]])(
    "are not fulfilled: %j",
    (...asked) => {
      expect(fulfils(live.split(","), asked)).toBe(false);
    },
  );
});
