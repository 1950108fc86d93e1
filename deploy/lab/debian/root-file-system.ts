import { chmod, readdir, rm, writeFile } from "node:fs/promises";
import { NAT, SUBNET } from "../layout.ts";
import { checkCommand } from "../machine/command.ts";
import { cachedFolder, type Report } from "./cached-folder.ts";
import type { DistributionSources } from "./machine-apt.ts";

/** Raise this when the steps below change what they make. */
const STEPS = 1;

/** What a server has before anybody has touched it. The rest comes from the lab's repository, as on real machines. */
const PACKAGES = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "udev",
  "kmod",
  "procps",
  "netbase",
  "iproute2",
  "iputils-ping",
  "openssh-server",
  "openssh-client",
  "sudo",
  "ca-certificates",
];

const FILES: Readonly<Record<string, string>> = {
  "/etc/hostname": "debian\n",
  "/etc/hosts": [
    "127.0.0.1\tlocalhost",
    "127.0.1.1\tdebian",
    "",
    "# The following lines are desirable for IPv6 capable hosts",
    "::1     localhost ip6-localhost ip6-loopback",
    "ff02::1 ip6-allnodes",
    "ff02::2 ip6-allrouters",
    "",
  ].join("\n"),
  "/etc/resolv.conf": `nameserver ${NAT.gateway}\n`, // nobody serves names there: a lookup fails at once
  "/etc/apt/sources.list": `deb [trusted=yes] http://${SUBNET.lab}/debian ./\n`,
};

/**
 * Returns a folder with a plain server of this machine's distribution that has never
 * booted: no machine id, no SSH host keys, nothing of ours but where apt finds its packages.
 * `more` are packages that it has beside those of a plain server.
 */
export function rootFileSystem(
  distribution: DistributionSources,
  report: Report,
  more: readonly string[] = [],
): Promise<string> {
  const { codename, architecture, sources, transport } = distribution;
  const files = Object.entries(FILES).flat();
  const packages = [...PACKAGES, ...more];
  const recipe = { steps: STEPS, codename, architecture, sources, packages, files };
  return cachedFolder("rootfs", recipe, report, async (root) => {
    await checkCommand(
      [
        "mmdebstrap",
        "--quiet",
        "--mode=root",
        "--variant=minbase",
        `--architectures=${architecture}`,
        `--include=${packages.join(",")}`,
        ...transport.map((line) => `--aptopt=${line}`),
        codename,
        root,
        "-",
      ],
      { input: `${sources.join("\n")}\n` },
    );
    await chmod(root, 0o755);
    await forgetTheBuild(root);
    for (const [path, content] of Object.entries(FILES)) await writeFile(`${root}${path}`, content);
  });
}

/** Takes out what the build brought from this machine, and what every installation makes for itself. */
async function forgetTheBuild(root: string): Promise<void> {
  const keys = (await readdir(`${root}/etc/ssh`)).filter((name) => name.startsWith("ssh_host_"));
  for (const key of keys) await rm(`${root}/etc/ssh/${key}`);
  await rm(`${root}/etc/apt/apt.conf.d/99mmdebstrap`, { force: true });
  await rm(`${root}/etc/resolv.conf`, { force: true });
}
