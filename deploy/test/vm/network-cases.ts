import { describe, expect, it } from "vitest";
import { untilReason } from "../../cluster/status.ts";
import { waitFor } from "../../cluster/wait-for.ts";
import type { LabHost } from "../../lab/lab.ts";

/** A cluster whose machines have kernels of their own, with a network that Cowherd manages. */
export type NetworkCluster = {
  readonly primary: LabHost;
  /** The one whose network is disturbed. */
  readonly secondary: LabHost;
  /** As cluster.yaml has it under network.confirm; keep it short here. */
  readonly confirmSeconds: number;
};

const ownFile = "/etc/netplan/90-cowherd.yaml";
const installersFile = "/etc/netplan/50-cloud-init.yaml";
const record = "/var/lib/cowherd/agent/network.json";
const minutes = 60_000;

/** How long a slow machine takes for netplan itself, at most. */
const patienceMs = 3 * minutes;

/**
 * What happens to a machine's network. The cases follow one another, and each leaves the
 * cluster as it found it: the network in its desired state and the controller in reach. Only the
 * last leaves a NIC with another name: to the agent a change of that NIC is another change.
 */
export function networkCases(cluster: () => NetworkCluster): void {
  describe("the network", () => {
    it("E3, E7, E11: is the address alone on the cluster's NIC, in files closed to others, the originals kept", async () => {
      const { secondary } = cluster();
      const own = await secondary.readFile(ownFile);
      expect(own).toContain("dhcp4: false");
      expect(own).not.toMatch(/routes|gateway|dhcp4: true/);
      expect(await secondary.check(["stat", "--format=%a %U", ownFile, installersFile])).toBe("600 root\n600 root\n");
      const { nic, nat } = await nicsOf(secondary);
      expect(nic.addresses).toEqual([`${secondary.address}/24`]);
      expect(nat.addresses).toEqual(["10.0.2.15/24"]);
      expect(await secondary.check(["ip", "-4", "route", "show", "default"])).toMatch(
        new RegExp(`^default via \\S+ dev ${nat.name} `),
      );
      expect(await secondary.readFile(installersFile)).not.toContain(nic.mac);
      expect(await secondary.readFile(`${installersFile}.before-cowherd`)).toContain(nic.mac);
      expect(await secondary.check(["resolvectl", "dns", nat.name])).toMatch(/ 1\.1\.1\.1\b.* 8\.8\.8\.8\b/);
    });

    it("K13: is written once: another start of the agent changes no file and asks netplan for nothing", async () => {
      const { secondary } = cluster();
      const look = async () => [
        await secondary.check([
          "find",
          "/etc/netplan",
          "/etc/hosts",
          "/etc/hostname",
          record,
          "-printf",
          "%p %m %T@ %i\n",
        ]),
        await appliedTimes(secondary),
      ];
      const before = await look();
      await secondary.check(["systemctl", "restart", "cowherd-agent.service"]);
      await untilInSync(cluster());
      expect(await look()).toEqual(before);
    });

    it(
      "E3: loses a second address that an older file gives it",
      async () => {
        const { secondary } = cluster();
        const { nic } = await nicsOf(secondary);
        const more = "/etc/netplan/60-more.yaml";
        const text = `network:\n  version: 2\n  ethernets:\n    ${nic.name}: {addresses: [192.168.56.77/24]}\n`;
        await secondary.writeFile(more, text, 0o600);
        await secondary.check(["ip", "address", "add", "192.168.56.77/24", "dev", nic.name]);
        await secondary.check(["systemctl", "restart", "cowherd-agent.service"]);
        await waitFor(
          "the second address to go",
          async () => ((await addressesOf(secondary, nic.name)).length === 1 ? true : undefined),
          { timeoutMs: patienceMs, everyMs: 1_000 },
        );
        expect((await nicsOf(secondary)).nic.addresses).toEqual([`${secondary.address}/24`]);
        expect(await secondary.readFile(more)).toBe("network:\n  version: 2\n");
        expect(await secondary.readFile(`${more}.before-cowherd`)).toBe(text);
        await untilInSync(cluster());
      },
      10 * minutes,
    );

    it(
      "E12: comes back by itself within its deadline when a change cuts the node off",
      async () => {
        const { primary, secondary, confirmSeconds } = cluster();
        const { edited } = await startChangeInTheDark(cluster());
        await untilSettled(secondary, confirmSeconds);
        expect(await secondary.readFile(ownFile)).toBe(edited);
        await secondary.heal();
        const told = untilReason(
          primary,
          secondary.name,
          /the controller was not reached over .*; tried again in/,
          patienceMs,
        );
        await told.catch(() => undefined); // whatever came of it, the next case finds the network as it should be
        await mend(secondary);
        // With the cable, the shared folder's server is away, which can hold systemd's generators up and netplan with them.
        const late = "(netplan apply: no end after \\d+ s; )?";
        expect((await told).reason).toMatch(
          new RegExp(`within ${confirmSeconds} s; the old configuration is back; ${late}tried again in`),
        );
        await untilSettledAgain(cluster());
      },
      15 * minutes,
    );

    it(
      "E12: comes back by itself also when the node is power-cut in between",
      async () => {
        const { secondary, confirmSeconds } = cluster();
        const { edited } = await startChangeInTheDark(cluster());
        await secondary.cutPower();
        await secondary.powerOn();
        await untilSettled(secondary, confirmSeconds);
        expect(await secondary.readFile(ownFile)).toBe(edited);
        await secondary.heal();
        await mend(secondary);
        await untilSettledAgain(cluster());
      },
      15 * minutes,
    );

    it(
      "E8: is found again on a NIC that boots with another name, and whose MAC is another than the file's",
      async () => {
        const { secondary } = cluster();
        const { nic } = await nicsOf(secondary);
        const link = "/etc/systemd/network/10-moved.link";
        await secondary.check(["systemctl", "stop", "cowherd-agent.service"]); // or it mends the file at once
        await secondary.writeFile(link, `[Match]\nMACAddress=${nic.mac}\n\n[Link]\nName=moved0\n`);
        const stale = (await secondary.readFile(ownFile)).replaceAll(nic.mac, "08:00:27:ff:ff:ff");
        await secondary.writeFile(ownFile, stale, 0o600);
        await secondary.reboot();
        await untilSettledAgain(cluster());
        expect((await nicsOf(secondary)).nic).toEqual({ ...nic, name: "moved0" });
        expect(await secondary.readFile(ownFile)).toContain(nic.mac);
        await secondary.check(["rm", link]); // a later boot gives it its own name back
      },
      10 * minutes,
    );
  });
}

/**
 * Pulls the cable and has the agent change the network without it. No other change may be
 * pending, which would be taken for this one. The shared folder is not mounted then: while the
 * server of a mounted one is away, systemd's generators wait a minute and a half for it, and
 * netplan with them, each time that it is called. Returns, once the change is in force and the
 * controller is waited for, what the file was that comes back.
 */
async function startChangeInTheDark({ secondary }: NetworkCluster): Promise<{ readonly edited: string }> {
  const edited = `# by hand ${performance.now()}\n${await secondary.readFile(ownFile)}`;
  await secondary.check(["systemctl", "stop", "home-mpihpc-shared.mount"], { timeoutMs: minutes });
  await secondary.partition();
  await secondary.writeFile(ownFile, edited, 0o600);
  await waitFor(
    "the change to be in force",
    async () => ((await secondary.readFile(record)).includes('"phase": "applied"') ? true : undefined),
    { timeoutMs: patienceMs, everyMs: 200 },
  );
  expect(await secondary.readFile(ownFile)).not.toBe(edited);
  return { edited };
}

/** Waits until no change is pending any longer: the deadline, and what a slow machine takes for netplan. */
async function untilSettled(secondary: LabHost, confirmSeconds: number): Promise<void> {
  await waitFor(
    "the change to be taken back",
    async () => ((await secondary.readFile(record)).includes('"pending"') ? undefined : true),
    { timeoutMs: confirmSeconds * 1000 + patienceMs, everyMs: 500 },
  );
  expect(await secondary.readFile(record)).toContain('"reverted"');
}

/** Waits until no change is pending: a plan is work for both machines, and finds nothing to do then. */
async function untilConfirmed(secondary: LabHost): Promise<void> {
  const look = async () => {
    const { stdout } = await secondary.run(["cat", ownFile, record], { timeoutMs: minutes });
    return stdout.startsWith("# Managed by Cowherd") && !/"(pending|reverted)"/.test(stdout) ? true : undefined;
  };
  await waitFor("the change to be confirmed", look, { timeoutMs: 8 * minutes, everyMs: 1_000 });
}

/** Has what was taken back tried again, as the change of a file does. */
async function mend(secondary: LabHost): Promise<void> {
  await secondary.writeFile(ownFile, `# again\n${await secondary.readFile(ownFile)}`, 0o600);
}

async function untilSettledAgain({ primary, secondary, confirmSeconds }: NetworkCluster): Promise<void> {
  await untilInSync({ primary, secondary, confirmSeconds });
  expect(await secondary.readFile(ownFile)).toMatch(/^# Managed by Cowherd/);
  expect((await nicsOf(secondary)).nic.addresses).toEqual([`${secondary.address}/24`]);
}

/** Waits until a check finds nothing to do for the node's network. */
async function untilInSync({ primary, secondary }: NetworkCluster): Promise<void> {
  await untilConfirmed(secondary);
  await waitFor(
    `${secondary.name}'s network to be in sync`,
    async () => {
      const { exitCode, stdout } = await primary.run(["cowctl", "plan", "-o", "json"], { timeoutMs: 4 * minutes });
      if (exitCode !== 0) return undefined;
      const { nodes }: { nodes: readonly PlannedNode[] } = JSON.parse(stdout);
      const outcomes = nodes.find(({ node }) => node === secondary.name)?.outcomes ?? [];
      return outcomes.some(({ resource, end }) => resource === "network" && end === "in-sync") ? true : undefined;
    },
    { timeoutMs: 8 * minutes, everyMs: 2_000 },
  );
}

type PlannedNode = {
  readonly node: string;
  readonly outcomes?: readonly { readonly resource: string; readonly end: string }[];
};

type LiveNic = { readonly name: string; readonly mac: string; readonly addresses: readonly string[] };

type LiveNics = { readonly nic: LiveNic; readonly nat: LiveNic };

/** The cluster's NIC and the one that leads out, as the kernel has them, once DHCP has said which leads out. */
function nicsOf(host: LabHost): Promise<LiveNics> {
  const look = () => lookAtNics(host);
  return waitFor(`a default route on ${host.name}`, look, { timeoutMs: minutes, everyMs: 1_000 });
}

async function lookAtNics(host: LabHost): Promise<LiveNics | undefined> {
  const links: readonly IpLink[] = JSON.parse(await host.check(["ip", "-json", "-4", "address", "show"]));
  const route = await host.check(["ip", "-4", "route", "show", "default"]);
  const nics = (await Promise.all(links.map(async (link) => ({ link, mac: await macOf(host, link.ifname) }))))
    .filter(({ link }) => link.ifname !== undefined && link.ifname !== "lo")
    .map(({ link: { ifname = "", addr_info = [] }, mac }) => ({
      name: ifname,
      mac,
      addresses: addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    }));
  const nat = nics.find(({ name }) => route.includes(` dev ${name} `));
  const nic = nics.find(({ name }) => name !== nat?.name);
  return nat === undefined || nic === undefined ? undefined : { nic, nat };
}

/** The IPv4 addresses of one NIC, also while netplan has taken the default route away for a moment. */
async function addressesOf(host: LabHost, name: string): Promise<readonly string[]> {
  const [link]: readonly IpLink[] = JSON.parse(await host.check(["ip", "-json", "-4", "address", "show", "dev", name]));
  return (link?.addr_info ?? []).map(({ local, prefixlen }) => `${local}/${prefixlen}`);
}

type IpLink = {
  readonly ifname?: string;
  readonly addr_info?: readonly { readonly local: string; readonly prefixlen: number }[];
};

async function macOf(host: LabHost, name: string | undefined): Promise<string> {
  return name === undefined ? "" : (await host.check(["cat", `/sys/class/net/${name}/address`])).trim();
}

/** When netplan was asked for something, as the journal of its jobs has it. */
function appliedTimes(host: LabHost): Promise<string> {
  return host.check(["journalctl", "--quiet", "--no-pager", "--output=short-unix", "--unit=cowherd-job-netplan-*"]);
}
