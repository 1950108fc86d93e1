import { getEventListeners } from "node:events";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { createResponseStream } from "./response-stream.ts";

it("holds nothing of what it has sent, however long it is open", async () => {
  const call = new PassThrough({ objectMode: true }).resume();
  const stream = createResponseStream<string>(call);
  for (let look = 0; look < 50; look += 1) await stream.send("look");
  expect(getEventListeners(stream.closed, "abort")).toEqual([]);
  call.destroy();
  await new Promise((resolve) => call.once("close", resolve));
  await stream.send("nobody reads this");
  expect(stream.closed.aborted).toBe(true);
});
