/** The MPI processes of this machine. */
export interface Ranks {
  /**
   * Counts the ranks that run as the user with this number: processes to which a launcher gave
   * a rank. Starts no child process. It can hang where a process hangs, as on a dead NFS
   * server: nothing that must go on waits for it.
   */
  count(uid: number): Promise<number>;
}
