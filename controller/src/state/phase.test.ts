import { expect, it } from "vitest";
import { dueProbes } from "../proofs/due-probes.ts";
import { defaultProbeTiming } from "../proofs/probe-timing.ts";
import { answered, clusterSpec, empty, enrolled, given, machine, proved, ran } from "./cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "./cluster-state.ts";
import { phaseOf } from "./phase.ts";

const then = (state: ClusterState, ...events: readonly ClusterEvent[]) => proved(given(state, ...events));
const runs = (state: ClusterState, name: string, failures?: Readonly<Record<string, string>>) =>
  then(state, ran(state, name, failures));

const joined = then(empty(), ...enrolled("primary"));
const ready = runs(runs(joined, "primary"), "primary");
const two = then(ready, ...enrolled("secondary1"));

const other = (version: string) => ({ mpirun: { vendor: "Open MPI", version } });
const upgrade = [{ type: "facts-reported", node: "primary", facts: machine("primary", other("5.0.7")) }] as const;

it("has an absent node joined by the next step", () => {
  const reason = "not joined: run `cowctl token create --node secondary1`";
  expect(phaseOf(ready, "secondary1")).toEqual({ phase: "absent", reason });
});

it("knows no node outside the spec", () => {
  expect(phaseOf(ready, "stranger")).toEqual({ phase: "absent", reason: "not in cluster.yaml" });
});

it("has nothing to say of a ready node, also while it converges on a newer state", () => {
  expect(phaseOf(ready, "primary")).toEqual({ phase: "ready", reason: "" });
  expect(phaseOf(two, "primary")).toEqual({ phase: "ready", reason: "" });
});

it("calls a node ready that is fit and about to be admitted", () => {
  const admittedAgain = given(ready, { type: "node-withdrawn", node: "primary" });
  const due = () => dueProbes(about, 0, [], defaultProbeTiming);
  let about = admittedAgain;
  while (due().length > 0) about = given(about, ...due().map((probe) => answered(probe)));
  expect(phaseOf(about, "primary")).toEqual({ phase: "ready", reason: "" });
});

it.each<[string, ClusterState, string, string, string]>([
  [
    "nobody hears of",
    then(ready, { type: "lease-lost", node: "primary" }),
    "primary",
    "unreachable",
    "no sign of life: is the machine up, and does its cowherd-agent run?",
  ],
  [
    "has another address",
    then(ready, {
      type: "facts-reported",
      node: "primary",
      facts: machine("primary", {
        interfaces: [{ name: "enp0s8", mac: "", addresses: ["192.168.56.99/24", "fe80::1/64"] }],
      }),
    }),
    "primary",
    "degraded",
    "address 192.168.56.10 is on none of its interfaces (enp0s8 192.168.56.99/24, enp0s8 fe80::1/64)",
  ],
  [
    "has no address",
    then(ready, { type: "facts-reported", node: "primary", facts: machine("primary", { interfaces: [] }) }),
    "primary",
    "degraded",
    "address 192.168.56.10 is on none of its interfaces (it has none)",
  ],
  [
    "could not converge",
    runs(joined, "primary", { packages: "E: no\nroom" }),
    "primary",
    "degraded",
    "packages: E: no room",
  ],
  [
    "could not converge in many ways",
    runs(joined, "primary", { user: "uid 7777 is ada's", packages: "x" }),
    "primary",
    "degraded",
    "user: uid 7777 is ada's; and 1 more (packages)",
  ],
  [
    "reports no host key",
    runs(then(empty(), ...enrolled("primary", machine("primary", { hostKeys: [] }))), "primary"),
    "primary",
    "degraded",
    "it reports no host key: is openssh-server installed?",
  ],
  [
    "reports no user's key",
    runs(then(empty(), ...enrolled("primary", machine("primary", { userKey: undefined }))), "primary"),
    "primary",
    "degraded",
    "it reports no key of its user",
  ],
  [
    "is admitted and reports nonsense",
    then(ready, { type: "facts-refused", node: "primary", problem: "hostname: no" }),
    "primary",
    "degraded",
    "facts refused: hostname: no",
  ],
  [
    "joined and reports nonsense",
    then(joined, { type: "facts-refused", node: "primary", problem: "hostname: no" }),
    "primary",
    "degraded",
    "facts refused: hostname: no",
  ],
  [
    "cannot write the hostfile",
    runs(ready, "primary", { hostfile: "is a folder" }),
    "primary",
    "degraded",
    "hostfile: is a folder",
  ],
  [
    "K8: has another MPI than the primary",
    runs(
      runs(then(ready, ...enrolled("secondary1", machine("secondary1", other("4.1.4"))), ...upgrade), "secondary1"),
      "primary",
    ),
    "secondary1",
    "degraded",
    "mpirun is Open MPI 4.1.4 here and Open MPI 5.0.7 on primary",
  ],
  [
    "K8: has another vendor's MPI and cannot tell which version",
    runs(
      then(ready, ...enrolled("secondary1", machine("secondary1", { mpirun: { vendor: "MPICH", version: "" } }))),
      "secondary1",
    ),
    "secondary1",
    "degraded",
    "mpirun is MPICH of an unknown version here and Open MPI 4.1.4 on primary",
  ],
  [
    "K8: has no mpirun so far",
    runs(then(ready, ...enrolled("secondary1", machine("secondary1", { mpirun: undefined }))), "secondary1"),
    "secondary1",
    "proving",
    "waiting for an mpirun here: primary has Open MPI 4.1.4, and it reports none",
  ],
  [
    "K8: has another MPI while its packages are on their way",
    then(two, ...upgrade),
    "secondary1",
    "enrolled",
    "waiting for its first run to end",
  ],
  ["has not run", joined, "primary", "enrolled", "waiting for its first run to end"],
  [
    "converged on an older state",
    then(runs(two, "secondary1"), { type: "spec-applied", spec: clusterSpec(undefined, "packages: [mpich]") }),
    "secondary1",
    "converging",
    "converging",
  ],
  [
    "failed on an older state",
    then(runs(two, "secondary1", { packages: "locked" }), {
      type: "spec-applied",
      spec: clusterSpec(undefined, "packages: [mpich]"),
    }),
    "secondary1",
    "converging",
    "converging; before: packages: locked",
  ],
  [
    "nobody launches from",
    runs(then(empty(), ...enrolled("secondary1")), "secondary1"),
    "secondary1",
    "proving",
    "waiting for primary to join",
  ],
  ["a peer does not know", runs(two, "secondary1"), "secondary1", "proving", "waiting for primary to learn its keys"],
])("says what is to do about a node that %s", (_, state, name, phase, reason) => {
  expect(phaseOf(state, name)).toEqual({ phase, reason });
});
