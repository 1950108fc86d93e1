/** The name that the kernel answers with until the next boot. */
export interface RunningHostname {
  get(): Promise<string>;
  set(name: string, signal: AbortSignal): Promise<void>;
}
