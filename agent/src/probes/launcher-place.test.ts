import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { launcherPlaceOf } from "./launcher-place.ts";

describe("a daemon's command line", () => {
  it("tells of Open MPI 4 where to connect to, at every address", () => {
    const uri = "492109824.0;tcp://10.0.2.15,192.168.56.10:58649;tcp6://[fe80::1]:5";
    expect(launcherPlaceOf(["orted", "-mca", "ess", "env", "-mca", "orte_hnp_uri", uri, "-mca", "plm", "rsh"])).toEqual(
      {
        to: "connect",
        addresses: [
          { address: "10.0.2.15", port: 58649 },
          { address: "192.168.56.10", port: 58649 },
        ],
      },
    );
  });

  it("tells of PRRTE where to connect to, quoted and with masks", () => {
    const uri = '"prterun-primary-160@0.0;tcp://192.168.56.10:37123:24"';
    expect(launcherPlaceOf(["prted", "--prtemca", "prte_hnp_uri", uri])).toEqual({
      to: "connect",
      addresses: [{ address: "192.168.56.10", port: 37123 }],
    });
  });

  it("tells of Hydra which connection to look for, and never to connect", () => {
    expect(launcherPlaceOf(["hydra_pmi_proxy", "--control-port", "primary:42095", "--rmk", "user"])).toEqual({
      to: "look",
      port: 42095,
    });
    expect(launcherPlaceOf(["hydra_bstrap_proxy", "--upstream-host", "p", "--upstream-port", "4000"])).toEqual({
      to: "look",
      port: 4000,
    });
  });

  it.each([
    [["orted"]],
    [["orted", "-mca", "orte_hnp_uri"]],
    [["orted", "-mca", "orte_hnp_uri", "tcp://192.168.56.10:70000"]],
    [["orted", "-mca", "orte_hnp_uri", "file:/tmp/uri"]],
    [["hydra_pmi_proxy", "--control-port"]],
    [["hydra_pmi_proxy", "--control-port", "primary:0"]],
  ])("may say nothing of use: %j", (argv) => {
    expect(launcherPlaceOf(argv)).toBeUndefined();
  });

  it("is read to its end whatever is in it", () => {
    const word = fc.oneof(fc.string(), fc.constantFrom("orte_hnp_uri", "prte_hnp_uri", "--control-port", "tcp://1:2"));
    fc.assert(fc.property(fc.array(word), (argv) => void launcherPlaceOf(argv)));
  });
});
