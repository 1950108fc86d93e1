import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createMemoryProcesses } from "../memory-processes.ts";
import { processesContract } from "../processes.contract.ts";
import { createLinuxProcesses } from "./processes.ts";

const uid = process.getuid?.() ?? 0;

async function start(env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn("/bin/sleep", ["600"], { env, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  return child.pid ?? 0;
}

processesContract("memory", async () => {
  const common = { uid, parent: 1, program: "sleep", startedAt: 1, ageMs: 5, argv: ["/bin/sleep", "600"] };
  const processes = createMemoryProcesses({
    processes: [
      { ...common, pid: 10, isRank: true },
      { ...common, pid: 11, isRank: false },
    ],
  });
  return { processes, uid, rank: 10, plain: 11, argv: common.argv };
});

if (process.platform === "linux") {
  processesContract("linux", async () => ({
    processes: createLinuxProcesses(),
    uid,
    rank: await start({ PMI_RANK: "0" }),
    plain: await start({}),
    argv: ["/bin/sleep", "600"],
  }));
}

it.runIf(process.platform === "linux")("knows this process, its age and where it is connected to", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const { processes, connectedPorts } = await createLinuxProcesses().look(uid);
  socket.destroy();
  server.close();
  expect(connectedPorts.has(port)).toBe(true);
  const own = processes.find(({ pid }) => pid === process.pid);
  expect(own?.parent).toBe(process.ppid);
  expect(Math.abs((own?.ageMs ?? 0) - process.uptime() * 1_000)).toBeLessThan(5_000);
});
