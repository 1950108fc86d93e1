/* Every rank adds its number to those of all others, over the network, and checks the sum. */
#include <mpi.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  int rank, ranks, length;
  char host[MPI_MAX_PROCESSOR_NAME];
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  MPI_Get_processor_name(host, &length);

  int sum = 0;
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  int expected = ranks * (ranks - 1) / 2;
  printf("rank %d of %d on %s: sum %d\n", rank, ranks, host, sum);
  usleep(200000); /* MPICH 4.0.2 may hang where a rank ends while another still sends: agent/native/two-ranks.c */
  MPI_Finalize();
  return sum == expected ? 0 : 1;
}
