import { type Event, toWireKeptEvent } from "@cowherd/proto";
import type { ListEventsRequest, ListEventsResponse } from "@cowherd/proto/wire";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createFolder, FakeRefusal } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const runFake = createFakeRun(createGrpcOperatorLink);
const run = createFakeAsk(runFake);
type Stream = ServerWritableStream<ListEventsRequest, ListEventsResponse>;

const time = Date.UTC(2026, 10, 26, 14, 30);
const place = (sequence: bigint): ListEventsResponse => ({
  sequence,
  kept: undefined,
  type: "",
  node: "",
  cloudEvent: "",
});
function response(sequence: bigint, event: Event, node = ""): ListEventsResponse {
  const kept = toWireKeptEvent({ sequence, id: "01", time, event });
  return {
    sequence,
    kept,
    type: event.type,
    node,
    cloudEvent: JSON.stringify({ sequence: `${sequence}`, type: event.type }),
  };
}
const ready = (sequence: bigint, node: string) => response(sequence, { type: "node.ready", node, slots: 4 }, node);
const published: Event = {
  type: "hostfile.published",
  generation: 7n,
  slots: 1,
  added: [],
  removed: ["secondary1"],
  changed: [{ node: "primary", before: 2, after: 1 }],
};

function listing(...responses: readonly ListEventsResponse[]) {
  return (stream: Stream) => {
    for (const one of [place(0n), ...responses]) stream.write(one);
    stream.end();
  };
}

describe("cowctl events", () => {
  it("writes each in a line, in words", async () => {
    const lost: Event = { type: "node.unreachable", node: "secondary1", reason: "no sign of life\x1b[2J" };
    const { exitCode, out, err } = await run(["events"], {
      listEvents: listing(ready(1n, "secondary1"), response(2n, lost, "secondary1"), response(3n, published)),
    });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out.split("\n")).toEqual([
      "2026-11-26 14:30:00 UTC  node.ready            secondary1 is ready for 4 ranks",
      "2026-11-26 14:30:00 UTC  node.unreachable      secondary1 is unreachable: no sign of life\u{fffd}[2J",
      "2026-11-26 14:30:00 UTC  hostfile.published    generation 7 with 1 slot; gone: secondary1; primary has 1 in place of 2",
      "",
    ]);
  });

  it("paints them on a terminal as the status does", async () => {
    const out: string[] = [];
    const stdout = { isTerminal: true, write: (text: string) => void out.push(text) };
    await run(["events"], { listEvents: listing(ready(1n, "secondary1")) }, { stdout });
    expect(out.join("")).toContain("\x1b[32mnode.ready");
  });

  it("writes JSON as the controller has it, an event a line, with nothing that steers a terminal", async () => {
    const odd = { ...ready(2n, "secondary1"), cloudEvent: '{"reason":"\u009b2J\u202e"}' };
    const { out } = await run(["events", "-o", "json"], { listEvents: listing(ready(1n, "secondary1"), odd) });
    expect(out).toBe('{"sequence":"1","type":"node.ready"}\n{"reason":"\\u009b2J\\u202e"}\n');
    expect(JSON.parse(out.split("\n")[1] ?? "")).toEqual({ reason: "\u009b2J\u202e" });
  });

  it("shows an event that it is too old to know", async () => {
    const later: ListEventsResponse = {
      sequence: 9n,
      kept: { sequence: 9n, id: "01", time: new Date(time), event: { kind: undefined } },
      type: "node.married",
      node: "secondary1",
      cloudEvent: '{"type":"io.cowherd.node.married.v1"}',
    };
    const answers = { listEvents: listing(later, ready(10n, "secondary2")) };
    expect((await run(["events"], answers)).out.split("\n")).toEqual([
      "2026-11-26 14:30:00 UTC  node.married          secondary1: this cowctl is too old to know what that is",
      "2026-11-26 14:30:00 UTC  node.ready            secondary2 is ready for 4 ranks",
      "",
    ]);
    expect((await run(["events", "-o", "json"], answers)).out).toContain("io.cowherd.node.married.v1");
  });

  it("asks for what is wanted", async () => {
    const asked: ListEventsRequest[] = [];
    const listEvents = (stream: Stream) => {
      asked.push(stream.request);
      stream.end();
    };
    const { err } = await run(["events", "--since", "1h", "--node", "secondary1", "--type", "node"], { listEvents });
    expect(asked).toEqual([{ after: undefined, sinceMs: 3_600_000n, follow: false, node: "secondary1", type: "node" }]);
    expect(err).toBe("there are no such events\n");
  });

  it("says what is wrong with a time, and passes on what the controller says of a type", async () => {
    const { exitCode, err } = await run(["events", "--since", "yesterday"], {});
    expect([exitCode, err]).toEqual([64, expect.stringContaining("such as 90s, 15m, 1h or 2d")]);
    const refused = await run(["events", "--type", "node.redy"], {
      listEvents: (stream) => {
        stream.emit("error", Object.assign(new Error("no"), { code: 5, details: "did you mean node.ready?" }));
      },
    });
    expect(refused).toMatchObject({ exitCode: 68, err: expect.stringContaining("did you mean node.ready?") });
  });

  it("names an example and every type in its help", async () => {
    const { out } = await run(["events", "--help"], {});
    expect(out).toContain("cowctl events --since 1h");
    expect(out).toContain("certificate.expiring");
  });
});

describe("cowctl events --follow", () => {
  it("comes back with the last that it saw, also where that was none yet", async () => {
    const end = new AbortController();
    let out = "";
    const write = (text: string) => {
      out += text;
      if (out.includes("secondary3")) end.abort();
    };
    const asked: (bigint | undefined)[] = [];
    const streams = [
      [place(4n)],
      [place(4n), ready(5n, "secondary1"), ready(6n, "secondary2")],
      [place(6n), ready(7n, "secondary3")],
    ];
    const listEvents = (stream: Stream) => {
      asked.push(stream.request.after);
      for (const one of streams[asked.length - 1] ?? []) stream.write(one);
      if (asked.length < 3) stream.emit("error", new FakeRefusal("CANCELLED", "the controller stops"));
    };
    const { exitCode, err } = await run(
      ["events", "--follow"],
      { listEvents },
      { signal: end.signal, stdout: { isTerminal: false, write } },
    );
    expect(exitCode).toBe(130);
    expect(err).toBe("lost the controller; trying again\n".repeat(2));
    expect(asked).toEqual([undefined, 4n, 6n]);
    expect(out.match(/secondary\d/g)).toEqual(["secondary1", "secondary2", "secondary3"]);
  });

  it("is an error where no controller is there to begin with", async () => {
    await using folder = await createFolder();
    expect(await runFake(["events", "-f"], `${folder.path}/none.sock`)).toMatchObject({ exitCode: 69, out: "" });
  });
});
