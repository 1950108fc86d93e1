import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { errorReasons, formatToken } from "@cowherd/proto";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { facts as plainFacts } from "../facts/facts.fixture.ts";
import { createLinuxFiles } from "../host/linux/files.ts";
import { type MembershipJournal, openMembershipJournal } from "../journal/membership-journal.ts";
import { createGrpcEnrollment } from "../link/grpc-enrollment.ts";
import { LinkError } from "../link/link-error.ts";
import { type LoopbackEnrollment, startLoopbackEnrollment } from "../link/loopback-enrollment.ts";
import { createTestAuthority, type TestAuthority } from "../link/test-authority.ts";
import type { Enrollment } from "./enrollment.ts";
import { type JoinRequest, join } from "./join.ts";
import { joinEnds } from "./join-end.ts";
import { toJoinError } from "./join-error.ts";

const signal = new AbortController().signal;
const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const secret = Buffer.alloc(16, 7);
const facts = { ...plainFacts, hostname: "debian" };

let authority: TestAuthority;
let other: TestAuthority;
let controller: LoopbackEnrollment;
let folder: string;
let memberships: MembershipJournal;

beforeAll(async () => {
  authority = await createTestAuthority();
  other = await createTestAuthority();
});
beforeEach(async () => {
  controller = await startLoopbackEnrollment(authority);
  folder = await mkdtemp(joinPath(tmpdir(), "join-"));
  memberships = await openMembershipJournal(createLinuxFiles(""), folder, owner);
});
afterEach(async () => {
  controller.stop();
  await rm(folder, { recursive: true });
});

function tokenOf({ certificate }: TestAuthority): string {
  const pin = createHash("sha256").update(new X509Certificate(certificate).raw).digest();
  return formatToken({ secret, pin });
}

function tryJoin(request: Partial<JoinRequest> = {}, enrollment: Enrollment = createGrpcEnrollment()) {
  const place = { address: "127.0.0.1", port: controller.port };
  const whole = { place, token: tokenOf(authority), node: undefined, force: false, ...request };
  const deps = { memberships, enrollment, collectFacts: async () => facts, calendar: Date.now };
  return join(whole, deps, signal);
}

describe("joining", () => {
  it("makes the machine the node that the controller says", async () => {
    const membership = await tryJoin();
    expect(membership).toMatchObject({ node: "secondary1", cluster: "lab", address: "127.0.0.1", agentPort: 7443 });
    expect(await memberships.current()).toEqual(membership);
    expect(await memberships.pendingKey()).toBeUndefined();
    expect(controller.heard).toMatchObject([{ secret, node: "", facts: { hostname: "debian" } }]);
  });

  it("does not send the secret to a controller whose CA the token does not pin", async () => {
    await expect(tryJoin({ token: tokenOf(other) })).rejects.toMatchObject({ failure: "pin-mismatch" });
    expect(controller.heard).toEqual([]);
    expect(await memberships.current()).toBeUndefined();
  });

  it("does not send the secret to one who shows the pinned CA and has none of its keys", async () => {
    const shown = async () => [new X509Certificate(other.certificate).raw];
    const enrollment = { ...createGrpcEnrollment(), fetchChain: shown };
    await expect(tryJoin({ token: tokenOf(other) }, enrollment)).rejects.toMatchObject({ failure: "unreachable" });
    expect(controller.heard).toEqual([]);
  });

  it("says that a token is none, or not a whole one", async () => {
    await expect(tryJoin({ token: tokenOf(authority).slice(0, -1) })).rejects.toMatchObject({
      failure: "token-malformed",
    });
  });

  it("says that nobody answers", async () => {
    controller.stop();
    await expect(tryJoin()).rejects.toMatchObject({ failure: "unreachable" });
  });

  it("says that the clock is wrong rather than that nobody answers", async () => {
    const place = { address: "127.0.0.1", port: controller.port };
    const request = { place, token: tokenOf(authority), node: undefined, force: false };
    const deps = {
      memberships,
      enrollment: createGrpcEnrollment(),
      collectFacts: async () => facts,
      calendar: () => 0,
    };
    await expect(join(request, deps, signal)).rejects.toMatchObject({ failure: "clock-wrong" });
  });

  it.each([
    ["TOKEN_UNKNOWN", "token-unknown"],
    ["TOKEN_EXPIRED", "token-expired"],
    ["TOKEN_USED", "token-used"],
    ["TOKEN_OTHER_NODE", "token-of-other-node"],
    ["NODE_UNKNOWN", "node-unknown"],
    ["FACTS_REFUSED", "facts-refused"],
    ["STORE_UNWRITABLE", "not-now"],
    ["TOO_MANY_CALLS", "not-now"],
  ] as const)("tells %s apart", async (reason, failure) => {
    controller.refuse(reason);
    await expect(tryJoin()).rejects.toMatchObject({ name: "JoinError", failure });
    expect(await memberships.current()).toBeUndefined();
  });

  it("sends the same key again when an answer was lost", async () => {
    const real = createGrpcEnrollment();
    const deaf: Enrollment = {
      ...real,
      async enroll(...request) {
        await real.enroll(...request);
        throw new LinkError("enrolment: broken off", { failure: "unreachable" });
      },
    };
    await expect(tryJoin({}, deaf)).rejects.toMatchObject({ failure: "unreachable" });
    const { key } = await tryJoin();
    const certificate = new X509Certificate((await memberships.current())?.certificate ?? "");
    expect(key).toContain("PRIVATE KEY");
    const [first, second] = controller.heard;
    expect(publicKeyOf(first?.csr)).toEqual(publicKeyOf(second?.csr));
    expect(certificate.publicKey.export({ type: "spki", format: "der" })).toEqual(publicKeyOf(first?.csr));
  });

  it("joins the same node again with a fresh token and a new key, and says who it is", async () => {
    const first = await tryJoin();
    const second = await tryJoin();
    expect(second.key).not.toBe(first.key);
    expect(controller.heard.map(({ node }) => node)).toEqual(["", "secondary1"]);
  });

  it("says the name that the operator gave before its own", async () => {
    await tryJoin();
    await tryJoin({ node: "secondary2" });
    expect(controller.heard.at(-1)?.node).toBe("secondary2");
  });

  it("does not leave a cluster for another unless it is forced", async () => {
    const place = { node: "secondary1", cluster: "old", address: "192.168.56.10", agentPort: 7443 };
    await memberships.stage({ ...place, ...(await other.issueNode("secondary1")), authority: other.certificate });
    await memberships.promote();
    await expect(tryJoin()).rejects.toMatchObject({ failure: "already-joined" });
    expect(controller.heard).toEqual([]);
    await tryJoin({ force: true });
    expect(await memberships.current()).toMatchObject({ cluster: "lab" });
    expect(controller.heard.map(({ node }) => node)).toEqual([""]);
  });
});

describe("the table of failures", () => {
  it("gives each its own exit code, and none that means something else", () => {
    const codes = Object.values(joinEnds).map(({ exitCode }) => exitCode);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => code < 3)).toEqual([]);
  });

  it.each(errorReasons)("knows an end for %s", (reason) => {
    expect(toJoinError(new LinkError("x", { failure: "refused", reason }))).toMatchObject({ name: "JoinError" });
  });
});

/** The key of a P-256 request stands at the end of its subject's empty name: 91 bytes of SubjectPublicKeyInfo. */
function publicKeyOf(csr: Uint8Array | undefined): Buffer {
  const der = Buffer.from(csr ?? []);
  const start = der.indexOf(Buffer.from("3059301306072a8648ce3d0201", "hex"));
  return der.subarray(start, start + 91);
}
