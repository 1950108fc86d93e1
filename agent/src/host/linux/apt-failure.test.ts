import { expect, it } from "vitest";
import { aptFailureReason } from "./apt-failure.ts";

it("says who holds the lock", () => {
  const output = `Reading package lists...
\rWaiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt-get)... 0s
E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt-get)
N: Be aware that removing the lock file is not a solution and may break your system.
E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?
`;
  expect(aptFailureReason(output)).toBe(
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt-get)",
  );
});

it("says which package dpkg choked on rather than that it did", () => {
  const output = `Setting up broken (1.0) ...
dpkg: error processing package broken (--configure):
 installed broken package post-installation script subprocess returned error exit status 1
Errors were encountered while processing:
 broken
E: Sub-process /usr/bin/dpkg returned an error code (1)
`;
  expect(aptFailureReason(output)).toBe("dpkg: error processing package broken (--configure):");
});

it("takes the last line where there is no complaint, without what a terminal obeys", () => {
  expect(aptFailureReason("one\ntwo\x1b[31m\n\n")).toBe("two [31m");
  expect(aptFailureReason("E: Sub-process dpkg returned an error code (1)\n")).toBe(
    "E: Sub-process dpkg returned an error code (1)",
  );
  expect(aptFailureReason("")).toBe("ended without a word");
});
