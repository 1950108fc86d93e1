import { createMemoryHost } from "./memory-host.ts";
import { mountsContract } from "./mounts.contract.ts";
import { nfsServerContract } from "./nfs-server.contract.ts";

const root = { mode: 0o644, uid: 0, gid: 0 };

nfsServerContract("memory", async () => {
  const { files, nfsServer } = createMemoryHost();
  const replaceExports = (text: string) => files.replace("/etc/exports", { ...root, content: Buffer.from(text) });
  return { nfsServer, replaceExports, folders: ["/srv/one", "/srv/two"] };
});

mountsContract("memory", async () => {
  const seed = { servers: { primary: "192.168.56.10" }, silent: ["192.168.56.99"] };
  const { files, mounts } = createMemoryHost({ mounts: seed });
  return {
    mounts,
    replaceFstab: (text) => files.replace("/etc/fstab", { ...root, content: Buffer.from(text) }),
    server: { name: "primary", address: "192.168.56.10", folders: ["/srv/one", "/srv/two"] },
    silentAddress: "192.168.56.99",
    path: "/mnt/contract",
    tidy: async () => {},
  };
});
