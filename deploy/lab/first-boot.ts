import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { FIRST_BOOT } from "./debian/vm-image.ts";
import { SUBNET } from "./layout.ts";
import { checkCommand } from "./machine/command.ts";
import { type ArchiveEntry, cpioArchive, withFolders } from "./machine/cpio.ts";

/** The NICs of a virtual machine, as its first boot finds them. */
export type VmNics = { readonly address: string; readonly clusterMac: string; readonly natMac: string };

/** A file that a machine finds on its disk when it first boots. The path has no slash in front. */
type FirstFile = { readonly path: string; readonly mode: number; readonly content: string };

const NETPLAN = "etc/netplan/50-cloud-init.yaml";

/** What an Ubuntu Server's installation leaves for its NICs: the NAT on DHCP, the cluster's with its address. */
export function netplanFile({ address, clusterMac, natMac }: VmNics): FirstFile {
  const content = `# This file is generated from information provided by the datasource.  Changes
# to it will not persist across an instance reboot.  To disable cloud-init's
# network configuration capabilities, write a file
# /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg with the following:
# network: {config: disabled}
network:
    ethernets:
        nat:
            dhcp4: true
            match:
                macaddress: "${natMac}"
        host-only:
            addresses:
            - ${address}/${SUBNET.bits}
            match:
                macaddress: "${clusterMac}"
    version: 2
`;
  return { path: NETPLAN, mode: 0o600, content };
}

/** The archive that follows an initrd: what every installation makes for itself. */
export async function newMachineArchive(nics: VmNics): Promise<Uint8Array> {
  const machineId = { path: "etc/machine-id", mode: 0o444, content: `${randomUUID().replaceAll("-", "")}\n` };
  return archiveOf([machineId, ...(await makeHostKeys()), netplanFile(nics)]);
}

/** The archive of a copied machine, whose operator gave it an address of its own. */
export function clonedMachineArchive(nics: VmNics): Uint8Array {
  return archiveOf([netplanFile(nics)]);
}

function archiveOf(files: readonly FirstFile[]): Uint8Array {
  const entries = files.map(
    ({ path, mode, content }): ArchiveEntry => ({ path: `${FIRST_BOOT}/${path}`, mode, content: Buffer.from(content) }),
  );
  return cpioArchive(withFolders(entries));
}

/** One SSH host key of each type, as ssh-keygen(1) makes them at an installation. */
async function makeHostKeys(): Promise<readonly FirstFile[]> {
  const folder = await mkdtemp(`${tmpdir()}/cowherd-lab-`);
  try {
    await mkdir(`${folder}/etc/ssh`, { recursive: true });
    await checkCommand(["ssh-keygen", "-q", "-A", "-f", folder]);
    const names = await readdir(`${folder}/etc/ssh`);
    return await Promise.all(
      names.map(async (name): Promise<FirstFile> => {
        const content = (await readFile(`${folder}/etc/ssh/${name}`, "utf8")).replace(/ \S+@\S+\n$/, " root@debian\n");
        return { path: `etc/ssh/${name}`, mode: name.endsWith(".pub") ? 0o644 : 0o600, content };
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
