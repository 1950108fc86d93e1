import { createMemoryHost } from "./memory-host.ts";
import { pythonsContract } from "./pythons.contract.ts";

pythonsContract("memory", async () => {
  const host = createMemoryHost({
    folders: { "/home/ada": { mode: 0o755, uid: 7777, gid: 7777 } },
    pythons: { index: { click: "8.1.3" } },
  });
  const owner = { user: "ada", home: "/home/ada", uid: 7777, gid: 7777 };
  const source = { url: "http://192.168.56.1/pyenv.tar.gz", sha256: "0".repeat(64) };
  return { pythons: host.pythons, files: host.files, owner, source };
});
