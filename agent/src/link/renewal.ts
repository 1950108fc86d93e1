import type { Clock } from "../clock.ts";
import { lifetimeOf, type Membership } from "../journal/membership.ts";
import { isPair, type MembershipJournal } from "../journal/membership-journal.ts";
import type { Log } from "../log.ts";
import { createKeyPair, createRequest } from "./certificate-request.ts";
import type { ControllerLink } from "./controller-link.ts";
import { LinkError, linkFailureOf } from "./link-error.ts";
import type { RenewableLink } from "./renewable-link.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** What renewing needs. */
export type RenewalDeps = {
  readonly memberships: Pick<MembershipJournal, "staged" | "stage" | "promote" | "discardStaged">;
  readonly link: RenewableLink;
  /** Connects with a membership. */
  connect(membership: Membership): ControllerLink;
  readonly clock: Clock;
  readonly log: Log;
};

/** Never longer, so that a calendar which is set right is noticed. */
const longestSleepMs = 3_600_000;

/** What is no failure of the link is one of the disk: it may be mended, and the certificate holds for days yet. */
const fullDiskMs = 5 * 60_000;

/** Returns when to renew: at a random 50 to 80 % of a certificate's life. `random` is from 0 up to and without 1. */
export function renewalTime(lifetime: { readonly from: number; readonly to: number }, random: number): number {
  return lifetime.from + (lifetime.to - lifetime.from) * (0.5 + 0.3 * random);
}

/**
 * Renews the node's certificate in good time, with a new key each time, until aborted.
 *
 * The new membership is on the disk before it is used, and the old one stays until a call
 * with the new one was answered: a crash between any two steps strands nobody. Every call
 * from that answer on is made with the new one, also where the disk does not take it yet.
 */
export async function keepRenewing(current: Membership, deps: RenewalDeps, signal: AbortSignal): Promise<void> {
  const { clock, log, memberships, link } = deps;
  let membership = current;
  let dueAt = renewalTime(lifetimeOf(membership.certificate), clock.random());
  let failures = 0;
  while (!signal.aborted) {
    try {
      const proven = await proveStaged(deps, signal);
      if (proven !== undefined) {
        membership = proven;
        dueAt = renewalTime(lifetimeOf(membership.certificate), clock.random());
      }
      failures = 0;
      if (clock.calendar() < dueAt) await clock.sleep(Math.min(dueAt - clock.calendar(), longestSleepMs), signal);
      else await memberships.stage(await requestNext(membership, link, signal));
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (linkFailureOf(error) !== "unreachable") log.warn({ err: error }, "certificate not renewed yet");
      await clock.sleep(
        error instanceof LinkError ? retryDelayMs(error, failures, clock.random()) : fullDiskMs,
        signal,
      );
    }
  }
}

/**
 * Uses the membership on trial, if there is one. Returns it once it works; undefined without one, and when it is refused.
 *
 * May be repeated after a rejection: what is on trial stays so until the disk took it for good.
 */
export async function proveStaged(deps: RenewalDeps, signal: AbortSignal): Promise<Membership | undefined> {
  const { memberships, connect, link, log } = deps;
  const staged = await memberships.staged();
  if (staged === undefined) return undefined;
  const next = connect(staged);
  try {
    await next.heartbeat({ activity: "", ranks: undefined }, signal);
  } catch (error) {
    next.close();
    if (!(error instanceof LinkError) || error.failure === "unreachable") throw error;
    await memberships.discardStaged();
    log.warn({ cause: error.message }, "the renewed certificate is not taken, the former stays");
    return undefined;
  }
  link.replace(next); // before the disk is asked: from the proof on, the controller refuses the former
  await memberships.promote();
  log.info({ until: new Date(lifetimeOf(staged.certificate).to) }, "certificate renewed");
  return staged;
}

async function requestNext(
  membership: Membership,
  link: Pick<ControllerLink, "renew">,
  signal: AbortSignal,
): Promise<Membership> {
  const pair = createKeyPair();
  const certificate = await link.renew(createRequest(pair), signal);
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  if (!isPair(key, certificate)) {
    throw new LinkError("renewal: the certificate is for another key", { failure: "refused" });
  }
  return { ...membership, key, certificate };
}
