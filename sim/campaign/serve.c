/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rank that simulates: takes a task, says now and then that it is at it, answers. */
#include "sim/campaign/cluster.h"

#include <string.h>

enum { LOOK_EVERY = G_USEC_PER_SEC / 10, BEAT_EVERY = G_USEC_PER_SEC };

/* @task: what came last and is not begun, or NULL
 * @looked, @beaten: when it last looked for messages and said that it is there, us */
typedef struct {
    const SimRanks *ranks;
    GBytes *task;
    uint32_t number;
    int stop;
    bool home;
    gint64 looked;
    gint64 beaten;
} Server;

/* Returns: whether there was a message. */
static bool
look(Server *self)
{
    int rank;
    SimSaying what;
    uint32_t number;
    g_autoptr(GBytes) body = sim_cluster_receive(self->ranks, &rank, &what, &number);
    if (body == NULL)
        return false;
    if (what == SIM_SAYING_TASK) {
        g_clear_pointer(&self->task, g_bytes_unref);
        self->task = g_steal_pointer(&body);
        self->number = number;
        self->stop = 0;
    }
    if (what == SIM_SAYING_HOME)
        self->home = true;
    if (self->home || (what == SIM_SAYING_STOP && number == self->number))
        self->stop = 1;
    return true;
}

static void
on_beat(void *data)
{
    Server *self = data;
    gint64 now = g_get_monotonic_time();
    if (now - self->looked < LOOK_EVERY)
        return;
    self->looked = now;
    while (look(self))
        ;
    if (now - self->beaten < BEAT_EVERY)
        return;
    self->beaten = now;
    sim_cluster_send(self->ranks, 0, SIM_SAYING_BEAT, self->number, NULL);
}

static void
complain(const Server *self, const char *message)
{
    g_autoptr(GBytes) body = g_bytes_new(message, strlen(message));
    sim_cluster_send(self->ranks, 0, SIM_SAYING_ERROR, self->number, body);
}

static void
serve_task(Server *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_steal_pointer(&self->task);
    SimTask *task = sim_task_read(bytes);
    if (task == NULL) {
        complain(self, "is no task; is it the same program everywhere?");
        return;
    }
    g_autoptr(SimSample) sample = sim_task_run(task, &self->stop, on_beat, self, &error);
    sim_task_free(task);
    if (sample == NULL) {
        complain(self, error != NULL ? error->message : "was left undone");
        return;
    }
    g_autoptr(GBytes) body = sim_sample_write(sample);
    if (!sim_cluster_send(self->ranks, 0, SIM_SAYING_SAMPLE, self->number, body))
        complain(self, "what came out is too long to be sent");
}

void
sim_cluster_serve(const SimRanks *ranks)
{
    Server self = {.ranks = ranks};
    while (!self.home) {
        if (self.task != NULL)
            serve_task(&self);
        else if (!look(&self))
            g_usleep(SIM_CLUSTER_NAP);
    }
    g_clear_pointer(&self.task, g_bytes_unref);
    sim_cluster_send(ranks, 0, SIM_SAYING_BYE, 0, NULL);
}
