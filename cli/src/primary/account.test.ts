import { describe, expect, it } from "vitest";
import { findAccount } from "./account.ts";

const passwd = "root:x:0:0:root:/root:/bin/bash\ncowherd-old:x:7:7::/:/bin/false\ncowherd:x:998:997::/:/bin/false\n";

describe("findAccount", () => {
  it("finds the numbers of a name, and not of a longer one", () => {
    expect(findAccount(passwd, "cowherd")).toEqual({ uid: 998, gid: 997 });
  });

  it.each(["cow", "", "x"])("finds nothing for %j", (name) => {
    expect(findAccount(passwd, name)).toBeUndefined();
  });

  it("takes a line without numbers for none, lest somebody become root", () => {
    expect(findAccount("cowherd:x:::/:\ncowherd\n", "cowherd")).toBeUndefined();
  });
});
