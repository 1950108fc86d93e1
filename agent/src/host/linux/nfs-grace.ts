/**
 * Tells whether this machine's NFS server runs and is in its grace period, when its clients may
 * take back what they had open before its start and open nothing else. nfsd says so in the file
 * by which it can be ended (linux/fs/nfsd/nfsctl.c, write_v4_end_grace): "N" until it is over.
 */
export async function isNfsServerInGrace(readText: (path: string) => Promise<string | undefined>): Promise<boolean> {
  const threads = await readText("/proc/fs/nfsd/threads");
  if (!(Number(threads?.trim() ?? 0) > 0)) return false; // what does not run says "N" too
  return (await readText("/proc/fs/nfsd/v4_end_grace"))?.trim() === "N";
}
