import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { InvalidTokenError, type JoinToken, parseToken } from "@cowherd/proto";
import type { Facts } from "../facts/facts.ts";
import { fingerprintOf, type Membership } from "../journal/membership.ts";
import { DamagedMembershipError, isPair, type MembershipJournal } from "../journal/membership-journal.ts";
import { createKeyPair, createRequest, type KeyPair } from "../link/certificate-request.ts";
import type { Enrollment, EnrollmentPlace } from "./enrollment.ts";
import { JoinError, toJoinError } from "./join-error.ts";
import { pinnedAuthority } from "./pinned-authority.ts";

/** What the operator typed. */
export type JoinRequest = {
  readonly place: EnrollmentPlace;
  readonly token: string;
  /** Undefined where the token alone says which node this is. */
  readonly node: string | undefined;
  /** Leaves another cluster for this one. */
  readonly force: boolean;
};

/** What joining needs of the machine. */
export type JoinDeps = {
  readonly memberships: MembershipJournal;
  readonly enrollment: Enrollment;
  collectFacts(): Promise<Facts>;
  /** Milliseconds since 1970. */
  calendar(): number;
};

/**
 * Turns a token into a membership on the disk, and returns it.
 *
 * The token's secret is sent only to a controller whose CA matches the token's pin. Nothing
 * of an earlier membership is lost before the new one is whole. Safe to repeat: a join
 * whose answer was lost is repeated with the same key. Rejects with JoinError.
 */
export async function join(request: JoinRequest, deps: JoinDeps, signal: AbortSignal): Promise<Membership> {
  const { memberships, enrollment } = deps;
  const token = readToken(request.token);
  const former = await readFormer(memberships);
  const same = former !== undefined && pinOf(former).equals(token.pin);
  if (former !== undefined && !same && !request.force) {
    throw new JoinError("already-joined", `this machine is node ${former.node} of another cluster, ${former.cluster}`);
  }
  try {
    const chain = await enrollment.fetchChain(request.place, signal);
    const authority = pinnedAuthority(chain, token.pin, deps.calendar());
    const { pair, key } = await pendingPair(memberships);
    const node = request.node ?? (same ? former.node : "");
    const wish = { secret: token.secret, csr: createRequest(pair), facts: await deps.collectFacts(), node };
    const { certificate, ...answer } = await enrollment.enroll(request.place, authority, wish, signal);
    if (!isPair(key, certificate)) throw new JoinError("refused", "the certificate that came back is for another key");
    const membership = { ...answer, address: request.place.address, key, certificate, authority };
    await memberships.stage(membership);
    await memberships.promote();
    await memberships.dropPendingKey();
    return membership;
  } catch (error) {
    throw toJoinError(error);
  }
}

function readToken(text: string): JoinToken {
  try {
    return parseToken(text);
  } catch (error) {
    if (error instanceof InvalidTokenError) throw new JoinError("token-malformed", error.message, error);
    throw error;
  }
}

/** A membership that cannot be read is none: joining again is what mends it. */
async function readFormer(memberships: MembershipJournal): Promise<Membership | undefined> {
  try {
    return await memberships.current();
  } catch (error) {
    if (error instanceof DamagedMembershipError) return undefined;
    throw error;
  }
}

function pinOf({ authority }: Membership): Buffer {
  return fingerprintOf(new X509Certificate(authority));
}

/** The key is on the disk before it is sent, so that the same one is sent again when the answer is lost. */
async function pendingPair(memberships: MembershipJournal): Promise<{ pair: KeyPair; key: string }> {
  const kept = await memberships.pendingKey();
  if (kept !== undefined) {
    const privateKey = createPrivateKey(kept);
    return { pair: { privateKey, publicKey: createPublicKey(privateKey) }, key: kept };
  }
  const pair = createKeyPair();
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  await memberships.keepPendingKey(key);
  return { pair, key };
}
