/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run on several threads. Each has a run of its own over the whole scenario, but with the
 * phones of its part alone; since nothing that one phone does concerns another (split.h), that is
 * what happens to them in the run as a whole. What is left is to put the measurements together,
 * which are sums, and the logs, which merge.c does.
 *
 * Logs are cut into windows at the same simulated times. A thread goes on as long as it has a
 * window to write in, and whoever completes a window that was the last missing one merges it. */
#include "sim/experiment/merge.h"
#include "sim/experiment/parts.h"

#include <string.h>

enum {
    AHEAD = 4,     /* windows that a thread may be before what is merged */
    TARGET = 8192, /* entries of a window and thread that are aimed at */
};

typedef struct Shards Shards;

typedef struct {
    Shards *all;
    SimRun run;
    SimLog log;
    SimLogWindow windows[AHEAD];
    uint64_t written; /* windows */
    GError *error;
} Shard;

/*
 * Shards: but for what is set at the start all under @lock, @merge by who has set @merging.
 * @now, @events: of what is merged, for who wants to watch
 * @ends: of windows, by number modulo AHEAD; @opened: how many have an end
 * @stop: how many there will be, if that is known; @slice: length of the next one
 */
struct Shards {
    const SimScenario *scenario;
    const SimRunOptions *options;
    SimRunOptions of_parts;
    const uint32_t *ranks;
    Shard *shards;
    size_t n;
    GMutex lock;
    GCond changed;
    SimMerge *merge;
    bool merging;
    uint64_t merged;
    RollTime now;
    uint64_t events;
    uint64_t opened;
    uint64_t stop;
    RollTime ends[AHEAD];
    RollTime slice;
    bool stopped;
};

/* The windows are as long as it takes for about as many entries as are aimed at. */
static void
adapt(Shards *self, SimLogWindow *const *windows)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++)
        n += windows[i]->n_entries;
    if (n > 2 * TARGET * self->n)
        self->slice = MAX(self->slice / 2, ROLL_MILLISECOND);
    else if (n < TARGET / 2 * self->n)
        self->slice = MIN(2 * self->slice, 7 * ROLL_DAY);
}

static bool
is_written(const Shards *self, uint64_t window)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->shards[i].written <= window)
            return false;
    return true;
}

/* Merges what all have written. The lock is held, but not while it takes time. */
static void
merge_ready(Shards *self)
{
    SimLogWindow *windows[SIM_THREADS_MOST];
    while (!self->merging && is_written(self, self->merged)) {
        for (size_t i = 0; i < self->n; i++)
            windows[i] = &self->shards[i].windows[self->merged % AHEAD];
        self->merging = true;
        g_mutex_unlock(&self->lock);
        sim_merge_add(self->merge, windows);
        g_mutex_lock(&self->lock);
        if (self->merged > 0)
            adapt(self, windows);
        self->now = self->merge->now;
        self->events = self->merge->events;
        self->merging = false;
        self->merged++;
        g_cond_broadcast(&self->changed);
    }
}

/* The end of the next window that nobody has begun. The first is the start of the run alone. */
static void
open_window(Shards *self)
{
    RollTime now = self->opened > 0 ? self->ends[(self->opened - 1) % AHEAD]
                                    : -sim_world_history(self->scenario) - 1;
    RollTime end = now + (self->opened > 0 ? self->slice : 0);
    if (end >= self->scenario->duration) {
        end = self->scenario->duration;
        self->stop = self->opened + 1;
    }
    self->ends[self->opened++ % AHEAD] = end;
}

/* Returns: false if there is no window @number. */
static bool
enter_window(Shards *self, uint64_t number, RollTime *ret_end)
{
    g_mutex_lock(&self->lock);
    while (number >= self->merged + AHEAD)
        g_cond_wait(&self->changed, &self->lock);
    if (number == self->opened && number < self->stop)
        open_window(self);
    bool is_one = number < self->stop;
    if (is_one)
        *ret_end = self->ends[number % AHEAD];
    g_mutex_unlock(&self->lock);
    return is_one;
}

static void
leave_window(Shards *self, Shard *shard)
{
    g_mutex_lock(&self->lock);
    shard->written++;
    merge_ready(self);
    g_mutex_unlock(&self->lock);
}

/* By the first thread, which is that of the caller. Windows that were begun are completed. */
static void
tell_progress(Shards *self)
{
    g_mutex_lock(&self->lock);
    RollTime now = self->now;
    uint64_t events = self->events;
    bool any = self->merged > 1 && self->stop > self->opened;
    g_mutex_unlock(&self->lock);
    if (!any || self->options->progress(self->options->progress_data, now, events))
        return;
    g_mutex_lock(&self->lock);
    self->stopped = self->stop > self->opened; /* else all of it is under way already */
    self->stop = self->opened;
    g_mutex_unlock(&self->lock);
}

static void
play(Shards *self, Shard *shard)
{
    RollTime end;
    for (uint64_t number = 0; enter_window(self, number, &end); number++) {
        sim_log_open(&shard->log, &shard->windows[number % AHEAD]);
        if (number == 0)
            sim_run_start(&shard->run);
        else
            sim_run_play(&shard->run, end);
        sim_log_close(&shard->log, end);
        leave_window(self, shard);
        if (shard == self->shards && self->options->progress != NULL)
            tell_progress(self);
    }
}

static gpointer
shard_main(gpointer data)
{
    Shard *shard = data;
    shard->run.log = &shard->log;
    if (sim_run_open(&shard->run, &shard->error)) {
        play(shard->all, shard);
        sim_run_stop(&shard->run);
    }
    return NULL;
}

/* All of a run but what it has measured; most of its memory is freed by who has it in its cache. */
static gpointer
shard_close(gpointer data)
{
    Shard *shard = data;
    sim_run_close(&shard->run);
    for (size_t i = 0; i < AHEAD; i++)
        sim_log_window_clear(&shard->windows[i]);
    return NULL;
}

static void
on_all(Shards *self, GThreadFunc function)
{
    g_autofree GThread **threads = g_new(GThread *, self->n);
    for (size_t i = 1; i < self->n; i++)
        threads[i] = g_thread_new("rollcall-part", function, &self->shards[i]);
    function(&self->shards[0]);
    for (size_t i = 1; i < self->n; i++)
        g_thread_join(threads[i]);
}

static gint
compare_groups(gconstpointer a, gconstpointer b, gpointer data)
{
    const SimScenario *scenario = data;
    g_autofree char *x = g_strconcat(scenario->groups[*(const size_t *)a].name, ".", NULL);
    g_autofree char *y = g_strconcat(scenario->groups[*(const size_t *)b].name, ".", NULL);
    return strcmp(x, y);
}

/* An AOR is `sip:`, the name of the group, a dot, and digits, as many for all of the group: so the
 * groups are in the order of their names, which have no dot, and phones in that of their numbers.
 */
static uint32_t *
rank_groups(const SimScenario *scenario)
{
    uint32_t *ranks = g_new(uint32_t, scenario->n_groups);
    g_autofree size_t *order = g_new(size_t, scenario->n_groups);
    uint32_t before = 0;
    for (size_t g = 0; g < scenario->n_groups; g++)
        order[g] = g;
    g_qsort_with_data(order, (gint)scenario->n_groups, sizeof *order, compare_groups,
                      (gpointer)scenario);
    for (size_t i = 0; i < scenario->n_groups; i++) {
        const SimGroup *group = &scenario->groups[order[i]];
        ranks[order[i]] = before - group->first;
        before += group->count;
    }
    return ranks;
}

static void
make_shards(Shards *self, const uint32_t *addresses)
{
    self->shards = g_new0(Shard, self->n);
    for (size_t i = 0; i < self->n; i++) {
        Shard *shard = &self->shards[i];
        shard->all = self;
        shard->log.ranks = self->ranks;
        shard->log.next_wake = ROLL_NEVER;
        shard->run.scenario = self->scenario;
        shard->run.options = &self->of_parts;
        shard->run.part = (SimPart){(unsigned)i, (unsigned)self->n, addresses};
    }
}

static void
finish(Shards *self, SimResult *result)
{
    SimRun *first = &self->shards[0].run;
    for (size_t i = 0; i < self->n; i++) {
        SimRun *run = &self->shards[i].run;
        result->registrations += run->registrations;
        if (i > 0)
            sim_measure_add_part(first->measure, first->now, run->measure);
    }
    sim_measure_finish(first->measure, first->now, result);
    result->partial = self->stopped;
    result->fingerprint = self->merge->fingerprint;
    result->events = self->merge->events;
}

bool
sim_run_split(const SimScenario *scenario, const SimRunOptions *options, SimResult *result,
              GError **error)
{
    g_autofree uint32_t *addresses = sim_world_assign(scenario);
    g_autofree uint32_t *ranks = rank_groups(scenario);
    size_t n = MIN(options->threads, MIN(SIM_THREADS_MOST, scenario->n_phones));
    g_autoptr(SimMerge) merge = sim_merge_new(n);
    double rate = MAX(sim_run_event_rate(scenario), 1e-3);
    Shards self = {.scenario = scenario, .options = options, .ranks = ranks, .n = n};
    self.of_parts.link = options->link;
    self.of_parts.every_keepalive = options->every_keepalive;
    self.merge = merge;
    self.stop = UINT64_MAX;
    self.slice = (RollTime)MIN((double)(7 * ROLL_DAY), TARGET * (double)n / rate * 1e6) + 1;
    g_mutex_init(&self.lock);
    g_cond_init(&self.changed);
    make_shards(&self, addresses);
    on_all(&self, shard_main);
    GError *failed = self.shards[0].error;
    if (failed == NULL)
        finish(&self, result);
    else
        g_propagate_error(error, failed);
    for (size_t i = 1; i < n; i++)
        g_clear_error(&self.shards[i].error);
    on_all(&self, shard_close);
    g_free(self.shards);
    g_mutex_clear(&self.lock);
    g_cond_clear(&self.changed);
    return failed == NULL;
}
