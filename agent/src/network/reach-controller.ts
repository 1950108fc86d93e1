/** Tells whether the controller answers over one interface. */
export interface ReachController {
  /**
   * Makes one fresh connection to the controller and tells whether the controller showed
   * itself at its other end. Never rejects; bounded by seconds. `address` is the node's own, in CIDR form.
   *
   * Where the controller is in that network, the connection is made from that address, and
   * a way through another interface does not count.
   */
  reach(from: { readonly address: string; readonly device: string }, signal: AbortSignal): Promise<boolean>;
}
