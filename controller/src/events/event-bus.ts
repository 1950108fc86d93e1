/** One event as it goes over the wire. */
export type BusMessage = {
  readonly subject: string;
  /** The same for the same event, however often it is published. */
  readonly id: string;
  /** JSON text. */
  readonly body: string;
};

/** How a publication ended. The first `stored` messages are the broker's now; `failure` says, in one line, why the others may not be. */
export type Publication = { readonly stored: number; readonly failure: string | undefined };

/** Where events go for others to read. It may be down, slow, full, or never answer. */
export interface EventBus {
  /**
   * Publishes in order: no message is stored before all those that came ahead of it, in this
   * call and in those before it. What was stored and not acknowledged is stored once for all
   * calls that come soon, and else again with the same id.
   *
   * Counts as stored only what the broker has acknowledged. Never throws, and ends soon
   * after `signal` aborts, whatever the broker does. One call at a time.
   */
  publish(messages: readonly BusMessage[], signal: AbortSignal): Promise<Publication>;

  /** Lets go of the broker, soon. What was published stays published. */
  close(): Promise<void>;
}

/** The broker, what is published there, and how much of it the broker keeps. */
export type BusPlace = {
  /** "tls://10.0.0.1:4222"; at least one, any of which will do. */
  readonly servers: readonly string[];
  /** Path of the file that says who we are: .creds, a seed of an nkey, "user:password" or a token. */
  readonly credentials: string | undefined;
  /** Path of the certificates that the servers' own are signed by. */
  readonly ca: string | undefined;
  readonly stream: StreamPlan;
};

/** What the stream is to be like. */
export type StreamPlan = {
  readonly name: string;
  /** What it takes in, with wildcards. */
  readonly subjects: string;
  readonly days: number;
  readonly megabytes: number;
  readonly replicas: number;
};

/** Makes a bus, which reaches for its broker when there is something to publish. */
export type OpenBus = (place: BusPlace) => EventBus;
