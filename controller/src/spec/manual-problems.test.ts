import { expect, it } from "vitest";
import { named, problemsOf, withField } from "./spec-text.fixture.ts";

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
