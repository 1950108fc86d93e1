import { accountsContract } from "./accounts.contract.ts";
import { filesContract } from "./files.contract.ts";
import { keyMakerContract } from "./key-maker.contract.ts";
import { createMemoryHost } from "./memory-host.ts";

filesContract("memory", async () => createMemoryHost().files, { uid: 7777, gid: 7777 });
accountsContract("memory", async () => createMemoryHost({ folders: { "/home": { mode: 0o755, uid: 0, gid: 0 } } }));
keyMakerContract("memory", async () => createMemoryHost().keyMaker);
