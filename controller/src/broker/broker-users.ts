import { isEventsUserName } from "@cowherd/proto";
import { fromPublic } from "nkeys.js";
import type { Loop } from "../reconcile/loop.ts";
import type { BrokerUser } from "./broker-state.ts";

/** A name or a key that nobody can have at the broker. */
export class BrokerUserRefusedError extends Error {
  override readonly name = "BrokerUserRefusedError";
}

/** Nobody of that name may listen. */
export class UnknownBrokerUserError extends Error {
  override readonly name = "UnknownBrokerUserError";
}

/** The cluster has no broker of its own, so who may listen is told elsewhere; or it has as many users as it can. */
export class NoOwnBrokerError extends Error {
  override readonly name = "NoOwnBrokerError";
}

/** Who may listen at the cluster's own broker. */
export interface BrokerUsers {
  /**
   * Lets somebody listen, by the public half of a key. The same name with another key is
   * refused: it is somebody's who would be cut off. Throws BrokerUserRefusedError or NoOwnBrokerError.
   */
  add(name: string, key: string): void;
  /** In the order of their names. */
  list(): readonly BrokerUser[];
  /** Throws UnknownBrokerUserError. */
  remove(name: string): void;
}

const mostUsers = 128;

export function createBrokerUsers({ loop, now }: { readonly loop: Loop; readonly now: () => number }): BrokerUsers {
  return {
    add(name, key) {
      const { spec, broker } = loop.record().state;
      if (spec.events.broker.kind !== "managed") {
        const where = spec.events.broker.kind === "off" ? "events.nats is off" : "events.nats.url names another";
        throw new NoOwnBrokerError(`the cluster has no event broker of its own: ${where} in cluster.yaml`);
      }
      if (!isEventsUserName(name)) throw new BrokerUserRefusedError(nameRule);
      if (!isUserKey(key)) throw new BrokerUserRefusedError("the key is not the public nkey of a user");
      const twin = broker.users.find((user) => user.name === name);
      if (twin?.key === key) return;
      if (twin !== undefined) throw new BrokerUserRefusedError(`${name} has another key: remove that user first`);
      if (broker.users.length >= mostUsers) throw new NoOwnBrokerError(`the broker has ${mostUsers} users already`);
      loop.commit({ events: [{ type: "broker-user-added", user: { name, key, addedAt: now() } }] });
    },

    list: () => loop.record().state.broker.users,

    remove(name) {
      const known = loop.record().state.broker.users.some((user) => user.name === name);
      if (!known) throw new UnknownBrokerUserError(`no user ${JSON.stringify(name.slice(0, 64))} of the event broker`);
      loop.commit({ events: [{ type: "broker-user-removed", name }] });
    },
  };
}

const nameRule =
  "a user's name is of lower-case letters, digits and hyphens, 32 at most, and \"controller\" is the controller's own";

/** The broker refuses its whole configuration for one key whose checksum does not fit. */
function isUserKey(key: string): boolean {
  try {
    return key.startsWith("U") && fromPublic(key).getPublicKey() === key;
  } catch {
    return false; // whatever is wrong with it
  }
}
