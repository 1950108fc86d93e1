/** One thing that every change must pass. */
export type Gate = {
  /** Says what holds once it passed. */
  readonly name: string;
  /** Looks, and changes nothing. Rejects only when it cannot look. */
  readonly check: () => Promise<Verdict>;
};

/** `text` is for the one who must mend it, and may be worth reading after a pass too. */
export type Verdict = { readonly passed: boolean; readonly text: string };
