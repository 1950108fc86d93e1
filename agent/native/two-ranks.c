/*
 * Says whether ranks that mpirun starts hear each other: each sends to the next in a ring and
 * checks what it gets. In pieces small and large, since an MPI sends them in different ways.
 *
 *   mpirun -n 2 two-ranks 2 [FOLDER-OF-LIBMPI]
 *
 * It is linked to no MPI: nodes differ in theirs and have no compiler. The one whose mpirun
 * started it is loaded at run time, by the binary interface that each has kept for many years:
 * Open MPI's since 4.0, MPICH's since 3.1, which Intel MPI and MVAPICH share.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SMALL = 64, LARGE = 1 << 20, TAG = 7 }; /* above the eager limit of every transport */

/*
 * MPICH 4.0.2 with UCX over TCP (Debian 12) closes a connection once the other side has answered
 * a last question, and then waits in PMI's barrier, where it answers none itself. Whoever was
 * asked while it still sent its last message asks its own question too late, and waits for ever:
 * 1 of 150 runs of this program and 9 of 150 of an allreduce on two busy cores, and none of 150
 * of either with a pause before the end.
 */
enum { PAUSE_MICROSECONDS = 200000 };

static char host[256];

/* One write a line, so that the lines of ranks do not mix. */
static void say(const char *format, ...) {
  char line[512];
  va_list words;
  va_start(words, format);
  int length = vsnprintf(line, sizeof line - 1, format, words);
  va_end(words);
  if (length < 0) return;
  if (length > (int)sizeof line - 2) length = sizeof line - 2;
  line[length++] = '\n';
  if (write(STDOUT_FILENO, line, length) != length) _exit(4);
}

static void *load(const char *const *names, const char *folder) {
  char path[4096];
  const char *last = "";
  for (const char *const *name = names; *name != NULL; name += 1) {
    void *library = NULL;
    if (folder != NULL && snprintf(path, sizeof path, "%s/%s", folder, *name) < (int)sizeof path)
      library = dlopen(path, RTLD_NOW | RTLD_GLOBAL); /* Open MPI's own parts look for its symbols */
    if (library == NULL) library = dlopen(*name, RTLD_NOW | RTLD_GLOBAL);
    if (library != NULL) return library;
    last = *name;
  }
  say("two-ranks: no %s on %s: %s", last, host, dlerror());
  exit(3);
}

static void *find(void *library, const char *name) {
  void *symbol = dlsym(library, name);
  if (symbol != NULL) return symbol;
  say("two-ranks: MPI on %s has no %s", host, name);
  exit(3);
}

static unsigned char byte_of(int rank, int at) { return (unsigned char)(rank * 31 + at * 7 + (at >> 8)); }

/* The same program for both interfaces: in one a communicator and a type are pointers, in the other numbers. */
#define RANKS(NAME, HANDLE)                                                                                  \
  static int NAME(void *mpi, HANDLE world, HANDLE byte, int wanted) {                                        \
    int (*init)(int *, char ***) = find(mpi, "MPI_Init");                                                    \
    int (*comm_rank)(HANDLE, int *) = find(mpi, "MPI_Comm_rank");                                            \
    int (*comm_size)(HANDLE, int *) = find(mpi, "MPI_Comm_size");                                            \
    int (*sendrecv)(const void *, int, HANDLE, int, int, void *, int, HANDLE, int, int, HANDLE, void *) =    \
        find(mpi, "MPI_Sendrecv");                                                                           \
    int (*finalize)(void) = find(mpi, "MPI_Finalize");                                                       \
    static unsigned char out[LARGE], in[LARGE];                                                              \
    static long status[32]; /* larger than any MPI_Status */                                                 \
    const int sizes[] = {SMALL, LARGE};                                                                      \
    int rank = -1, ranks = -1;                                                                               \
    if (init(NULL, NULL) != 0 || comm_rank(world, &rank) != 0 || comm_size(world, &ranks) != 0) {            \
      say("two-ranks: MPI did not begin on %s", host);                                                       \
      return 3;                                                                                              \
    }                                                                                                        \
    if (ranks != wanted) {                                                                                   \
      say("two-ranks: %d ranks found each other on %s, and %d were started", ranks, host, wanted);           \
      return 3;                                                                                              \
    }                                                                                                        \
    int next = (rank + 1) % ranks, former = (rank + ranks - 1) % ranks;                                      \
    for (int piece = 0; piece < 2; piece += 1) {                                                             \
      int size = sizes[piece];                                                                               \
      for (int at = 0; at < size; at += 1) out[at] = byte_of(rank, at);                                      \
      memset(in, 0, sizeof in);                                                                              \
      if (sendrecv(out, size, byte, next, TAG, in, size, byte, former, TAG, world, status) != 0) {           \
        say("two-ranks: rank %d on %s could not send %d bytes", rank, host, size);                           \
        return 3;                                                                                            \
      }                                                                                                      \
      for (int at = 0; at < size; at += 1)                                                                   \
        if (in[at] != byte_of(former, at)) {                                                                 \
          say("two-ranks: rank %d on %s got a wrong byte %d of %d", rank, host, at, size);                   \
          return 3;                                                                                          \
        }                                                                                                    \
    }                                                                                                        \
    say("heard: rank %d of %d on %s", rank, ranks, host);                                                    \
    usleep(PAUSE_MICROSECONDS);                                                                              \
    finalize();                                                                                              \
    return 0;                                                                                                \
  }

RANKS(with_pointers, void *)
RANKS(with_numbers, int)

int main(int argc, char **argv) {
  static const char *const open_mpi[] = {"libmpi.so.40", NULL};
  static const char *const mpich[] = {"libmpich.so.12", "libmpi.so.12", NULL};
  const int wanted = argc > 1 ? atoi(argv[1]) : 2;
  const char *folder = argc > 2 ? argv[2] : NULL;
  if (gethostname(host, sizeof host - 1) != 0) strcpy(host, "?");
  say("started: on %s", host); /* before anything can hang */
  if (getenv("OMPI_COMM_WORLD_SIZE") != NULL) {
    void *mpi = load(open_mpi, folder);
    return with_pointers(mpi, find(mpi, "ompi_mpi_comm_world"), find(mpi, "ompi_mpi_byte"), wanted);
  }
  if (getenv("PMI_RANK") != NULL || getenv("PMI_FD") != NULL || getenv("PMI_PORT") != NULL)
    return with_numbers(load(mpich, folder), 0x44000000, 0x4c00010d, wanted); /* MPI_COMM_WORLD, MPI_BYTE of mpi.h */
  say("two-ranks: started on %s by no mpirun that is known here", host);
  return 3;
}
