import { Command } from "@commander-js/extra-typings";
import type { Lab, LabHost } from "./lab.ts";
import { LabRequestError } from "./lab-error.ts";
import { listLabs, openLab } from "./labs.ts";
import { SUBNET } from "./layout.ts";
import { createNspawnLab } from "./nspawn-lab.ts";
import { installPrerequisites } from "./prerequisites.ts";
import { createVmLab } from "./vm-lab.ts";

const DEFAULT_LAB = "lab";
const DEFAULT_HOSTS = ["primary", "secondary1", "secondary2"];
const FIRST_HOST_BYTE = 10;

const EXAMPLES = `
Examples:
  $ npm run lab -- up                          boot primary, secondary1 and secondary2
  $ npm run lab -- up --name mine a b          boot two hosts in a lab of your own
  $ npm run lab -- up --vms --name real        boot virtual machines instead of containers
  $ npm run lab -- enter primary               a root shell on a host
  $ npm run lab -- enter primary -- ip -br address
  $ npm run lab -- cut secondary1              pull the plug; "on" boots it again
  $ npm run lab -- partition secondary1        pull its network cable; "heal" plugs it in
  $ npm run lab -- down

The hosts see each other at ${SUBNET.lab.replace(/1$/, "0")}/${SUBNET.bits} and nothing of the outside. Needs root on Debian or Ubuntu.`;

/** The command line of the lab. It rejects with the lab's own errors; usage errors end the process with code 1. */
export function createLabProgram(): Command {
  const program = new Command("lab")
    .description("Boots, cuts and removes plain Debian machines on a network of their own.")
    .addHelpText("after", EXAMPLES)
    .showHelpAfterError("(lab --help shows how)");

  labCommand("up")
    .description("boot hosts, in a new lab or in one that is up; those that are on are left alone")
    .argument("[host...]", "names of the hosts, in the order of their addresses", DEFAULT_HOSTS)
    .option("--vms", "make the new lab of virtual machines, each with a kernel of its own, rather than of containers")
    .action((hosts, { name, vms = false }) => up(name, hosts, vms));

  labCommand("enter")
    .description("run a command on a host, or a root shell")
    .argument("<host>")
    .argument("[command...]", "after --", ["bash", "--login"])
    .option("--user <user>", "run it as this user", "root")
    .action(async (host, command, { name, user }) => {
      process.exitCode = await (await findHost(name, host)).attach(command, { user });
    });

  for (const [verb, description, act] of HOST_VERBS) {
    labCommand(verb)
      .description(description)
      .argument("<host>")
      .action(async (host, { name }) => act(await findHost(name, host)));
  }

  labCommand("down")
    .description("destroy the lab with all of its hosts")
    .action(async ({ name }) => (await openLab(name)).down());

  program
    .command("list")
    .description("name the labs that are up and their hosts")
    .action(async () => {
      for (const name of await listLabs()) console.log(describe(await openLab(name)));
    });

  return program;

  function labCommand(verb: string) {
    return program.command(verb).option("--name <lab>", "the lab's name", DEFAULT_LAB);
  }
}

const HOST_VERBS: readonly (readonly [string, string, (host: LabHost) => Promise<void>])[] = [
  ["cut", "cut a host's power: everything in it dies at once, its disk is kept", (host) => host.cutPower()],
  ["on", "boot a host from the disk it has", (host) => host.powerOn()],
  ["reboot", "shut a host down in order and boot it again", (host) => host.reboot()],
  ["freeze", "stop every process of a host in its tracks", (host) => host.freeze()],
  ["thaw", "let a frozen host go on", (host) => host.thaw()],
  ["partition", "pull the cable out of a host's cluster NIC", (host) => host.partition()],
  ["heal", "plug it in again", (host) => host.heal()],
  ["remove", "destroy one host and its disk", (host) => host.remove()],
];

async function up(name: string, wanted: readonly string[], vms: boolean): Promise<void> {
  const report = (line: string) => console.error(line);
  await installPrerequisites(report, vms ? "vm" : "nspawn");
  const isUp = (await listLabs()).includes(name);
  const create = vms ? createVmLab : createNspawnLab;
  const lab = isUp ? await openLab(name) : await create(name, { keep: true, report });
  const addresses = freeAddresses(lab);
  const started = wanted.map((host) => {
    const present = lab.hosts.get(host);
    return present ? present.powerOn() : lab.boot(host, { address: addresses.next().value });
  });
  await Promise.all(started);
  console.log(describe(lab));
}

/** Addresses that no host of the lab has: .10, .11, and so on, as in the cluster's manual. */
function* freeAddresses(lab: Lab): Generator<string, string> {
  const taken = new Set([...lab.hosts.values()].map(({ address }) => address));
  for (let byte = FIRST_HOST_BYTE; byte < 255; byte += 1) {
    const address = `${SUBNET.prefix}${byte}`;
    if (!taken.has(address)) yield address;
  }
  throw new LabRequestError(`lab ${lab.name} has no free address`);
}

async function findHost(lab: string, name: string): Promise<LabHost> {
  const { hosts } = await openLab(lab);
  const host = hosts.get(name);
  if (host) return host;
  throw new LabRequestError(`lab ${lab} has no host ${name}; it has ${[...hosts.keys()].join(", ") || "none"}`);
}

function describe({ name, hosts }: Lab): string {
  const lines = [...hosts.values()].map(({ name: host, address }) => `  ${address}  ${host}`);
  return [`lab ${name}`, ...lines].join("\n");
}
