import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { createFakeRun } from "../../cli/src/fake-io.ts";
import { createGrpcOperatorLink } from "../../cli/src/link/grpc-operator-link.ts";
import { convergeAll } from "../../controller/src/fake-convergence.ts";
import { startFakeCluster } from "../../controller/src/rpc/fake-cluster.ts";
import { openSqliteStore } from "../../controller/src/store/sqlite-store.ts";

const run = createFakeRun(createGrpcOperatorLink);
const deadlines = { answerMs: 2_000, nodesMs: 2_000 };

/** Waits until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

it("cowctl follows the events over a restart of the controller, misses none and shows none twice", async () => {
  const folder = await mkdtemp(`${tmpdir()}/following-`);
  const path = `${folder}/cluster.sqlite`;
  const end = new AbortController();
  const sequences: number[] = [];
  const write = (line: string) => void sequences.push(Number(JSON.parse(line).sequence));

  const store = openSqliteStore(path);
  const first = await startFakeCluster(store);
  let socket = first.socket;
  const openLink = () => createGrpcOperatorLink({ via: "socket", path: socket }, deadlines);
  const following = run(["events", "--follow", "--since", "1h", "-o", "json"], socket, {
    openLink,
    signal: end.signal,
    stdout: { isTerminal: false, write },
  });
  await first.join("primary", 1);
  convergeAll(first.controller);
  const seen = Number(first.controller.events.last());
  await until(() => sequences.length === seen);
  await first[Symbol.asyncDispose]();
  store.close();

  const again = openSqliteStore(path);
  const second = await startFakeCluster(again);
  await second.join("secondary1", 2); // before the follower is back
  socket = second.socket;
  convergeAll(second.controller);
  await second.join("secondary2", 3);
  const last = Number(again.events.last());
  await until(() => sequences.at(-1) === last);
  end.abort();
  expect(await following).toMatchObject({ exitCode: 130 });
  expect(last).toBeGreaterThan(seen + 4);
  expect(sequences).toEqual(Array.from({ length: last }, (_, at) => at + 1));
  await second[Symbol.asyncDispose]();
  again.close();
  await rm(folder, { recursive: true });
});
