import { createHash } from "node:crypto";
import type { SpecOf } from "@cowherd/proto";
import type { NetworkChange, NetworkView } from "../host/network.ts";
import { reasonToWait } from "../network/attempt.ts";
import { liveProblem } from "../network/live-problem.ts";
import { parseCidr } from "../network/subnet.ts";
import { ownPath, type WantedNetwork, wantedFiles } from "../network/wanted-files.ts";
import {
  applyCloudDropIn,
  type CloudDropIn,
  type CloudDropInChange,
  describeCloudDropIn,
  dropInPath,
  planCloudDropIn,
  readCloudDropIn,
} from "./cloud-drop-in.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { guard, isAddress } from "./spec-guard.ts";

type Spec = SpecOf<"network">;

type Observed = { readonly view: NetworkView; readonly cloud: CloudDropIn };

type Change =
  | CloudDropInChange
  | { readonly action: "settle"; readonly address: string }
  | { readonly action: "change"; readonly why: string; readonly change: NetworkChange };

/** A change that was taken back not long ago. The message says why, and when it is tried again. */
export class NetworkPausedError extends Error {
  override readonly name = "NetworkPausedError";
}

const cloudPath = dropInPath("99-cowherd-network");

/** cloud-init would write 50-cloud-init.yaml again at a boot that it takes for the first (E7). */
const dropIn = "# Managed by Cowherd; edits are replaced.\nnetwork: {config: disabled}\n";

/** Files that installers leave; what is changed in others is found by a full pass. */
const usualFiles = ["50-cloud-init.yaml", "00-installer-config.yaml", "01-netcfg.yaml", "01-network-manager-all.yaml"];

const mostConfirmSeconds = 3600;

/**
 * The machine's NICs through netplan(5): the cluster's holds the declared address and nothing
 * else, those that lead out get the nameservers. A change is confirmed by reaching the
 * controller over it, or taken back. A machine whose only way out is the cluster's NIC is
 * refused where the spec demands its network, and left as it is otherwise.
 */
export const networkResource: Resource<Spec, Observed, Change> = {
  async read(_spec, host) {
    return { view: await host.network.read(), cloud: await readCloudDropIn(cloudPath, host) };
  },

  plan(spec, { view, cloud }) {
    refuseUnsound(spec);
    if (view.pending !== undefined) return [{ action: "settle", address: view.pending }];
    if (!view.present) {
      throw new ConflictError('netplan is not installed: install netplan.io, or write "network: off" in cluster.yaml');
    }
    const wanted = wantedFiles(spec, view.nics, view.files);
    if (wanted === undefined) return [];
    const dropIns = planCloudDropIn(cloudPath, dropIn, cloud);
    const problem = wanted.writes.length === 0 ? liveProblem(wanted.cidr, wanted.nic) : "files";
    if (problem === undefined) return dropIns;
    const { writes, backups, nic } = wanted;
    const change = {
      ...{
        found: view.files,
        writes,
        backups,
        device: nic.name,
        address: spec.address,
        confirmSeconds: spec.confirmSeconds,
      },
      ...{ change: fingerprintOf(spec, view, wanted), problem },
    };
    const wait = reasonToWait(view.last, change, view.nowMs);
    if (wait !== undefined) throw new NetworkPausedError(problem === "files" ? wait : `${problem}: ${wait}`);
    return [...dropIns, { action: "change", why: whyOf(wanted, problem), change }];
  },

  async apply(change, host, signal) {
    switch (change.action) {
      case "make-folder":
      case "write-drop-in":
        return applyCloudDropIn(change, host);
      case "settle":
        return host.network.settle(signal);
      case "change":
        return host.network.change(change.change, signal);
    }
  },

  describe(change) {
    switch (change.action) {
      case "make-folder":
      case "write-drop-in":
        return describeCloudDropIn(change);
      case "settle":
        return `wait until the pending change to ${change.address} is confirmed or taken back`;
      case "change":
        return change.why;
    }
  },

  watches: () => [ownPath, cloudPath, ...usualFiles.map((name) => `/etc/netplan/${name}`)],
};

function refuseUnsound({ address, mac, nameservers, confirmSeconds }: Spec): void {
  guard(
    parseCidr(address) !== undefined,
    () => `${JSON.stringify(address)} is not an address with its network's length`,
  );
  guard(mac === undefined || /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac), () => `${JSON.stringify(mac)} is not a MAC`);
  for (const one of nameservers) guard(isAddress(one), () => `nameserver ${JSON.stringify(one)} is not an address`);
  guard(
    confirmSeconds >= 1 && confirmSeconds <= mostConfirmSeconds,
    () => `${confirmSeconds} s to confirm a change is not from 1 to ${mostConfirmSeconds}`,
  );
}

function whyOf({ writes, nic, cidr }: WantedNetwork, problem: string): string {
  const place = `${cidr.address}/${cidr.length} on ${nic.name}`;
  if (writes.length === 0) return `apply the network's configuration again: ${problem}`;
  return `write ${writes.map(({ path }) => path).join(" and ")}, and apply: ${place}`;
}

/** The same for the same spec, NIC and files: by it a change that was taken back is known again. */
function fingerprintOf({ address, mac, nameservers }: Spec, { files }: NetworkView, { nic }: WantedNetwork): string {
  const hash = createHash("sha256").update(JSON.stringify([address, mac, nameservers, nic.name, nic.mac]));
  for (const { path, content } of files) hash.update(`\n${path} ${content.length}\n`).update(content);
  return hash.digest("hex");
}
