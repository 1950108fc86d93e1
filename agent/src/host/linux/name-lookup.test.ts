import { describe, expect, it } from "vitest";
import { parseResolutions, resolveNames } from "./name-lookup.ts";

const output = `? secondary1
192.168.56.11   STREAM secondary1
192.168.56.11   DGRAM
192.168.56.11   RAW
10.0.2.15       STREAM
!
? absent
!
? slow
192.168.56.12   STREAM slow
`;

describe("what getent says of names", () => {
  it("is read with every address once, and ends with the last name that was done", () => {
    expect(parseResolutions(output)).toEqual([
      { name: "secondary1", addresses: ["192.168.56.11", "10.0.2.15"] },
      { name: "absent", addresses: [] },
    ]);
  });

  it.runIf(process.platform === "linux")(
    "is what this machine's own lookup gives, in the order of the question",
    async () => {
      const names = ["absent.invalid", "localhost", "$(reboot)"];
      const found = await resolveNames(names, new AbortController().signal);
      expect(found.map(({ name }) => name)).toEqual(names);
      expect(found[1]?.addresses).toEqual(["127.0.0.1"]);
      expect(found[2]?.addresses).toEqual([]);
      expect(await resolveNames([], new AbortController().signal)).toEqual([]);
    },
  );
});
