/** What the cluster's own broker needs beside the spec. A plain value: copied, never edited. */
export type BrokerState = {
  /** The controller's public nkey there. Undefined before its first start with one. */
  readonly publisher: string | undefined;
  /** The newest that was issued. Undefined until the primary's agent has made a key. */
  readonly certificate: BrokerCertificate | undefined;
  /** Who may listen, in the order of their names. */
  readonly users: readonly BrokerUser[];
};

export type BrokerCertificate = {
  /** PEM: the certificate, and the authority's after it. */
  readonly chain: string;
  /** The request that it answers, as in the primary's facts. */
  readonly request: string;
  /** Whom it is for: the primary's name and its address. */
  readonly node: string;
  readonly address: string;
  /** In milliseconds since 1970. */
  readonly issuedAt: number;
};

/** `key` is a public nkey; `addedAt` is in milliseconds since 1970. */
export type BrokerUser = { readonly name: string; readonly key: string; readonly addedAt: number };

/** Of a cluster that never had a broker. */
export const noBroker: BrokerState = { publisher: undefined, certificate: undefined, users: [] };

/** Something that happened to it. */
export type BrokerEvent =
  | { readonly type: "broker-publisher-known"; readonly key: string }
  | { readonly type: "broker-certificate-issued"; readonly issued: BrokerCertificate }
  /** In place of the one of the same name. */
  | { readonly type: "broker-user-added"; readonly user: BrokerUser }
  | { readonly type: "broker-user-removed"; readonly name: string };

/** Returns the state after one event; the very same object when the event changes nothing. Pure and total. */
export function reduceBroker(state: BrokerState, event: BrokerEvent): BrokerState {
  switch (event.type) {
    case "broker-publisher-known":
      return event.key === state.publisher ? state : { ...state, publisher: event.key };
    case "broker-certificate-issued":
      return { ...state, certificate: event.issued };
    case "broker-user-added":
      return withUser(state, event.user);
    case "broker-user-removed":
      return state.users.some(({ name }) => name === event.name)
        ? { ...state, users: state.users.filter(({ name }) => name !== event.name) }
        : state;
  }
}

function withUser(state: BrokerState, user: BrokerUser): BrokerState {
  const others = state.users.filter(({ name }) => name !== user.name);
  const users = [...others, user].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { ...state, users };
}
