import { describe, expect, it } from "vitest";
import { compileCluster } from "../compile/compile-cluster.ts";
import {
  clusterSpec,
  empty,
  enrolled,
  given,
  machine,
  names,
  nodeOf,
  ran,
  resource,
} from "../state/cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";
import { barringFailures, isCurrent, objectionTo } from "../state/fitness.ts";
import { noticesOf } from "../state/notices.ts";
import { phaseOf } from "../state/phase.ts";
import { awaitedOfBroker } from "./awaited-of-broker.ts";
import type { BrokerCertificate, BrokerUser } from "./broker-state.ts";
import { dueCertificate } from "./due-certificate.ts";

const request = "MIIB";
const publisher = `U${"A".repeat(55)}`;
const user = (name: string, letter: string): BrokerUser => ({ name, key: `U${letter.repeat(55)}`, addedAt: 1 });
const issued = (over: Partial<BrokerCertificate> = {}): BrokerCertificate => ({
  chain: "the chain",
  request,
  node: "primary",
  address: "192.168.56.10",
  issuedAt: 0,
  ...over,
});
const applied = (more: string): ClusterEvent => ({ type: "spec-applied", spec: clusterSpec(names, more) });
const published: ClusterEvent = {
  type: "hostfile-published",
  hostfile: { generation: 1n, entries: [{ node: "primary", slots: 2 }] },
};
const asked = (over: Parameters<typeof machine>[1] = {}) =>
  given(empty(), ...enrolled("primary", machine("primary", { brokerRequest: request, ...over })));
const known: ClusterEvent = { type: "broker-publisher-known", key: publisher };
const certified: ClusterEvent = { type: "broker-certificate-issued", issued: issued() };
const whole = given(asked(), ...enrolled("secondary1"), published, known, certified);
const brokerOf = (state: ClusterState, node = "primary") => resource(compileCluster(state).get(node), "events-broker");
const idsOf = (state: ClusterState, node = "primary") =>
  (compileCluster(state).get(node) ?? []).map(({ id }) => id).filter((id) => id.includes("events"));

const key = ["events-cowherd-folder", "events-folder", "events-key"];

describe("the primary's event broker", () => {
  it("comes after all else, and after the hostfile, which waits for no broker", () => {
    expect(idsOf(given(asked(), known, certified))).toEqual([]);
    const ids = (compileCluster(whole).get("primary") ?? []).map(({ id }) => id);
    expect(ids.slice(-5)).toEqual([...key, "events-package", "events-broker"]);
    expect(ids.slice(0, -5).some((id) => id.includes("events"))).toBe(false);
  });

  it("is on no other node", () => {
    expect(idsOf(whole, "secondary1")).toEqual([]);
  });

  it("waits for its certificate, and for the controller's key", () => {
    const without = given(asked(), published);
    expect(idsOf(without)).toEqual([...key, "events-package"]);
    expect(brokerOf(given(without, certified))).toBeUndefined();
    expect(brokerOf(given(without, known))).toBeUndefined();
    expect(brokerOf(given(without, known, certified))).toMatchObject({ requires: ["events-key", "events-package"] });
  });

  it("is not run with a certificate for another key, as of a machine that was replaced", () => {
    const replaced = given(whole, ...enrolled("primary", machine("primary", { brokerRequest: "MIIC" })));
    expect(brokerOf(replaced)).toBeUndefined();
  });

  it("listens where the certificate is for, and knows its users in the order of their names", () => {
    const users = [user("queue", "C"), user("dashboard", "B")];
    const state = given(whole, ...users.map((one) => ({ type: "broker-user-added", user: one }) as const));
    expect(brokerOf(state)).toMatchObject({
      cluster: "cowherd",
      address: "192.168.56.10",
      port: 4222,
      program: "/usr/sbin/nats-server",
      certificate: "the chain",
      publisher,
      users: [{ name: "dashboard" }, { name: "queue" }],
      storeMegabytes: 320,
    });
  });

  it("is a given program without a package where cluster.yaml names one", () => {
    const state = given(whole, applied("events: { nats: { binary: /opt/nats-server, port: 4300 } }"));
    expect(idsOf(state)).toEqual([...key, "events-broker"]);
    expect(brokerOf(state)).toMatchObject({ requires: ["events-key"], program: "/opt/nats-server", port: 4300 });
  });

  it("keeps Debian's own server, which lets anybody in, from starting with the package", () => {
    expect(resource(compileCluster(whole).get("primary"), "events-package")).toMatchObject({
      packages: ["nats-server"],
      quietUnits: ["nats-server.service"],
    });
  });

  it.each(["events: { nats: off }", "events: { nats: { url: tls://10.0.0.1:4222 } }"])(
    "is taken away by %j, and is nothing where there never was one",
    (more) => {
      expect(idsOf(given(whole, applied(more)))).toEqual(["stale-events-broker"]);
      expect(idsOf(given(asked(), published, known, applied(more)))).toEqual([]);
    },
  );
});

describe("who may listen", () => {
  const one = user("dashboard", "B");
  const added = given(whole, { type: "broker-user-added", user: one });

  it("is one of a name, the newest", () => {
    const again = given(added, { type: "broker-user-added", user: user("dashboard", "D") });
    expect(again.broker.users).toEqual([user("dashboard", "D")]);
  });

  it("goes, and stays gone, and takes nobody along", () => {
    const two = given(added, { type: "broker-user-added", user: user("queue", "C") });
    const gone = given(two, { type: "broker-user-removed", name: "dashboard" });
    expect(gone.broker.users).toEqual([user("queue", "C")]);
    expect(given(gone, { type: "broker-user-removed", name: "dashboard" })).toBe(gone);
  });

  it("is kept over another cluster.yaml", () => {
    expect(given(added, applied("events: { nats: off }")).broker.users).toEqual([one]);
  });
});

describe("what is awaited before anything is heard", () => {
  const newer = (state: ClusterState, revision: string, generation = 5n) =>
    given(state, {
      type: "desired-state-set",
      node: "primary",
      desired: { generation, revision, roster: state.roster },
    });
  const converged = given(newer(whole, "r"), ran(newer(whole, "r"), "primary"));

  it("is first that the primary's agent has the newest users, then that the broker takes events", () => {
    expect(awaitedOfBroker(given(asked()), true)).toBe("primary has not told its broker so far");
    expect(awaitedOfBroker(newer(whole, "r"), true)).toBe("primary has not told its broker so far");
    expect(awaitedOfBroker(converged, false)).toBe("the event broker has taken no event so far");
    expect(awaitedOfBroker(converged, true)).toBeUndefined();
    expect(awaitedOfBroker(newer(converged, "s", 6n), true)).toBe("primary has not told its broker so far");
  });

  it("is a broker that is well", () => {
    const failed = given(converged, ran(converged, "primary", { "events-broker": "it does not start" }));
    expect(awaitedOfBroker(failed, true)).toBe("the event broker on primary is not as it should be");
  });

  it("is nothing that fails beside the broker", () => {
    const failed = given(converged, ran(converged, "primary", { packages: "gone" }));
    expect(awaitedOfBroker(failed, true)).toBeUndefined();
  });
});

describe("the broker's certificate", () => {
  const day = 24 * 3_600_000;
  const due = { request, node: "primary", address: "192.168.56.10" };
  const with_ = (over: Partial<BrokerCertificate>) =>
    given(asked(), { type: "broker-certificate-issued", issued: issued(over) });

  it("is due once the primary has made a key, and not before", () => {
    expect(dueCertificate(empty(), 0)).toBeUndefined();
    expect(dueCertificate(asked({ brokerRequest: undefined }), 0)).toBeUndefined();
    expect(dueCertificate(asked(), 0)).toEqual(due);
  });

  it("is not due where the cluster has no broker of its own", () => {
    expect(dueCertificate(given(asked(), applied("events: { nats: off }")), 0)).toBeUndefined();
  });

  it.each([{ request: "MIIC" }, { node: "head" }, { address: "192.168.56.99" }])(
    "is due anew after one for %j",
    (over) => {
      expect(dueCertificate(with_(over), day)).toEqual(due);
    },
  );

  it("is renewed with two thirds of its life left, and where the clock went back behind it", () => {
    const state = with_({});
    expect(dueCertificate(state, 30 * day - 1)).toBeUndefined();
    expect(dueCertificate(state, 30 * day)).toEqual(due);
    expect(dueCertificate(state, -1_000)).toBeUndefined();
    expect(dueCertificate(state, -3_600_000)).toEqual(due);
  });
});

describe("a broker that cannot be had", () => {
  const failed = (state: ClusterState) =>
    given(
      state,
      ran(state, "primary", { "events-package": "no package nats-server" }, { "events-broker": "events-package" }),
    );
  const desired = given(whole, {
    type: "desired-state-set",
    node: "primary",
    desired: { generation: 5n, revision: "r", roster: whole.roster },
  });
  const state = failed(given(desired, { type: "node-admitted", node: "primary" }));

  it("bars no primary from the hostfile, and degrades none", () => {
    const primary = nodeOf(state, "primary");
    expect(barringFailures(primary.lastRun)).toEqual([]);
    expect(objectionTo(state, primary)).toBeUndefined();
    expect(phaseOf(state, "primary")).toEqual({ phase: "ready", reason: "" });
    expect(isCurrent(primary)).toBe(true);
  });

  it("is told in a notice, with the reason and what to do", () => {
    expect(noticesOf(state)).toEqual([
      expect.stringMatching(
        /^the event broker on primary is not as it should be: events-package: no package nats-server; .*"events: \{ nats: off \}"/,
      ),
    ]);
    expect(noticesOf(desired)).toEqual([]);
  });

  it("hides no other failure", () => {
    const both = given(desired, ran(desired, "primary", { "events-package": "none", packages: "gone" }));
    expect(phaseOf(both, "primary")).toMatchObject({ phase: "degraded", reason: "packages: gone" });
  });
});
