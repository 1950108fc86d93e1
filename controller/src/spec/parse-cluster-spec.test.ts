import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidSpecError } from "./cluster-spec.ts";
import { formatProblems } from "./format-problems.ts";
import { parseClusterSpec } from "./parse-cluster-spec.ts";

const minimal = "nodes: { primary: { address: 192.168.56.10 } }\n";

/** The problems of a text as lines without the file's name. */
function problemsOf(text: string): readonly string[] {
  try {
    parseClusterSpec(text);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    return formatProblems("", error.problems).map((line) => line.slice(1));
  }
}

/** A spec of one primary with another name, or with further fields. */
const named = (name: string) =>
  `nodes:\n  primary: { address: 192.168.56.10 }\n  ${name}: { address: 192.168.56.11 }\n`;
const withField = (line: string) => `${line}\n${minimal}`;

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

it.each([
  ["a hostfile that is a list", "hostfile: []", "1:11: hostfile: expected an absolute path or a mapping such as"],
  ["H31: an order that is none", "hostfile: { order: random }", "1:20: hostfile.order: expected joined or natural"],
  ["a switch of other words", "hostfile: { primary: maybe }", "1:22: hostfile.primary: expected on or off"],
  ["a form that is a number", "hostfile: { mpich: 1 }", "1:20: hostfile.mpich: expected on or off"],
  ["a relative form", "hostfile: { mpich: h }", '1:20: hostfile.mpich: "h" is not absolute: start with "/"'],
  [
    "a form that there is not",
    "hostfile: { slurm: on }",
    "hostfile.slurm: is not a key of cluster.yaml: known are path",
  ],
  [
    "a hostfile outside the home in a mapping",
    "hostfile: { path: /etc/hosts }",
    '1:19: hostfile.path: "/etc/hosts" is not in the user\'s home',
  ],
  [
    "a form outside the home",
    "hostfile: { intel: /etc/hosts }",
    '1:20: hostfile.intel: "/etc/hosts" is not in the user\'s home',
  ],
  [
    "S4: a form over the user's keys",
    "hostfile: { mpich: /home/mpihpc/.ssh/config }",
    'hostfile.mpich: "/home/mpihpc/.ssh/config" is in the way of the user\'s keys',
  ],
  [
    "H19: two forms in one file",
    "hostfile: { mpich: /home/mpihpc/.cluster_hostfile }",
    '1:20: hostfile.mpich: "/home/mpihpc/.cluster_hostfile" is also the place of hostfile.path: each form needs its own',
  ],
  [
    "H19: a form in the place that another has by default",
    "hostfile: { mpich: on, intel: /home/mpihpc/.cluster_hostfile.mpich }",
    "is also the place of hostfile.mpich: each form needs its own",
  ],
  [
    "a form in the place of the shared folder",
    "hostfile: { mpich: /home/mpihpc/shared }",
    '1:20: hostfile.mpich: "/home/mpihpc/shared" is the shared folder',
  ],
  [
    "a shared folder in the place of a form",
    "hostfile: { mpich: on }\nshared: { path: /home/mpihpc/.cluster_hostfile.mpich }",
    '2:17: shared.path: "/home/mpihpc/.cluster_hostfile.mpich" is the hostfile',
  ],
  ["slots for all nodes by number", "slots: 4", "1:8: slots: expected vcores, cores or a mapping such as"],
  ["slots by something else", "slots: threads", "1:8: slots: expected vcores or cores"],
  ["slots by something else in a mapping", "slots: { per: sockets }", "1:15: slots.per: expected vcores or cores"],
  ["C7: a reserve below none", "slots: { reserve: -1 }", "1:19: slots.reserve: expected a whole number from 0"],
  [
    "an unknown key of the slots",
    "slots: { reserved: 1 }",
    "slots.reserved: is not a key of cluster.yaml: did you mean reserve?",
  ],
  ["a network that is on", "network: on", "1:10: network: expected off or a mapping such as { nameservers:"],
  ["a network of nothing", "network:", "network: expected off or a mapping such as { nameservers:"],
  ["an unknown key of the network", "network: { dns: [] }", "1:12: network.dns: is not a key of cluster.yaml: known"],
  ["a nameserver by name", "network: { nameservers: [dns.lab] }", '1:26: network.nameservers.0: "dns.lab" is no IPv4'],
  ["events that are off", "events: off", "1:9: events: expected a mapping such as { nats: off }"],
  ["a broker that is a text", "events: { nats: x }", "1:17: events.nats: expected off or a mapping such as { url:"],
  [
    "a misspelt key of the broker",
    "events: { nats: { credential: /x } }",
    "1:19: events.nats.credential: is not a key of cluster.yaml: did you mean credentials?",
  ],
  [
    "a misspelt key of what is kept",
    "events: { keep: { day: 1 } }",
    "events.keep.day: is not a key of cluster.yaml: did",
  ],
  [
    "a misspelt key of the events",
    "events: { kept: {} }",
    "events.kept: is not a key of cluster.yaml: did you mean keep?",
  ],
  [
    "a broker of another kind",
    "events: { nats: { url: https://nats.example } }",
    '1:24: events.nats.url: "https://nats.example" is no address of a broker: expected one such as tls://10.0.0.1:4222',
  ],
  ["a port of no broker", 'events: { nats: { url: "nats://a:65536" } }', "events.nats.url: "],
  [
    "a second server that is none",
    "events: { nats: { url: [nats://a, a] } }",
    '1:35: events.nats.url.1: "a" is no address of a broker',
  ],
  ["no server", "events: { nats: { url: [] } }", "events.nats.url: is empty"],
  [
    "a password in an address",
    "events: { nats: { url: nats://ada:secret@a } }",
    "events.nats.url: holds who we are there: write that into a file and name it in credentials",
  ],
  [
    "a package beside a file",
    "events: { nats: { package: nats-server, binary: /opt/nats-server } }",
    "1:49: events.nats.binary: contradicts package",
  ],
  [
    "a port beside an address",
    "events: { nats: { url: nats://a, port: 4222 } }",
    "1:40: events.nats.port: is for a broker of the cluster's own, and url names another",
  ],
  [
    "credentials for no address",
    "events: { nats: { credentials: /x } }",
    "1:32: events.nats.credentials: is for a broker that is there already: name its url too",
  ],
  [
    "a file that is not absolute",
    "events: { nats: { url: nats://a, ca: ca.pem } }",
    'events.nats.ca: "ca.pem" is not abs',
  ],
  ["no day", "events: { keep: { days: 0 } }", "1:25: events.keep.days: expected a whole number from 1 to 365"],
  ["too few events", "events: { keep: { count: 10 } }", "events.keep.count: expected a whole number from 1000 to"],
  ["no heartbeat", "liveness: { heartbeat: 0 }", "liveness.heartbeat: expected a whole number from 1 to 60"],
  ["a part of a second", "liveness: { heartbeat: 0.5 }", "liveness.heartbeat: expected a whole number from 1 to 60"],
  [
    "a lease of a heartbeat that may get lost",
    "liveness: { heartbeat: 5, lease: 10 }",
    "1:34: liveness.lease: 10 seconds are too few for a heartbeat every 5, of which one may get lost: at least 11",
  ],
  [
    "a lease that is too short for the default",
    "liveness: { lease: 4 }",
    "liveness.lease: 4 seconds are too few for a heartbeat every 2, of which one may get lost: at least 5",
  ],
  ["a share of nobody", "liveness: { holdAbove: 0 }", "liveness.holdAbove: expected a whole number from 1 to 100"],
  ["too long a pause", "liveness: { coolDown: 3601 }", "liveness.coolDown: expected a whole number from 0 to 3600"],
  [
    "a word of no liveness",
    "liveness: { leese: 7 }",
    "liveness.leese: is not a key of cluster.yaml: did you mean lease?",
  ],
  ["no mapping of liveness", "liveness: off", "liveness: expected a mapping such as { heartbeat: 2, lease: 7 }"],
  ["too short a time", "network: { confirm: 9 }", "1:21: network.confirm: expected a whole number from 10 to 600"],
  ["too long a time", "network: { confirm: 601 }", "network.confirm: expected a whole number from 10 to 600"],
  ["a shared folder that is a path alone", "shared: /home/mpihpc/x", "1:9: shared: expected off or a mapping such as"],
  [
    "a misspelt key of the shared folder",
    "shared: { pth: /x }",
    "1:11: shared.pth: is not a key of cluster.yaml: did you mean path?",
  ],
  [
    "S4: a mount over the user's keys",
    "shared: { path: /home/mpihpc/.ssh }",
    '1:17: shared.path: "/home/mpihpc/.ssh" would hide the user\'s keys',
  ],
  ["S4: a mount among the user's keys", "shared: { path: /home/mpihpc/.ssh/x }", "would hide the user's keys"],
  [
    "S4: a mount over the user's home",
    "shared: { path: /home/mpihpc }",
    'would hide the user\'s home and keys: choose one such as "/home/mpihpc/shared"',
  ],
  ["S4: a mount over all homes", "shared: { path: /home }", "would hide the user's home and keys"],
  [
    "S4: a mount over a home of one's own",
    "user: { home: /srv/mpi }\nshared: { path: /srv }",
    '2:17: shared.path: "/srv" would hide the user\'s home and keys',
  ],
  ["a mount over the user's Python", "shared: { path: /home/mpihpc/.pyenv }", "would hide the user's Python"],
  ["a shared folder of the system", "shared: { path: /etc }", 'shared.path: "/etc" is not in the user\'s home'],
  ["a shared folder beside the home", "shared: { path: /home/mpihpc2 }", "is not in the user's home"],
  ["a shared folder deep in the home", "shared: { path: /home/mpihpc/a/b }", "is not directly in the home"],
  ["a shared folder with a tilde", "shared: { path: /home/mpihpc/a~ }", 'holds a "~"'],
  ["the hostfile for a shared folder", "hostfile: /home/mpihpc/h\nshared: { path: /home/mpihpc/h }", "is the hostfile"],
  [
    "a hostfile in the place of the shared folder that nobody named",
    "hostfile: /home/mpihpc/shared",
    '1:11: hostfile: "/home/mpihpc/shared" is the shared folder: choose another path, such as "/home/mpihpc/.cluster_hostfile"',
  ],
  [
    "a hostfile in the place of a shared folder with other clients",
    'hostfile: /home/mpihpc/shared\nshared: { clients: "*" }',
    '1:11: hostfile: "/home/mpihpc/shared" is the shared folder',
  ],
  [
    "a shared folder in the place of the hostfile that nobody named",
    "shared: { path: /home/mpihpc/.cluster_hostfile }",
    '1:17: shared.path: "/home/mpihpc/.cluster_hostfile" is the hostfile: choose one such as "/home/mpihpc/shared"',
  ],
  ...[".bashrc", ".profile", ".bash_profile"].map((file): [string, string, string] => [
    `S4: a mount over the user's ${file}`,
    `shared: { path: /home/mpihpc/${file} }`,
    `1:17: shared.path: "/home/mpihpc/${file}" would hide what the user's shell starts with`,
  ]),
  ...[".bashrc", ".profile", ".bash_profile"].map((file): [string, string, string] => [
    `S4: a hostfile over the user's ${file}`,
    `hostfile: /home/mpihpc/${file}`,
    `1:11: hostfile: "/home/mpihpc/${file}" is in the way of what the user's shell starts with: choose another path`,
  ]),
  ["S4: a hostfile in the user's Python", "hostfile: /home/mpihpc/.pyenv/shims/x", "in the way of the user's Python"],
  ["S4: a hostfile in place of the user's Python", "hostfile: /home/mpihpc/.pyenv", "in the way of the user's Python"],
  ["S4: a mount in the user's Python", "shared: { path: /home/mpihpc/.pyenv/x }", "would hide the user's Python"],
  [
    "S4: the first files of a home of one's own",
    "user: { home: /srv/mpi }\nhostfile: /srv/mpi/.profile",
    '2:11: hostfile: "/srv/mpi/.profile" is in the way of',
  ],
  ["a home with a tilde", "user: { home: /home/a~ }", '1:15: user.home: "/home/a~" holds a "~"'],
  [
    "F11: a share for everyone by number",
    "shared: { clients: 0.0.0.0/0 }",
    "1:20: shared.clients: 0.0.0.0/0 reaches beyond the cluster's network: name 192.168.56.0/24",
  ],
  [
    "F11: a share for the NAT's side",
    "shared: { clients: 10.0.2.0/24 }",
    "10.0.2.0/24 reaches beyond the cluster's network",
  ],
  [
    "F11: a share for more than the subnet",
    "shared: { clients: 192.168.0.0/16 }",
    "192.168.0.0/16 reaches beyond the cluster's network",
  ],
  ["a share for a host by name", "shared: { clients: secondary1 }", '"secondary1" is neither a network'],
  [
    "a share for an address in a network",
    "shared: { clients: 192.168.56.1/24 }",
    "is an address within a network: expected 192.168.56.0/24",
  ],
  [
    "an export's option that is none",
    "shared: { options: [rw, no_root_sqash] }",
    '1:25: shared.options.1: "no_root_sqash" is no option of exports(5)',
  ],
  ["an export's option with another export in it", 'shared: { options: ["rw) *(rw"] }', "is no option of exports(5)"],
  [
    "options that contradict each other",
    "shared: { options: [ro, sync, rw] }",
    "1:20: shared.options: ro and rw contradict each other",
  ],
  ["no options", "shared: { options: [] }", "1:20: shared.options: is empty: name rw at least"],
  [
    "a share that nobody could write to",
    "shared: { options: [sync] }",
    "1:20: shared.options: rw is missing, without which no program could write its results there",
  ],
  ["a share that is read-only on purpose", "shared: { options: [ro, sync] }", "1:20: shared.options: rw is missing"],
  [
    "an export as the root of all",
    "shared: { options: [rw, fsid=0] }",
    '1:20: shared.options: fsid=0 makes the folder the root of all exports: the others would find it at "/" and not at its path',
  ],
  ["an export as the root in words", "shared: { options: [rw, fsid=root] }", "shared.options: fsid=root makes"],
  ["an export as the root with more zeros", "shared: { options: [rw, fsid=00] }", "shared.options: fsid=00 makes"],
  [
    "everybody as nobody",
    "shared: { options: [rw, all_squash] }",
    "1:20: shared.options: all_squash takes the folder from mpihpc: leave it out, or add anonuid=7777 and anongid=7777",
  ],
  [
    "everybody as somebody else",
    "user: { name: ada, uid: 1234 }\nshared: { options: [rw, all_squash, anonuid=1234, anongid=100] }",
    "2:20: shared.options: all_squash takes the folder from ada: leave it out, or add anonuid=1234 and anongid=1234",
  ],
  [
    "a valued option in two ways",
    "shared: { options: [rw, fsid=1, fsid=2] }",
    "1:20: shared.options: fsid= stands twice: fsid=1 and fsid=2",
  ],
  [
    "half a Python version",
    "python: { version: '3.11' }",
    '1:20: python.version: "3.11" is no release of Python 3 in full',
  ],
  ["a Python version that is a number", "python: { version: 3.11 }", "python.version: expected a version in full"],
  ["another Python", "python: { version: pypy3.10-7.3.15 }", "is no release of Python 3 in full"],
  [
    "an option of pip for a package",
    "python: { packages: [--index-url=http://x] }",
    '1:22: python.packages.0: "--index-url=http://x" is no Python package',
  ],
  ["a package from an address", "python: { packages: [git+https://x/y] }", "is no Python package"],
  [
    "a package in two versions",
    "python: { packages: [Click, click==8.1.7] }",
    '1:29: python.packages.1: "click==8.1.7" stands twice',
  ],
  [
    "a pyenv that is a file",
    "python: { pyenv: file:///etc/passwd }",
    '1:18: python.pyenv: "file:///etc/passwd" is no address that begins',
  ],
  ["remnants that are switched off", "remnants: off", "remnants: expected a mapping such as { end: true, grace: 60 }"],
  ["an end of remnants that is neither", "remnants: { end: maybe }", "remnants.end: expected true or false"],
  ["a grace of minutes", "remnants: { grace: 1m }", "remnants.grace: expected a whole number from 0 to 86400"],
  [
    "a key of remnants that is none",
    "remnants: { grce: 1 }",
    "remnants.grce: is not a key of cluster.yaml: did you mean grace?",
  ],
  ["a pyenv that is no archive", "python: { pyenv: https://github.com/pyenv/pyenv }", 'does not end with ".tar.gz"'],
  ["half a checksum", "python: { pyenvSha256: abc }", 'python.pyenvSha256: "abc" is no SHA-256'],
  ["a mirror over FTP", "python: { mirror: ftp://x/ }", 'python.mirror: "ftp://x/" is no address'],
  [
    "an index with a password",
    "python: { index: https://a:b@x/ }",
    'python.index: "https://a:b@x/" has a user or a password in it',
  ],
  ["a folder of wheels with a space", 'python: { findLinks: ["http://x/a b"] }', "python.findLinks.0: "],
])("refuses %s", (_, line, problem) => {
  expect(problemsOf(withField(line)).join("\n")).toContain(problem);
});

it.each([
  ["that is short", "08:00:27:4b:9c", "is no hardware address of a NIC: expected one such as 08:00:27:4b:9c:01"],
  ["of many machines", "01:00:5e:00:00:01", "is no hardware address of a NIC"],
  ["that is a number", "080027", "expected a hardware address"],
])("refuses a MAC %s", (_, mac, problem) => {
  expect(problemsOf(named("a").replace("11 }", `11, mac: ${mac} }`)).join("\n")).toContain(problem);
});

it("refuses one MAC for two nodes, however it is written", () => {
  const text = named("a")
    .replace("10 }", "10, mac: 08:00:27:aa:bb:cc }")
    .replace("11 }", "11, mac: 08:00:27:AA:BB:CC }");
  expect(problemsOf(text)).toEqual([
    "3:37: nodes.a.mac: 08:00:27:aa:bb:cc is also the hardware address of primary, in line 2",
  ]);
});

it("refuses a share that leaves a secondary out", () => {
  const text = named("a").replace("nodes:", "shared: { clients: 192.168.56.8/31 }\nnodes:");
  expect(problemsOf(text)).toEqual(["1:20: shared.clients: 192.168.56.8/31 leaves out a, which has 192.168.56.11"]);
});

it("judges the home and the clients alone where something else is ill-formed", () => {
  const text = withField("user: { name: Ada }\nsubnet: x\nshared: { path: /etc, clients: 10.0.0.0/8, options: [x] }");
  expect(problemsOf(text).map((line) => line.split(": ")[1])).toEqual(["user.name", "subnet", "shared.options.0"]);
});

it("names all problems at once, each with its place", () => {
  expect(
    problemsOf(`max_slots: 3
subnet: 192.168.56.1/24
user: { name: Root, uid: 0 }
nodes:
  vm_1: { address: 192.168.56.10 }
  VM2: { adress: 192.168.56.11 }
  rank: { address: 192.168.56.12, role: primary }
  primary: { address: 192.168.56.10, slots: 0 }
  primary: { address: 192.168.56.13 }
`),
  ).toEqual([
    "1:1: max_slots: is not a key of cluster.yaml: did you mean maxSlots?",
    '2:9: subnet: "192.168.56.1/24" is an address within a network: MPI needs the network itself, 192.168.56.0/24',
    '3:15: user.name: "Root" is no user\'s name on Debian: start with a letter, use a to z, digits, "-" and "_", at most 32',
    "3:26: user.uid: expected a whole number from 1000 to 59999",
    '5:3: nodes.vm_1: "_" is not for host names: use "vm-1"',
    '6:3: nodes.VM2: the name has upper case, which names another host to MPI: use "vm2"',
    "6:3: nodes.VM2.address: is missing: expected an address such as 192.168.56.10",
    "6:10: nodes.VM2.adress: is not a key of cluster.yaml: did you mean address?",
    '7:3: nodes.rank: "rank" is a word of the hostfile\'s own grammar: use another name',
    "8:3: nodes.primary.role: a second primary: rank is the primary already, in line 7",
    "8:23: nodes.primary.address: 192.168.56.10 is also the address of vm_1, in line 5",
    "8:45: nodes.primary.slots: expected a whole number from 1 to 65536",
    "9:3: nodes.primary: stands twice: first in line 8",
  ]);
});

it.each([
  ["an empty text", "", "1:1: expected a mapping such as"],
  ["a list", "[]", "1:1: expected a mapping such as"],
  ["no nodes", "name: lab", "1:1: nodes: is missing: expected a mapping"],
  ["nodes that are none", "nodes: {}", "1:1: nodes: is empty: a cluster has a primary at least"],
  ["nodes that are a list", "nodes: []", "1:8: nodes: expected a mapping"],
  ["a node without fields", "nodes:\n  primary:\n", "2:11: nodes.primary: expected a mapping such as { address"],
  ["no primary", "nodes:\n  a: { address: 192.168.56.2 }", "1:1: nodes: no node is the primary"],
  [
    "a primary that is made secondary",
    "nodes:\n  primary: { address: 192.168.56.2, role: secondary }",
    "no node is the primary",
  ],
  ["another role", named("a").replace("11", "11, role: head"), "3:38: nodes.a.role: expected primary or secondary"],
  [
    "an unknown key that is like none",
    withField("colour: red"),
    "1:1: colour: is not a key of cluster.yaml: known are name, subnet",
  ],
  [
    "an unknown key of the user",
    withField("user: { gruops: [] }"),
    "1:9: user.gruops: is not a key of cluster.yaml: did you mean groups?",
  ],
  ["two documents", `${minimal}---\n${minimal}`, "2:1: a second document begins: only one is allowed"],
  ["a tab", "nodes:\n\tprimary: {}", "2:1: tabs are not allowed as indentation"],
  ["an alias", "nodes: &n { primary: *n }", "1:22: nodes.primary: an alias (*) is not allowed"],
  ["an anchor", `packages: &p [gcc]\n${minimal}`, "1:14: packages: an anchor (&) is not allowed"],
  ["a tag", withField("name: !!str lab"), "1:13: name: a tag (!) is not allowed"],
  ["a tag of one's own", withField("name: !x lab"), "name: a tag (!) is not allowed"],
  ["a key that is a list", withField("? [a]\n: b"), "1:3: a key must be a plain text"],
  ["a text without end of nesting", "[".repeat(5000), "is nested too deep"],
  ["a deep text", withField(`name: ${"[".repeat(20)}${"]".repeat(20)}`), "is nested too deep"],
  ["a text of more than a mebibyte", `${minimal}${"#".repeat(2 ** 20)}`, "1:1: is longer than 1 MiB"],
  [
    "an address in another network",
    named("a").replace(".56.11", ".57.11"),
    "3:17: nodes.a.address: 192.168.57.11 is outside the subnet: expected 192.168.56.1 to 192.168.56.254",
  ],
  ["the network's address", named("a").replace(".56.11", ".56.0"), "192.168.56.0 is the subnet itself"],
  ["the broadcast address", named("a").replace(".56.11", ".56.255"), "192.168.56.255 is the broadcast address"],
  ["an octal address", named("a").replace(".56.11", ".56.011"), "is no IPv4 address"],
  [
    "an address that is a number",
    named("a").replace("192.168.56.11", "3232249867"),
    "nodes.a.address: expected an address such as",
  ],
  ["a subnet without a prefix", withField("subnet: 192.168.56.0"), "is no IPv4 network"],
  ["a subnet of IPv6", withField("subnet: fd00::/64"), "is no IPv4 network"],
  ["a subnet with too long a prefix", withField("subnet: 192.168.56.0/33"), "is no IPv4 network"],
  ["a subnet that is too wide", withField("subnet: 10.0.0.0/8"), "a prefix of 8 is out of range: expected /16 to /30"],
  ["a subnet that is too narrow", withField("subnet: 10.0.0.0/31"), "expected /16 to /30"],
  ["a loopback subnet", withField("subnet: 127.0.0.0/16"), "machines cannot have addresses in 127.0.0.0/16"],
  ["a multicast subnet", withField("subnet: 224.0.0.0/24"), "machines cannot have addresses in 224.0.0.0/24"],
  [
    "slots above the most",
    `maxSlots: 4\n${named("a").replace("11 }", "11, slots: 5 }")}`,
    "nodes.a.slots: 5 slots are more than maxSlots, which is 4",
  ],
  ["slots in halves", named("a").replace("11 }", "11, slots: 2.5 }"), "nodes.a.slots: expected a whole number from 1"],
  ["root", withField("user: { name: root }"), '"root" is not a user to run MPI programs as'],
  ["a system's uid", withField("user: { uid: 999 }"), "user.uid: expected a whole number from 1000 to 59999"],
  ["nobody's uid", withField("user: { uid: 65534 }"), "user.uid: expected a whole number from 1000 to 59999"],
  ["a group twice", withField("user: { groups: [sudo, sudo] }"), '1:24: user.groups.1: "sudo" stands twice'],
  ["a group that is none", withField("user: { groups: [Wheel] }"), "is no group's name on Debian"],
  ["a relative hostfile", withField("hostfile: hosts"), 'hostfile: "hosts" is not absolute: start with "/"'],
  ["a hostfile up the tree", withField("hostfile: /home/../etc/passwd"), "is not in its plainest form"],
  ["a hostfile that is a folder", withField("hostfile: /home/"), "is not in its plainest form"],
  ["a hostfile with a space", withField('hostfile: "/a b"'), "holds a character that will not do"],
  ["a hostfile with a newline", withField('hostfile: "/a\\nb"'), '"/a\\nb" holds a character'],
  ["a hostfile that is too long", withField(`hostfile: /${"a".repeat(255)}`), "the path has 256 characters"],
  [
    "a hostfile of the system",
    withField("hostfile: /etc/passwd"),
    '1:11: hostfile: "/etc/passwd" is not in the user\'s',
  ],
  ["a hostfile of another user", withField("hostfile: /home/ada/hosts"), 'choose a path below "/home/mpihpc"'],
  ["a hostfile beside the home", withField("hostfile: /home/mpihpc2"), 'choose a path below "/home/mpihpc"'],
  ["the home for a hostfile", withField("hostfile: /home/mpihpc"), 'choose a path below "/home/mpihpc"'],
  ["a hostfile outside a home of one's own", withField("user: { home: /a }\nhostfile: /b"), '2:11: hostfile: "/b" is'],
  ["the folder of the keys for a hostfile", withField("hostfile: /home/mpihpc/.ssh"), "in the way of the user's keys"],
  [
    "a hostfile in place of a key",
    withField("hostfile: /home/mpihpc/.ssh/authorized_keys"),
    'in the way of the user\'s keys: choose another path, such as "/home/mpihpc/.cluster_hostfile"',
  ],
  ["a package with its version", withField("packages: [gcc=12]"), '"gcc=12" is no Debian package\'s name'],
  [
    "a package that apt would remove",
    withField("packages: [gcc, vim-]"),
    '1:17: packages.1: "vim-" is more than a name to apt',
  ],
  ["packages that are one text", withField("packages: gcc"), "packages: expected a list of packages"],
  [
    "very many packages",
    withField(`packages: [${Array.from({ length: 257 }, (_, i) => `p${i}`).join()}]`),
    "has more than 256 items",
  ],
  ["a cluster's name with a space", withField("name: my lab"), '"my lab" will not do'],
])("refuses %s", (_, text, problem) => {
  expect(problemsOf(text).join("\n")).toContain(problem);
});

it.each([
  ["01", "as a number"],
  ["1-2", "as a number"],
  ["0x1f", 'reads "0x1f" as an address'],
  ["n1.cluster", 'use the short name "n1"'],
  ["-a", 'neither starts nor ends with "-"'],
  ["a-", 'neither starts nor ends with "-"'],
  ["a".repeat(64), "64 characters: a host name has at most 63"],
  ["näh", '"n?h" is no host name'],
  ['"a\\nb"', '"a\\nb" is no host name'],
  ['""', "a node needs a name"],
  ["localhost", "names every machine itself"],
  ["__proto__", "a key must be a plain text"],
])("refuses a node with the name %s", (name, problem) => {
  expect(problemsOf(named(name)).join("\n")).toContain(problem);
});

it.each([
  "boards",
  "cores",
  "count",
  "cpu",
  "max-slots",
  "port",
  "rank",
  "slot",
  "slots",
  "sockets",
  "user-name",
  "username",
])("refuses a node with the hostfile's word %s for a name", (word) => {
  expect(problemsOf(named(word)).join("\n")).toContain("is a word of the hostfile's own grammar");
});

it.each(["a", "node", "1a", "vm-1", "a".repeat(63)])("takes a node with the name %s", (name) => {
  expect(problemsOf(named(name))).toEqual([]);
});

it("judges no hostfile by a user who is ill-formed", () => {
  const text = withField("user: { name: Ada, home: relative }\nhostfile: /home/ada/hosts");
  expect(problemsOf(text).map((line) => line.split(": ")[1])).toEqual(["user.name", "user.home"]);
});

it("says how many more problems there are than it lists", () => {
  const problems = problemsOf(`nodes:\n${Array.from({ length: 70 }, (_, i) => `  n_${i}: {}\n`).join("")}`);
  expect(problems).toHaveLength(51);
  expect(problems.at(-1)).toMatch(/and \d+ more problems from here on/);
});

it("lets no text through, and throws nothing else, that is not a spec", () => {
  const pieces = fc.constantFrom(
    ..."{}[]:,-?&*!|>'\"#%@ \t\n\r",
    "nodes",
    "primary",
    "address",
    "---",
    "<<",
    "192.168.56.10",
    "network: ",
    "shared: ",
    "python: ",
    "off",
    "path",
    "clients",
    "packages",
    "\u0000",
    "\ud800",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, fc.nat(minimal.length), (noise, at) => {
      for (const text of [noise, minimal.slice(0, at) + noise + minimal.slice(at)]) {
        for (const line of problemsOf(text)) expect(line).toMatch(/^\d+:\d+: [^\p{Cc}]+$/u);
      }
    }),
  );
});
