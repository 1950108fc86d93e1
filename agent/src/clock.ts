/** Time and chance, passed in so that a test can turn the hands itself. */
export interface Clock {
  /** Milliseconds since some fixed moment. Never goes back and does not follow the calendar. */
  now(): number;

  /** The calendar's time in milliseconds since 1970. May jump. */
  calendar(): number;

  /** Resolves after so many milliseconds or as soon as `signal` is aborted, whichever is first. Never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;

  /** A number from 0 up to and without 1. */
  random(): number;
}
