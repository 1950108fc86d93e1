import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createFolder, FakeRefusal, serveFakeController } from "./fake-controller.ts";
import { createGrpcOperatorLink } from "./grpc-operator-link.ts";

const never = new AbortController().signal;
const deadlines = { answerMs: 1_000, nodesMs: 1_000 };
const at = (path: string) => ({ via: "socket", path }) as const;

describe("the link to a controller", () => {
  it("knows a socket that is not there", async () => {
    await using folder = await createFolder();
    using link = await createGrpcOperatorLink(at(`${folder.path}/none.sock`), deadlines);
    await expect(link.getStatus(never)).rejects.toMatchObject({
      name: "ControllerUnreachableError",
      because: "no-socket",
    });
  });

  it("knows an address at which nobody listens", async () => {
    using link = await createGrpcOperatorLink(at("/dev/null"), deadlines);
    await expect(link.getStatus(never)).rejects.toMatchObject({ because: "not-listening" });
  });

  it("gives up on a controller that is too slow", async () => {
    await using folder = await createFolder();
    const path = `${folder.path}/operator.sock`;
    await using _controller = await serveFakeController({ getStatus: () => new Promise(() => {}) }, `unix:${path}`);
    using link = await createGrpcOperatorLink(at(path), { answerMs: 50, nodesMs: 50 });
    await expect(link.getStatus(never)).rejects.toMatchObject({ name: "NoAnswerError", address: at(path) });
  });

  it("gives up on something that listens and never speaks", async () => {
    await using folder = await createFolder();
    const path = `${folder.path}/operator.sock`;
    const accepted: Socket[] = [];
    await using silent = createServer((socket) => void accepted.push(socket));
    await new Promise<void>((resolve) => silent.listen(path, resolve));
    using link = await createGrpcOperatorLink(at(path), { answerMs: 50, nodesMs: 50 });
    await expect(link.getStatus(never)).rejects.toMatchObject({ name: "NoAnswerError" });
    for (const socket of accepted) socket.destroy();
  });

  it("stops asking when the person has had enough", async () => {
    await using folder = await createFolder();
    const path = `${folder.path}/operator.sock`;
    const enough = new AbortController();
    const getStatus = () => {
      enough.abort();
      return new Promise<never>(() => {});
    };
    await using _controller = await serveFakeController({ getStatus }, `unix:${path}`);
    using link = await createGrpcOperatorLink(at(path), deadlines);
    await expect(link.getStatus(enough.signal)).rejects.toMatchObject({ name: "AbortError" });
  });

  it("refuses a status without content", async () => {
    await using folder = await createFolder();
    const path = `${folder.path}/operator.sock`;
    const getStatus = () => ({ status: undefined });
    await using _controller = await serveFakeController({ getStatus }, `unix:${path}`);
    using link = await createGrpcOperatorLink(at(path), deadlines);
    await expect(link.getStatus(never)).rejects.toMatchObject({ name: "UnexpectedAnswerError" });
  });

  it("brings the reason of a refusal, and its words without control characters", async () => {
    await using folder = await createFolder();
    const path = `${folder.path}/operator.sock`;
    const removeNode = () => {
      throw new FakeRefusal("NOT_FOUND", "no node \x07a", { reason: "NODE_UNKNOWN" });
    };
    await using _controller = await serveFakeController({ removeNode }, `unix:${path}`);
    using link = await createGrpcOperatorLink(at(path), deadlines);
    await expect(link.removeNode("a", never)).rejects.toMatchObject({
      name: "CallRefusedError",
      refusal: "unknown-name",
      reason: "NODE_UNKNOWN",
    });
  });

  it("names the file of credentials that cannot be read", async () => {
    const address = { via: "tls", target: "127.0.0.1:1", credentials: "/absent" } as const;
    await expect(createGrpcOperatorLink(address, deadlines)).rejects.toMatchObject({
      name: "CredentialsError",
      path: expect.stringMatching(/^\/absent\//),
    });
  });
});
