/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tasks on threads of this process. Threads only simulate; what they bring back waits in a queue
 * for the caller's thread, which alone calls back. */
#include "sim/campaign/pool.h"
#include "sim/campaign/cluster.h"

enum { IDLE_EVERY = G_USEC_PER_SEC / 10, MOST_THREADS = 256 };

typedef struct {
    const SimTask *task;
    SimSample *sample;
    GError *error;
} Job;

/* @dry: the owner had no task when it was last asked; so until something is done
 * @idled: when it was last told that time goes by, us */
typedef struct {
    const SimPoolOptions *options;
    GThreadPool *threads;
    GAsyncQueue *finished; /* Job */
    int stop;
    unsigned width;
    unsigned under_way;
    bool dry;
    gint64 idled;
} Pool;

static void
job_free(void *data)
{
    Job *self = data;
    sim_sample_free(self->sample);
    g_clear_error(&self->error);
    g_free(self);
}

/* On a thread of the pool. */
static void
run_job(void *data, void *user_data)
{
    Job *job = data;
    Pool *self = user_data;
    job->sample = sim_task_run(job->task, &self->stop, NULL, NULL, &job->error);
    g_async_queue_push(self->finished, job);
}

static void
hand_out(Pool *self)
{
    const SimPoolOptions *options = self->options;
    while (self->under_way < self->width && !self->dry) {
        const SimTask *task = options->next(options->data);
        self->dry = task == NULL;
        if (task == NULL)
            return;
        Job *job = g_new0(Job, 1);
        job->task = task;
        self->under_way++;
        g_thread_pool_push(self->threads, job, NULL);
    }
}

/* Takes what is done; waits a little if nothing is. */
static bool
collect(Pool *self, GError **error)
{
    Job *job = g_async_queue_timeout_pop(self->finished, IDLE_EVERY);
    if (job == NULL)
        return true;
    const SimPoolOptions *options = self->options;
    self->under_way--;
    self->dry = false;
    bool good = job->sample != NULL;
    if (good)
        good = options->done(options->data, job->task, g_steal_pointer(&job->sample), error);
    else
        g_propagate_error(error, g_steal_pointer(&job->error));
    job_free(job);
    return good;
}

static bool
let_idle(Pool *self)
{
    const SimPoolOptions *options = self->options;
    gint64 now = g_get_monotonic_time();
    if (now - self->idled < IDLE_EVERY)
        return true;
    self->idled = now;
    return options->idle(options->data, self->under_way);
}

static bool
work_off(Pool *self, GError **error)
{
    for (;;) {
        hand_out(self);
        if (self->under_way == 0)
            return true;
        if (!collect(self, error) || !let_idle(self))
            return false;
    }
}

static bool
run_threads(const SimPoolOptions *options, GError **error)
{
    Pool self = {.options = options, .width = CLAMP(options->threads, 1, MOST_THREADS)};
    self.threads = g_thread_pool_new(run_job, &self, (int)self.width, TRUE, error);
    if (self.threads == NULL)
        return false;
    self.finished = g_async_queue_new_full(job_free);
    self.idled = g_get_monotonic_time();
    bool good = work_off(&self, error);
    g_atomic_int_set(&self.stop, 1);
    /* Each thread ends its task now; what they still bring is freed with the queue. */
    g_thread_pool_free(self.threads, FALSE, TRUE);
    g_async_queue_unref(self.finished);
    return good;
}

bool
sim_pool_run(const SimPoolOptions *options, GError **error)
{
    return sim_cluster_is_open() ? sim_cluster_run(options, error) : run_threads(options, error);
}
