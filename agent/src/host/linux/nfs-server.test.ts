import { describe, expect, it } from "vitest";
import { createLinuxNfsServer } from "./nfs-server.ts";

const signal = new AbortController().signal;
const wanted = "/etc/systemd/system/multi-user.target.wants/nfs-server.service";
const threads = "/proc/fs/nfsd/threads";

/** A server that remembers what systemctl was asked; every command ends as `stderr` says. */
function scripted(texts: Readonly<Record<string, string>>, stderr = "") {
  const asked: string[] = [];
  const nfsServer = createLinuxNfsServer({
    readText: async (path) => texts[path],
    async run(argv) {
      asked.push(argv.join(" "));
      return { exitCode: stderr === "" ? 0 : 1, stdout: "", stderr };
    },
  });
  return { asked, nfsServer };
}

describe("linux NFS server", () => {
  it("reads how it stands from files, with no child process", async () => {
    const etab = "/srv/a\\040b\t192.168.56.0/24(rw,sync,no_root_squash)\n";
    const { asked, nfsServer } = scripted({ [wanted]: "", [threads]: "8\n", "/var/lib/nfs/etab": etab });
    expect(await nfsServer.look()).toEqual({
      enabled: true,
      running: true,
      exports: [{ path: "/srv/a b", clients: "192.168.56.0/24", options: ["rw", "sync", "no_root_squash"] }],
    });
    expect(asked).toEqual([]);
  });

  it("is off where nothing of it is there", async () => {
    expect(await scripted({}).nfsServer.look()).toEqual({ enabled: false, running: false, exports: [] });
  });

  it("reloads a server that runs, so that its clients notice nothing", async () => {
    const { asked, nfsServer } = scripted({ [wanted]: "", [threads]: "8\n" });
    await nfsServer.serve(signal);
    expect(asked).toEqual(["systemctl --no-ask-password reload-or-restart nfs-server.service"]);
  });

  it("enables one that is not enabled, and restarts one without threads", async () => {
    const { asked, nfsServer } = scripted({ [threads]: "0\n" });
    await nfsServer.serve(signal);
    expect(asked.map((command) => command.split(" ")[2])).toEqual(["enable", "restart"]);
  });

  it("says that the kernel cannot serve", async () => {
    const { nfsServer } = scripted({ "/proc/filesystems": "\text4\n" }, "A dependency job failed.");
    await expect(nfsServer.serve(signal)).rejects.toThrow("kernel cannot serve NFS");
  });

  it("says what systemctl said where the kernel could", async () => {
    const { nfsServer } = scripted({ "/proc/filesystems": "nodev\tnfsd\n" }, "Job failed.\nSee the journal.");
    await expect(nfsServer.serve(signal)).rejects.toThrow("systemctl enable nfs-server.service: Job failed.");
  });
});
