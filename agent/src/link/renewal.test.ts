import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Membership } from "../journal/membership.ts";
import { createKeptLog } from "../kept-log.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import type { ControllerLink } from "./controller-link.ts";
import { LinkError, type LinkFailure } from "./link-error.ts";
import { createMemoryLink } from "./memory-link.ts";
import { createRenewableLink, type RenewableLink } from "./renewable-link.ts";
import { keepRenewing, renewalTime } from "./renewal.ts";
import { createTestAuthority, type TestAuthority } from "./test-authority.ts";

const dayMs = 24 * 3_600_000;
let authority: TestAuthority;
let first: Membership;
let clock: ManualClock;
let staged: Membership | undefined;
let current: Membership;
let proofs: (LinkFailure | undefined)[];
let stop: AbortController;
let renewing: Promise<void>;
let requests: number;
let diskFull: boolean;
let closed: number;
let link: RenewableLink;

beforeAll(async () => {
  authority = await createTestAuthority();
  const pair = await authority.issueNode("secondary1", 30 * dayMs);
  const place = { node: "secondary1", cluster: "lab", address: "192.168.56.10", agentPort: 7443 };
  first = { ...place, ...pair, authority: authority.certificate };
});

beforeEach(() => {
  clock = createManualClock(Date.now());
  staged = undefined;
  current = first;
  proofs = [];
  requests = 0;
  diskFull = false;
  closed = 0;
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await renewing;
});

/** A link whose renewals the authority answers. `failure` is how a proof with it fails. */
function linkWith(failure?: LinkFailure): ControllerLink {
  return {
    ...createMemoryLink().link,
    async heartbeat() {
      if (failure !== undefined) throw new LinkError("no", { failure });
      return { periodMs: 1_000, countRanksOf: undefined };
    },
    renew(request) {
      requests += 1;
      return authority.issueFor(request, "secondary1");
    },
    close() {
      closed += 1;
    },
  };
}

function start(): void {
  const memberships = {
    staged: async () => staged,
    async stage(membership: Membership) {
      staged = membership;
    },
    async promote() {
      if (diskFull) throw new Error("no space left on device");
      current = staged ?? current;
      staged = undefined;
    },
    async discardStaged() {
      staged = undefined;
    },
  };
  link = createRenewableLink(linkWith("revoked"));
  const connect = () => linkWith(proofs.shift());
  renewing = keepRenewing(first, { memberships, link, connect, clock, log: createKeptLog() }, stop.signal);
}

describe("renewing", () => {
  it("is due at a random half to four fifths of a certificate's life", () => {
    expect(renewalTime({ from: 1_000, to: 2_000 }, 0)).toBe(1_500);
    expect(renewalTime({ from: 1_000, to: 2_000 }, 0.9999)).toBeCloseTo(1_800, 0);
  });

  it("leaves a young certificate alone", async () => {
    start();
    await clock.pass(10 * dayMs);
    expect(requests).toBe(0);
  });

  it("replaces key and certificate in time", async () => {
    start();
    await clock.pass(20 * dayMs);
    await expect.poll(() => current.certificate).not.toBe(first.certificate);
    expect(current.key).not.toBe(first.key);
    expect(current).toMatchObject({ node: "secondary1", agentPort: 7443, authority: first.authority });
  });

  it("keeps the old one until the controller was reached with the new one", async () => {
    staged = { ...first, ...(await authority.issueNode("secondary1", 60 * dayMs)) };
    proofs = ["unreachable"];
    start();
    await clock.pass(0);
    expect(current).toBe(first);
    await clock.pass(60_000);
    expect(current).not.toBe(first);
  });

  it("speaks with a proven one although the disk does not take it yet, and leaves no connection behind", async () => {
    staged = { ...first, ...(await authority.issueNode("secondary1", 60 * dayMs)) };
    diskFull = true;
    start();
    await clock.pass(0);
    const sign = { activity: "", ranks: undefined };
    await expect(link.heartbeat(sign, stop.signal)).resolves.toMatchObject({ periodMs: 1_000 });
    expect(closed).toBe(1);
    diskFull = false;
    await clock.pass(300_000);
    expect(current).not.toBe(first);
    expect(closed).toBe(2);
  });

  it("drops a new one that is refused and asks for another", async () => {
    staged = { ...first, ...(await authority.issueNode("secondary1", 60 * dayMs)) };
    proofs = ["revoked"];
    start();
    await clock.pass(0);
    expect(staged).toBeUndefined();
    expect(current).toBe(first);
  });
});
