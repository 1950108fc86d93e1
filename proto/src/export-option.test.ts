import { expect, it } from "vitest";
import { exportOptionProblem } from "./export-option.ts";

it.each(["rw", "sync", "no_root_squash", "no_subtree_check", "fsid=0", "fsid=root", "anonuid=7777", "sec=sys"])(
  "takes %s for an option of an export",
  (option) => {
    expect(exportOptionProblem(option)).toBeUndefined();
  },
);

it.each(["", "RW", "rw,sync", "rw) *(rw", "rw\n/ *(rw)", "fsid=", "fsid=/etc", "anonuid=-2", "mp=/x", "no-sync"])(
  "takes %j for none",
  (option) => {
    expect(exportOptionProblem(option)).toContain("is no option of exports(5)");
  },
);
