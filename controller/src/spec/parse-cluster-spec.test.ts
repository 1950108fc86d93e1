import { describe, expect, it } from "vitest";
import { parseClusterSpec } from "./parse-cluster-spec.ts";
import { minimal, named, problemsOf, withField } from "./spec-text.fixture.ts";

describe("liveness", () => {
  it.each([
    ["heartbeat: 1", { heartbeatSeconds: 1, leaseSeconds: 4 }],
    ["heartbeat: 60", { heartbeatSeconds: 60, leaseSeconds: 181 }],
    [
      "heartbeat: 3, lease: 7, holdAbove: 100, coolDown: 0",
      { heartbeatSeconds: 3, leaseSeconds: 7, holdAbovePercent: 100, coolDownSeconds: 0 },
    ],
  ])("of { %s } has a lease over which two heartbeats may get lost, unless it says otherwise", (fields, expected) => {
    expect(parseClusterSpec(withField(`liveness: { ${fields} }`)).liveness).toMatchObject(expected);
  });
});

describe("a spec with names and addresses alone", () => {
  it("gets the manual's defaults", () => {
    expect(parseClusterSpec(minimal)).toEqual({
      name: "cowherd",
      subnet: "192.168.56.0/24",
      user: { name: "mpihpc", uid: 7777, gid: 7777, home: "/home/mpihpc", shell: "/bin/bash", groups: ["sudo"] },
      hostfile: {
        path: "/home/mpihpc/.cluster_hostfile",
        mpich: undefined,
        intel: undefined,
        order: "joined",
        primary: true,
      },
      packages: ["openmpi-bin", "openmpi-common", "libopenmpi-dev"],
      slots: { per: "vcores", reserve: 0 },
      maxSlots: 1024,
      liveness: { heartbeatSeconds: 2, leaseSeconds: 7, holdAbovePercent: 50, coolDownSeconds: 300 },
      network: { nameservers: ["1.1.1.1", "8.8.8.8"], confirmSeconds: 60, required: false },
      shared: {
        path: "/home/mpihpc/shared",
        clients: "192.168.56.0/24",
        options: ["rw", "sync", "no_root_squash", "no_subtree_check"],
        required: false,
      },
      python: undefined,
      remnants: { end: true, graceSeconds: 60 },
      hooks: [],
      events: {
        broker: { kind: "managed", source: { kind: "package", name: "nats-server" }, port: 4222 },
        keep: { days: 7, count: 20_000, megabytes: 256 },
      },
      nodes: new Map([
        ["primary", { name: "primary", address: "192.168.56.10", role: "primary", slots: undefined, mac: undefined }],
      ]),
    });
  });

  it("has its nodes in natural order", () => {
    const { nodes } = parseClusterSpec(`nodes:
  node10: { address: 192.168.56.20, slots: 4 }
  head: { address: 192.168.56.10, role: primary }
  node2: { address: 192.168.56.12 }
`);
    expect([...nodes.values()].map(({ name, role, slots }) => [name, role, slots])).toEqual([
      ["head", "primary", undefined],
      ["node2", "secondary", undefined],
      ["node10", "secondary", 4],
    ]);
  });
});

describe("a spec with more to say", () => {
  it("derives the group, the home and the hostfile from the user", () => {
    const { user, hostfile } = parseClusterSpec(withField("user: { name: ada, uid: 1234, groups: [] }"));
    expect(user).toEqual({ name: "ada", uid: 1234, gid: 1234, home: "/home/ada", shell: "/bin/bash", groups: [] });
    expect(hostfile.path).toBe("/home/ada/.cluster_hostfile");
  });

  it("replaces the packages whole, also by none", () => {
    expect(parseClusterSpec(withField("packages: [mpich]")).packages).toEqual(["mpich"]);
    expect(parseClusterSpec(withField("packages: []")).packages).toEqual([]);
  });

  it.each([
    ["", "/home/mpihpc/lab/hosts"],
    ["user: { name: ada }\n", "/home/ada/.sshosts"],
    ["user: { home: /srv/mpi }\n", "/srv/mpi/hosts"],
  ])("takes a hostfile anywhere below the user's home: %j", (user, path) => {
    const { hostfile } = parseClusterSpec(withField(`${user}hostfile: ${path}`));
    expect(hostfile).toEqual(parseClusterSpec(withField(`${user}hostfile: { path: ${path} }`)).hostfile);
    expect(hostfile).toMatchObject({ path, order: "joined", primary: true });
  });

  it.each([
    ["on", "on", "/home/mpihpc/.cluster_hostfile.mpich", "/home/mpihpc/.cluster_hostfile.intel"],
    ["true", "off", "/home/mpihpc/.cluster_hostfile.mpich", undefined],
    ["false", "/home/mpihpc/impi", undefined, "/home/mpihpc/impi"],
  ])(
    "has other forms beside the hostfile, and elsewhere where that is said: mpich %s, intel %s",
    (mpich, intel, one, other) => {
      const { hostfile } = parseClusterSpec(withField(`hostfile: { mpich: ${mpich}, intel: ${intel} }`));
      expect(hostfile).toMatchObject({ mpich: one, intel: other });
    },
  );

  it("has the other forms beside a hostfile of its own place", () => {
    const { hostfile } = parseClusterSpec(withField("hostfile: { path: /home/mpihpc/h, mpich: on }"));
    expect(hostfile.mpich).toBe("/home/mpihpc/h.mpich");
  });

  it("may go by the names, and keep the primary out", () => {
    const { hostfile } = parseClusterSpec(withField("hostfile: { order: natural, primary: off }"));
    expect(hostfile).toMatchObject({ order: "natural", primary: false });
  });

  it.each([
    ["cores", { per: "cores", reserve: 0 }],
    ["vcores", { per: "vcores", reserve: 0 }],
    ["{ reserve: 2 }", { per: "vcores", reserve: 2 }],
    ["{ per: cores, reserve: 1 }", { per: "cores", reserve: 1 }],
  ])("counts slots by %s", (text, slots) => {
    expect(parseClusterSpec(withField(`slots: ${text}`)).slots).toEqual(slots);
  });
});

describe("the broker of the events", () => {
  const brokerOf = (nats: string) => parseClusterSpec(withField(`events: { nats: ${nats} }`)).events.broker;
  const server = "tls://10.0.0.1:4222";

  it("is a file of the primary's, at another port, where that is said", () => {
    const source = { kind: "binary", path: "/opt/nats-server" };
    expect(brokerOf("{ binary: /opt/nats-server, port: 5222 }")).toEqual({ kind: "managed", source, port: 5222 });
  });

  it.each(["off", '"off"', "false"])("is none where it is %s", (word) => {
    expect(brokerOf(word)).toEqual({ kind: "off" });
  });

  it("is one that is there already, with who we are there and whom we trust", () => {
    const fields = "credentials: /etc/cowherd/nats.creds, ca: /etc/ssl/nats.pem";
    expect(brokerOf(`{ url: "${server}", ${fields} }`)).toEqual({
      kind: "given",
      servers: [server],
      credentials: "/etc/cowherd/nats.creds",
      ca: "/etc/ssl/nats.pem",
      replicas: 1,
    });
  });

  it.each([
    ['["nats://a", "nats://b:1"]', 1],
    ['["nats://a", "nats://b:1", "tls://[fd00::1]:4222"]', 3],
    ['["nats://a", "nats://b:1", "nats://c"], replicas: 5', 5],
  ])("keeps each event as often as the servers %s allow", (url, replicas) => {
    expect(brokerOf(`{ url: ${url} }`)).toMatchObject({ kind: "given", replicas });
  });
});

describe("a part of the manual", () => {
  it.each(["off", '"off"', "false"])("is left out where it is %s", (word) => {
    const spec = parseClusterSpec(withField(`network: ${word}\nshared: ${word}\npython: ${word}`));
    expect(spec).toMatchObject({ network: undefined, shared: undefined, python: undefined });
  });

  it("leaves what is left over on a node to its operator, or gives it a grace of its own", () => {
    expect(parseClusterSpec(withField("remnants: { end: false }")).remnants).toEqual({ end: false, graceSeconds: 60 });
    expect(parseClusterSpec(withField("remnants: { grace: 0 }")).remnants).toEqual({ end: true, graceSeconds: 0 });
  });

  it("is a network with nameservers and a time of one's own", () => {
    const { network, nodes } = parseClusterSpec(
      "network: { nameservers: [9.9.9.9], confirm: 10 }\nnodes: { primary: { address: 192.168.56.10, mac: 08:00:27:4B:9C:01 } }",
    );
    expect(network).toEqual({ nameservers: ["9.9.9.9"], confirmSeconds: 10, required: true });
    expect(nodes.get("primary")?.mac).toBe("08:00:27:4b:9c:01");
  });

  it("is a shared folder in the home and for the subnet of the spec, and required once it is written down", () => {
    const spec = parseClusterSpec(`subnet: 10.1.0.0/16
user: { name: ada }
shared: {}
nodes: { primary: { address: 10.1.0.1 } }`);
    expect(spec.shared).toMatchObject({ path: "/home/ada/shared", clients: "10.1.0.0/16", required: true });
  });

  it("F11: is a shared folder for whoever reaches the primary where that is said on purpose", () => {
    expect(parseClusterSpec(withField('shared: { clients: "*" }')).shared).toMatchObject({ clients: "*" });
  });

  it("is a shared folder for the part of the subnet that has the secondaries", () => {
    const text = named("a").replace("nodes:", "shared: { clients: 192.168.56.11/32 }\nnodes:");
    expect(parseClusterSpec(text).shared).toMatchObject({ clients: "192.168.56.11/32" });
  });

  it.each([
    "rw, all_squash, anonuid=7777, anongid=7777",
    "rw, fsid=1, no_all_squash",
    "rw, anonuid=65534, anongid=65534, sec=sys",
  ])("is a shared folder with options of one's own: %s", (options) => {
    expect(parseClusterSpec(withField(`shared: { options: [${options}] }`)).shared).toMatchObject({
      options: options.split(", "),
    });
  });

  it("is a hostfile in the place of the shared folder where none is shared, and in it", () => {
    expect(problemsOf(withField("hostfile: /home/mpihpc/shared\nshared: off"))).toEqual([]);
    expect(problemsOf(withField("hostfile: /home/mpihpc/shared\nshared: { path: /home/mpihpc/x }"))).toEqual([]);
    expect(problemsOf(withField("hostfile: /home/mpihpc/shared/hosts"))).toEqual([]);
  });

  it("is a hostfile that is compared with no shared path that is ill-formed", () => {
    const text = withField("hostfile: /home/mpihpc/shared\nshared: { path: x }");
    expect(problemsOf(text).map((line) => line.split(": ")[1])).toEqual(["shared.path"]);
    const other = withField("hostfile: x\nshared: { path: /home/mpihpc/.cluster_hostfile }");
    expect(problemsOf(other).map((line) => line.split(": ")[1])).toEqual(["hostfile"]);
    const third = withField("hostfile: { path: x, mpich: on }\nshared: { path: /home/mpihpc/.cluster_hostfile }");
    expect(problemsOf(third).map((line) => line.split(": ")[1])).toEqual(["hostfile.path"]);
  });

  it("is a shared folder whose options are judged by no user who is ill-formed", () => {
    const text = withField("user: { uid: 1 }\nshared: { options: [rw, all_squash] }");
    expect(problemsOf(text).map((line) => line.split(": ")[1])).toEqual(["user.uid"]);
  });

  it("is the manual's Python, once it is asked for", () => {
    expect(parseClusterSpec(withField("python: {}")).python).toEqual({
      version: "3.11.8",
      packages: ["mpi4py", "click"],
      pyenvUrl: "https://github.com/pyenv/pyenv/archive/refs/tags/v2.7.1.tar.gz",
      pyenvSha256: undefined,
      mirrorUrl: undefined,
      indexUrl: undefined,
      findLinks: [],
    });
  });

  it("is a Python from sources of a site's own", () => {
    const { python } = parseClusterSpec(
      withField(`python:
  version: 3.12.1
  packages: [numpy==1.26.4]
  pyenv: http://10.0.0.1/pyenv.tar.gz
  pyenvSha256: ${"AB".repeat(32)}
  mirror: http://10.0.0.1/python
  index: http://10.0.0.1/simple
  findLinks: [http://10.0.0.1/wheels/]`),
    );
    expect(python).toEqual({
      version: "3.12.1",
      packages: ["numpy==1.26.4"],
      pyenvUrl: "http://10.0.0.1/pyenv.tar.gz",
      pyenvSha256: "ab".repeat(32),
      mirrorUrl: "http://10.0.0.1/python",
      indexUrl: "http://10.0.0.1/simple",
      findLinks: ["http://10.0.0.1/wheels/"],
    });
  });
});

describe("hooks", () => {
  it("run for the events that are named, for half a minute and as nobody in particular unless that is said", () => {
    const hooks =
      "hooks: [{ run: notify.sh, on: [node.unreachable, hostfile.*] }, { run: queue, on: ['*'], seconds: 600, user: mpihpc }]";
    expect(parseClusterSpec(withField(hooks)).hooks).toEqual([
      { run: "notify.sh", on: ["node.unreachable", "hostfile.*"], seconds: 30, user: undefined },
      { run: "queue", on: ["*"], seconds: 600, user: "mpihpc" },
    ]);
  });

  it.each([
    [
      "{ run: /usr/bin/mail, on: [node.ready] }",
      '16: hooks.0.run: "/usr/bin/mail" is a path: name the file alone, and put it into /etc/cowherd/hooks',
    ],
    [
      "{ run: a, on: [node.unreachabel] }",
      '24: hooks.0.on.0: "node.unreachabel" is no event: did you mean node.unreachable?',
    ],
    ["{ run: a, on: [weather] }", '24: hooks.0.on.0: "weather" is no event: known are node.enrolled, '],
    ["{ run: a, on: [hook.failed] }", '24: hooks.0.on.0: "hook.failed" runs no hook: one that fails would run itself'],
    ["{ run: a, on: [node.ready, node.ready] }", '36: hooks.0.on.1: "node.ready" stands twice'],
    ["{ run: a, on: [] }", "23: hooks.0.on: is empty: name an event"],
    ["{ run: a }", "9: hooks.0.on: is missing: expected a list of events such as [node.unreachable]"],
    ["{ run: a, on: [node.ready], seconds: 601 }", "46: hooks.0.seconds: expected a whole number from 1 to 600"],
    ["{ run: a, on: [node.ready], user: root }", '43: hooks.0.user: "root" may do too much for a hook'],
    ["{ run: a, on: [node.ready], user: cowherd }", '43: hooks.0.user: "cowherd" may do too much for a hook'],
    ["{ run: a, on: [node.ready], usr: x }", "37: hooks.0.usr: is not a key of cluster.yaml: did you mean user?"],
    ["notify", "9: hooks.0: expected a mapping such as { run: notify, on: [node.unreachable] }"],
    [
      "{ run: a, on: [node.ready] }, { run: a, on: [node.*] }",
      '46: hooks.1.run: "a" stands twice: name all its events in one place',
    ],
  ])("are refused with the place and what to do: %s", (hook, problem) => {
    const [first = ""] = problemsOf(withField(`hooks: [${hook}]`));
    expect(first.replace(/^1:/, "")).toContain(problem);
  });

  it("are a list", () => {
    expect(problemsOf(withField("hooks: { run: a }"))).toEqual([
      "1:8: hooks: expected a list such as [{ run: notify, on: [node.unreachable] }]",
    ]);
  });
});
