/** The machine's event broker: a NATS server that systemd runs as cowherd-nats.service. */
export interface EventBroker {
  /** Asks a program for the version of NATS that it serves, "2.15.1". Undefined where it is no NATS server. */
  version(program: string, as: Ids, signal: AbortSignal): Promise<string | undefined>;

  /** Tells how the server stands, from files alone. */
  look(): Promise<EventBrokerState>;

  /** Lets a program judge a configuration. Rejects with EventBrokerError where it would not start with it. */
  judge(program: string, configuration: string, as: Ids, signal: AbortSignal): Promise<void>;

  /**
   * Starts it anew, now and with each boot, by the units as they are written. Resolves once it
   * takes connections on the loopback; rejects with EventBrokerError, also where something else
   * listens there or at the address.
   */
  start(at: Listening, signal: AbortSignal): Promise<void>;

  /** Has it read its users and its certificate again. Connections of those who are no users any more are cut; the others stay. */
  reload(signal: AbortSignal): Promise<void>;

  /** Ends it, and keeps it from starting with the machine. Nothing happens where it does not run. */
  stop(signal: AbortSignal): Promise<void>;
}

/** With whose rights a program runs that was only asked something: those of the server itself. */
export type Ids = { readonly uid: number; readonly gid: number };

/** Dotted IPv4 and a port. */
export type Listening = { readonly address: string; readonly port: number };

export type EventBrokerState = {
  /** It starts with the machine. */
  readonly enabled: boolean;
  /** Names the time since its last start, unlike any before. Undefined while it does not run. */
  readonly run: string | undefined;
};

/** The server does not serve. The message says why, in one line. */
export class EventBrokerError extends Error {
  override readonly name = "EventBrokerError";
}
