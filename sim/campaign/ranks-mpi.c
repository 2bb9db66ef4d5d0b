/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SimRanks on MPI. Nothing here waits for another rank but @close: one that has stopped must not
 * stop this one, whatever the size of a message. */
#include "sim/campaign/ranks.h"

#include <gmodule.h>
#include <limits.h>
#include <mpi.h>

/* A message on its way to or from @rank; @data, @size and @tag are of one that comes in. */
typedef struct {
    MPI_Request request;
    GBytes *sent;
    void *data;
    size_t size;
    int rank;
    int tag;
} Parcel;

static GQueue leaving = G_QUEUE_INIT;
static GQueue coming = G_QUEUE_INIT;

static void
mpi_open(int *rank, int *n)
{
    int level;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    MPI_Comm_size(MPI_COMM_WORLD, n);
}

/* Whether one of the same rank before it has not passed. */
static bool
overtakes(const GList *at)
{
    const Parcel *parcel = at->data;
    for (const GList *before = at->prev; before != NULL; before = before->prev)
        if (((const Parcel *)before->data)->rank == parcel->rank)
            return true;
    return false;
}

/* Returns: (transfer full): the first of @parcels that has passed, or NULL */
static Parcel *
take_passed(GQueue *parcels)
{
    for (GList *at = parcels->head; at != NULL; at = at->next) {
        Parcel *parcel = at->data;
        int passed;
        if (overtakes(at))
            continue;
        MPI_Test(&parcel->request, &passed, MPI_STATUS_IGNORE);
        if (passed) {
            g_queue_delete_link(parcels, at);
            return parcel;
        }
    }
    return NULL;
}

static void
parcel_free(Parcel *self)
{
    g_clear_pointer(&self->sent, g_bytes_unref);
    g_free(self->data);
    g_free(self);
}

static void
forget_sent(void)
{
    for (Parcel *parcel; (parcel = take_passed(&leaving)) != NULL;)
        parcel_free(parcel);
}

static bool
mpi_send(int rank, int tag, GBytes *bytes)
{
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    if (size > INT_MAX)
        return false;
    Parcel *parcel = g_new0(Parcel, 1);
    parcel->sent = g_bytes_ref(bytes);
    parcel->rank = rank;
    MPI_Isend(data, (int)size, MPI_BYTE, rank, tag, MPI_COMM_WORLD, &parcel->request);
    g_queue_push_tail(&leaving, parcel);
    forget_sent();
    return true;
}

/* Begins to take in all that others have begun to send. */
static void
let_in(void)
{
    for (;;) {
        int there;
        int size;
        MPI_Message message;
        MPI_Status status;
        MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &message, &status);
        if (!there)
            return;
        MPI_Get_count(&status, MPI_BYTE, &size);
        Parcel *parcel = g_new0(Parcel, 1);
        parcel->size = (size_t)size;
        parcel->data = g_malloc(parcel->size);
        parcel->rank = status.MPI_SOURCE;
        parcel->tag = status.MPI_TAG;
        MPI_Imrecv(parcel->data, size, MPI_BYTE, &message, &parcel->request);
        g_queue_push_tail(&coming, parcel);
    }
}

static GBytes *
mpi_receive(int *rank, int *tag)
{
    forget_sent();
    let_in();
    Parcel *parcel = take_passed(&coming);
    if (parcel == NULL)
        return NULL;
    *rank = parcel->rank;
    *tag = parcel->tag;
    GBytes *bytes = g_bytes_new_take(g_steal_pointer(&parcel->data), parcel->size);
    parcel_free(parcel);
    return bytes;
}

static void
wait_for(GQueue *parcels)
{
    for (Parcel *parcel; (parcel = g_queue_pop_head(parcels)) != NULL; parcel_free(parcel))
        MPI_Wait(&parcel->request, MPI_STATUS_IGNORE);
}

static void
mpi_close(void)
{
    wait_for(&leaving);
    wait_for(&coming);
    MPI_Finalize();
}

static void
mpi_abort(int code)
{
    MPI_Abort(MPI_COMM_WORLD, code);
}

G_MODULE_EXPORT extern const SimRanks sim_ranks;
const SimRanks sim_ranks = {SIM_VERSION, mpi_open, mpi_send, mpi_receive, mpi_close, mpi_abort};
