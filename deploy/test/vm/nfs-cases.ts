import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { clusterUser } from "../../cluster/operate.ts";
import { untilListed, untilPhase } from "../../cluster/status.ts";
import { waitFor } from "../../cluster/wait-for.ts";
import type { LabHost } from "../../lab/lab.ts";

/** A cluster whose machines have kernels of their own, converged, with a shared folder at the manual's place. */
export type SharedCluster = { readonly primary: LabHost; readonly secondary: LabHost };

const shared = "/home/mpihpc/shared";
const asUser = { user: clusterUser, timeoutMs: 60_000 };
const minutes = 60_000;
/** Some leases, which are seven seconds. */
const leasesMs = 30_000;

/**
 * What machines do to each other's shared folder. The cases follow one another, and each
 * leaves the cluster as it found it: both nodes ready and the mount working.
 */
export function nfsCases(cluster: () => SharedCluster): void {
  describe("the shared folder", () => {
    it("F8: has files of one owner on all nodes, by numbers", async () => {
      const { primary, secondary } = cluster();
      const file = `${shared}/mine`;
      await secondary.check(["touch", file], asUser);
      expect(await primary.check(["stat", "--format=%u:%g", file])).toBe("7777:7777\n");
      expect(await secondary.check(["stat", "--format=%U:%G", file])).toBe(`${clusterUser}:${clusterUser}\n`);
      await primary.check(["rm", file]);
    });

    it("F4: is exported to the cluster's network, since a name's address may be an old one", async () => {
      const exported = await cluster().primary.check(["exportfs", "-s"]);
      expect(exported.trim().split("\n")).toEqual([
        expect.stringMatching(new RegExp(`^${shared}\\s+192\\.168\\.56\\.0/24\\(`)),
      ]);
    });

    it("S4: hides nobody's keys", async () => {
      await cluster().secondary.check(["test", "-s", "/home/mpihpc/.ssh/authorized_keys"], asUser);
    });

    it("K13: has nothing written anew and no probe left behind by a second run", async () => {
      const { primary, secondary } = cluster();
      const times = (host: LabHost, ...files: string[]) => host.check(["stat", "--format=%n %y %i", ...files]);
      const look = async () => [
        await times(primary, "/etc/exports", "/var/lib/nfs/etab"),
        await times(secondary, "/etc/fstab"),
      ];
      const before = await look();
      for (const host of [primary, secondary]) await nextRun(host);
      expect(await look()).toEqual(before);
      const proofs = async () => (await primary.check(["find", shared, "-name", ".cowherd-*"])) === "" || undefined;
      // A proof that a restart cut short is cleaned up by the next one, which comes within five minutes.
      await waitFor("the proofs to clean up", proofs, { timeoutMs: 8 * minutes, everyMs: 1_000 });
    });

    it("F6: keeps foreign lines, and takes the manual's own line for its own", async () => {
      const { primary, secondary } = cluster();
      const exports = await primary.readFile("/etc/exports");
      const fstab = await secondary.readFile("/etc/fstab");
      const byHand = `primary:${shared} ${shared} nfs`;
      await primary.writeFile("/etc/exports", `/srv 10.9.9.0/24(ro,no_subtree_check)\n${exports}`);
      await secondary.writeFile("/etc/fstab", `tmpfs /mnt/foreign tmpfs noauto 0 0\n${byHand}\n${fstab}`);
      const text = await waitFor(
        "the line to be taken over",
        async () => {
          const now = await secondary.readFile("/etc/fstab");
          return now.startsWith("tmpfs") && !now.includes(`\n${byHand}\n`) ? now : undefined;
        },
        { timeoutMs: 3 * minutes },
      );
      expect(text).toContain(`instead, with options that let the machine boot: ${byHand}\n`);
      expect(text.endsWith(fstab.slice(fstab.indexOf("# BEGIN COWHERD")))).toBe(true);
      expect(await primary.readFile("/etc/exports")).toContain("/srv 10.9.9.0/24(ro,no_subtree_check)\n");
      await primary.writeFile("/etc/exports", exports);
      await secondary.writeFile("/etc/fstab", fstab);
      await works(secondary);
    });

    it("F5: is mounted again as soon as the server's name is known, which it was not", async () => {
      const { primary, secondary } = cluster();
      const [mount, automount] = ["home-mpihpc-shared.mount", "home-mpihpc-shared.automount"];
      await secondary.check(["systemctl", "stop", "cowherd-agent.service"]); // or the name is back at once
      await secondary.check(["systemctl", "stop", mount, automount], { timeoutMs: minutes });
      await secondary.writeFile("/etc/hosts", "127.0.0.1 localhost\n");
      await secondary.check(["systemctl", "stop", "systemd-resolved.service"]); // it asks the neighbours for a name (LLMNR)
      expect((await secondary.run(["getent", "hosts", primary.name], { timeoutMs: minutes })).exitCode).toBe(2);
      await secondary.check(["systemctl", "start", automount], { timeoutMs: minutes });
      const { exitCode } = await secondary.run(["timeout", "--kill-after=5", "30", "ls", `${shared}/`], asUser);
      expect(exitCode).not.toBe(0);
      await secondary.check(["systemctl", "start", "systemd-resolved.service", "cowherd-agent.service"]);
      await works(secondary);
      await untilListed(primary, secondary.name);
    }, 600_000);

    it("F9: loses no lease while the server is away, says so, and goes on where it was when it is back", async () => {
      const { primary, secondary } = cluster();
      await primary.check(["systemctl", "mask", "--runtime", "nfs-server.service"]); // or its agent starts it again at once
      await primary.check(["systemctl", "stop", "nfs-server.service"], { timeoutMs: minutes });
      await primary.check(["rpc.nfsd", "0"]); // a masked unit has forgotten how it is stopped
      const writer = secondary.run(["dd", "if=/dev/zero", `of=${shared}/late`, "bs=1k", "count=64", "conv=fsync"], {
        user: clusterUser,
        timeoutMs: 10 * minutes, // the server's grace period is in it
      });
      await secondary.check(["systemctl", "restart", "cowherd-agent.service"]);
      const degraded = await untilPhase(primary, secondary.name, "degraded");
      expect(degraded.reason).toMatch(/does not answer as an NFS server/);
      await sleep(leasesMs);
      const told = await eventsOf(primary, secondary.name);
      const last = told.lastIndexOf("io.cowherd.node.degraded.v1");
      expect(last).toBeGreaterThanOrEqual(0);
      expect(told.slice(last)).not.toContain("io.cowherd.node.unreachable.v1");
      await primary.check(["systemctl", "unmask", "--runtime", "nfs-server.service"]);
      await primary.check(["systemctl", "restart", "cowherd-agent.service"]); // which starts the server
      expect((await writer).exitCode).toBe(0); // hard: the write waited, and none of it was lost
      expect(await primary.check(["stat", "--format=%s", `${shared}/late`])).toBe("65536\n");
      await primary.check(["rm", `${shared}/late`]);
      for (const { name } of [primary, secondary]) await untilListed(primary, name);
    }, 900_000);

    it("F2: is mounted afresh where it went stale", async () => {
      const { primary, secondary } = cluster();
      const copy = `${shared}.copy`;
      await primary.check(["cp", "--archive", shared, copy]);
      await primary.check(["rm", "--recursive", "--one-file-system", shared]); // the folder that was mounted is no more
      await primary.check(["mv", copy, shared]);
      await primary.check(["exportfs", "-r"]);
      await secondary.check(["systemctl", "restart", "cowherd-agent.service"]);
      await works(secondary);
      await untilListed(primary, secondary.name);
    }, 600_000);

    it("F10: is not mounted over files, and names them", async () => {
      const { primary, secondary } = cluster();
      const automount = "home-mpihpc-shared.automount";
      await secondary.check(["systemctl", "stop", "home-mpihpc-shared.mount", automount], { timeoutMs: minutes });
      await secondary.writeFile(`${shared}/results.csv`, "1\n");
      await secondary.check(["systemctl", "restart", "cowherd-agent.service"]);
      const degraded = await untilPhase(primary, secondary.name, "degraded");
      expect(degraded.reason).toMatch(/results\.csv/);
      expect(await secondary.readFile(`${shared}/results.csv`)).toBe("1\n");
      await secondary.check(["rm", `${shared}/results.csv`]);
      await works(secondary);
      await untilListed(primary, secondary.name);
    }, 600_000);

    it("F1, F3: is mounted on a secondary that boots before the primary, and holds up no boot", async () => {
      const { primary, secondary } = cluster();
      for (const host of [secondary, primary]) await host.cutPower();
      await secondary.powerOn(); // resolves once it is up: the server is off all the while
      const { stdout } = await secondary.run(["systemctl", "is-active", "multi-user.target"]);
      expect(stdout).toBe("active\n");
      await primary.powerOn();
      await works(secondary);
      await untilListed(primary, secondary.name);
    }, 900_000);

    it("F2: comes back by itself on a secondary after the primary reboots", async () => {
      const { primary, secondary } = cluster();
      await primary.writeFile(`${shared}/before`, "kept\n");
      await primary.check(["sync"]); // a power cut loses what is not on the disk yet
      expect(await secondary.check(["cat", `${shared}/before`], asUser)).toBe("kept\n");
      await primary.cutPower();
      await primary.powerOn();
      expect(await secondary.check(["cat", `${shared}/before`], { ...asUser, timeoutMs: 2 * minutes })).toBe("kept\n");
      await works(secondary);
      await primary.check(["rm", `${shared}/before`]);
      await untilListed(primary, secondary.name);
    }, 900_000);
  });
}

/** Waits until the user can write in the shared folder of a secondary, and it is the server's. */
async function works(secondary: LabHost): Promise<void> {
  const name = `${shared}/works-${secondary.name}`;
  await waitFor(
    `the shared folder to work on ${secondary.name}`,
    async () => {
      // Bounded by itself: what hangs must not hold the next look.
      const write = ["timeout", "--kill-after=5", "15", "sh", "-c", 'echo yes >"$1" && rm "$1"', "sh", name];
      const { exitCode } = await secondary.run(write, asUser).catch(() => ({ exitCode: 1 }));
      const { stdout } = await secondary.run(["findmnt", "--noheadings", "--output=FSTYPE", shared], {
        timeoutMs: minutes,
      });
      return exitCode === 0 && stdout.includes("nfs4") ? true : undefined;
    },
    { timeoutMs: 4 * minutes, everyMs: 1_000 },
  );
}

/** The types of what was told of a node in the last quarter of an hour, in order. */
async function eventsOf(primary: LabHost, node: string): Promise<readonly string[]> {
  const command = ["cowctl", "events", "--node", node, "--since", "15m", "-o", "json"];
  const lines = (await primary.check(command, { timeoutMs: minutes })).trim().split("\n");
  return lines.map((line) => JSON.parse(line).type);
}

/** Has the agent run once more, as it does when something that it watches was touched, and waits for the end. */
async function nextRun(host: LabHost): Promise<void> {
  const since = (await host.check(["date", "+%s"])).trim();
  await host.check(["systemctl", "restart", "cowherd-agent.service"]);
  await waitFor(
    `a run on ${host.name}`,
    async () => {
      const log = ["journalctl", "--unit=cowherd-agent", `--since=@${since}`, "--output=cat", "--no-pager"];
      return (await host.check(log)).includes("agent starts") || undefined;
    },
    { timeoutMs: 3 * minutes, everyMs: 1_000 },
  );
  await sleep(5_000); // a run that has nothing to do says nothing, and takes less than this
}
