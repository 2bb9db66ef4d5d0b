/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rank 0 of a cluster: hands tasks to the others one by one, and gives up those that fall silent.
 * A rank that was given up stays so: nothing is sent to it, and what it says later is not listened
 * to. */
#include "sim/campaign/cluster.h"
#include "sim/scenario/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    IDLE_EVERY = G_USEC_PER_SEC / 10,
    ASLEEP = G_USEC_PER_SEC,        /* longer between two looks: this process itself was stopped */
    FAREWELL = 10 * G_USEC_PER_SEC, /* for ranks to end what they cannot leave at once */
};

/* @task: NULL if it has none, or is still busy with one that nobody waits for any more
 * @number: of its last task; @heard: when it last said something, us */
typedef struct {
    const SimTask *task;
    uint32_t number;
    bool busy;
    bool lost;
    bool gone;
    gint64 heard;
} Worker;

/* One to a process, as MPI has it. @workers: by rank; the first is this process, and unused. */
static struct {
    const SimRanks *ranks;
    Worker *workers;
    int n;
    uint32_t number;
} cluster;

/* @again: tasks of ranks that were given up
 * @dry: the owner had no task when it was last asked; so until something is done
 * @looked, @idled: when messages were last looked for, and the owner was last called so, us */
typedef struct {
    const SimPoolOptions *options;
    GQueue again;
    unsigned under_way;
    bool dry;
    gint64 looked;
    gint64 idled;
} Run;

bool
sim_cluster_send(const SimRanks *ranks, int rank, SimSaying what, uint32_t number, GBytes *body)
{
    gsize len = 0;
    const void *data = body != NULL ? g_bytes_get_data(body, &len) : NULL;
    g_autoptr(GByteArray) message = g_byte_array_new();
    uint64_t head = GUINT64_TO_LE((uint64_t)number); /* wide, so that the body is aligned */
    if (len > G_MAXUINT / 2)
        return false;
    g_byte_array_append(message, (const guint8 *)&head, sizeof head);
    if (len > 0)
        g_byte_array_append(message, data, (guint)len);
    g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(g_steal_pointer(&message));
    return ranks->send(rank, (int)what, bytes);
}

GBytes *
sim_cluster_receive(const SimRanks *ranks, int *rank, SimSaying *what, uint32_t *number)
{
    int tag;
    g_autoptr(GBytes) bytes = ranks->receive(rank, &tag);
    if (bytes == NULL)
        return NULL;
    gsize len;
    uint64_t head;
    const void *data = g_bytes_get_data(bytes, &len);
    g_return_val_if_fail(len >= sizeof head, NULL);
    memcpy(&head, data, sizeof head);
    *number = (uint32_t)GUINT64_FROM_LE(head);
    *what = (SimSaying)tag;
    return g_bytes_new_from_bytes(bytes, sizeof head, len - sizeof head);
}

static bool
hand_to(Run *self, int rank, const SimTask *task, GError **error)
{
    Worker *worker = &cluster.workers[rank];
    g_autoptr(GBytes) body = sim_task_write(task);
    cluster.number++;
    if (!sim_cluster_send(cluster.ranks, rank, SIM_SAYING_TASK, cluster.number, body))
        return sim_words_fail(
            error, "%s: is too long to be sent to another rank; take a shorter file", task->path);
    worker->task = task;
    worker->number = cluster.number;
    worker->busy = true;
    worker->heard = self->looked;
    self->under_way++;
    return true;
}

static const SimTask *
next_task(Run *self)
{
    if (!g_queue_is_empty(&self->again))
        return g_queue_pop_head(&self->again);
    if (self->dry)
        return NULL;
    const SimTask *task = self->options->next(self->options->data);
    self->dry = task == NULL;
    return task;
}

static bool
hand_out(Run *self, GError **error)
{
    for (int rank = 1; rank < cluster.n; rank++) {
        const Worker *worker = &cluster.workers[rank];
        if (worker->busy || worker->lost)
            continue;
        const SimTask *task = next_task(self);
        if (task == NULL)
            return true;
        if (!hand_to(self, rank, task, error))
            return false;
    }
    return true;
}

/* What a rank brought back of @task. */
static bool
take(const Run *self, const SimTask *task, int rank, SimSaying what, GBytes *body, GError **error)
{
    const SimPoolOptions *options = self->options;
    if (what == SIM_SAYING_ERROR) {
        gsize len;
        const char *message = g_bytes_get_data(body, &len);
        g_autofree char *text = g_strndup(message, len);
        return sim_words_fail(error, "%s", text);
    }
    SimSample *sample = sim_sample_read(body);
    if (sample == NULL)
        return sim_words_fail(error, "%s: what rank %d sent is no sample; is it the same program?",
                              task->path, rank);
    return options->done(options->data, task, sample, error);
}

static bool
handle(Run *self, int rank, SimSaying what, uint32_t number, GBytes *body, GError **error)
{
    Worker *worker = &cluster.workers[rank];
    worker->heard = self->looked;
    if (worker->lost || number != worker->number || what == SIM_SAYING_BEAT)
        return true;
    const SimTask *task = g_steal_pointer(&worker->task);
    worker->busy = false;
    if (task == NULL)
        return true;
    self->under_way--;
    self->dry = false;
    return take(self, task, rank, what, body, error);
}

/* Takes what has come; waits a little if nothing has. */
static bool
collect(Run *self, GError **error)
{
    bool any = false;
    for (;;) {
        int rank;
        SimSaying what;
        uint32_t number;
        g_autoptr(GBytes) body = sim_cluster_receive(cluster.ranks, &rank, &what, &number);
        if (body == NULL)
            break;
        any = true;
        if (!handle(self, rank, what, number, body, error))
            return false;
    }
    if (!any)
        g_usleep(SIM_CLUSTER_NAP);
    return true;
}

/* The time in which this process did not look is not held against those it did not listen to. */
static void
look_at_clock(Run *self)
{
    gint64 now = g_get_monotonic_time();
    gint64 away = now - self->looked;
    for (int rank = 1; away > ASLEEP && rank < cluster.n; rank++)
        cluster.workers[rank].heard += away;
    self->looked = now;
}

static void
give_up_silent(Run *self)
{
    const SimPoolOptions *options = self->options;
    gint64 since = self->looked - (gint64)options->patience * G_USEC_PER_SEC;
    for (int rank = 1; rank < cluster.n; rank++) {
        Worker *worker = &cluster.workers[rank];
        if (!worker->busy || worker->lost || worker->heard >= since)
            continue;
        worker->lost = true;
        const SimTask *task = g_steal_pointer(&worker->task);
        if (task == NULL)
            continue;
        self->under_way--;
        g_queue_push_tail(&self->again, (void *)task);
        if (options->lost != NULL)
            options->lost(options->data, task, rank);
    }
}

static bool
let_idle(Run *self)
{
    const SimPoolOptions *options = self->options;
    if (self->looked - self->idled < IDLE_EVERY)
        return true;
    self->idled = self->looked;
    return options->idle(options->data, self->under_way);
}

static bool
work_off(Run *self, GError **error)
{
    for (;;) {
        if (!hand_out(self, error))
            return false;
        if (self->under_way == 0 && self->dry && g_queue_is_empty(&self->again))
            return true;
        if (sim_cluster_size() == 0)
            return sim_words_fail(error,
                                  "no rank is left: each was silent for more than %u s; give the "
                                  "same command again to go on",
                                  self->options->patience);
        if (!collect(self, error))
            return false;
        look_at_clock(self);
        give_up_silent(self);
        if (!let_idle(self))
            return false;
    }
}

/* What is under way is of no use any more. */
static void
stop_all(void)
{
    for (int rank = 1; rank < cluster.n; rank++) {
        Worker *worker = &cluster.workers[rank];
        if (worker->task != NULL)
            sim_cluster_send(cluster.ranks, rank, SIM_SAYING_STOP, worker->number, NULL);
        worker->task = NULL;
    }
}

bool
sim_cluster_run(const SimPoolOptions *options, GError **error)
{
    Run self = {.options = options, .looked = g_get_monotonic_time()};
    self.idled = self.looked;
    g_queue_init(&self.again);
    for (int rank = 1; rank < cluster.n; rank++)
        cluster.workers[rank].heard = self.looked;
    bool good = work_off(&self, error);
    stop_all();
    g_queue_clear(&self.again);
    return good;
}

bool
sim_cluster_is_open(void)
{
    return cluster.ranks != NULL;
}

unsigned
sim_cluster_size(void)
{
    unsigned n = 0;
    for (int rank = 1; rank < cluster.n; rank++)
        n += !cluster.workers[rank].lost;
    return n;
}

static int
count_present(void)
{
    int n = 0;
    for (int rank = 1; rank < cluster.n; rank++)
        n += !cluster.workers[rank].gone && !cluster.workers[rank].lost;
    return n;
}

/* Sends home those that were not given up, and waits for their answers, but not for ever. */
static void
say_farewell(void)
{
    for (int rank = 1; rank < cluster.n; rank++)
        if (!cluster.workers[rank].lost)
            sim_cluster_send(cluster.ranks, rank, SIM_SAYING_HOME, 0, NULL);
    gint64 start = g_get_monotonic_time();
    while (count_present() > 0 && g_get_monotonic_time() - start < FAREWELL) {
        int rank;
        SimSaying what;
        uint32_t number;
        g_autoptr(GBytes) body = sim_cluster_receive(cluster.ranks, &rank, &what, &number);
        if (body == NULL)
            g_usleep(SIM_CLUSTER_NAP);
        else if (what == SIM_SAYING_BYE)
            cluster.workers[rank].gone = true;
    }
}

/* Whether all ranks can close together. */
static bool
is_whole(void)
{
    bool whole = true;
    for (int rank = 1; rank < cluster.n; rank++)
        whole = whole && cluster.workers[rank].gone;
    return whole;
}

void
sim_cluster_end(int code)
{
    const SimRanks *ranks = cluster.ranks;
    if (ranks == NULL)
        return;
    say_farewell();
    bool whole = is_whole();
    cluster.ranks = NULL;
    cluster.n = 0;
    g_clear_pointer(&cluster.workers, g_free);
    if (whole) {
        ranks->close();
        return;
    }
    fflush(NULL);
    ranks->abort(code);
}

/* The command has ended the process by itself, as --help does. */
static void
end_at_exit(void)
{
    sim_cluster_end(EXIT_SUCCESS);
}

static void
serve_and_exit(const SimRanks *ranks)
{
    sim_cluster_serve(ranks);
    ranks->close();
    exit(EXIT_SUCCESS);
}

bool
sim_cluster_begin(GError **error)
{
    if (sim_ranks_expected() < 2)
        return true;
    const SimRanks *ranks = sim_ranks_load(error);
    /* Not a failure: mpirun would end rank 0 for it, before it has said what is wrong. */
    if (ranks == NULL && !sim_ranks_is_first())
        exit(EXIT_SUCCESS);
    if (ranks == NULL)
        return false;
    int rank;
    int n;
    ranks->open(&rank, &n);
    if (rank > 0)
        serve_and_exit(ranks);
    if (n < 2) {
        ranks->close();
        return true;
    }
    cluster.ranks = ranks;
    cluster.n = n;
    cluster.workers = g_new0(Worker, n);
    atexit(end_at_exit);
    return true;
}
