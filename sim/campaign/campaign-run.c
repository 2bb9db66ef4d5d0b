/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which run is next, and when a point has enough. The replications of a point are decided upon in
 * rounds, each from the runs before it alone; so how many there are does not depend on who was
 * faster. First replications of all points come first: a campaign that is stopped has a little of
 * each. */
#include "sim/campaign/campaign-parts.h"

#include "sim/scenario/words.h"
#include <math.h>

/* What a pool is given: a task, and what it borrows. */
typedef struct {
    SimTask task;
    unsigned replication;
    char **changes;
} Job;

void
sim_campaign_put(SimCampaign *self, unsigned point, unsigned replication, GBytes *bytes)
{
    GPtrArray *runs = sim_campaign_point(self, point)->runs;
    if (runs->len <= replication)
        g_ptr_array_set_size(runs, (int)replication + 1);
    if (runs->pdata[replication] == NULL)
        runs->pdata[replication] = g_bytes_ref(bytes);
    if (self->cached == point)
        g_clear_pointer(&self->cache, g_ptr_array_unref);
}

static unsigned
count_first(const SimCampaignPoint *point)
{
    unsigned n = 0;
    while (n < point->runs->len && point->runs->pdata[n] != NULL)
        n++;
    return n;
}

/* How many of the first @n runs are needed for one metric; 0: more, *@guess likely. */
static size_t
needed_for(const GPtrArray *samples, unsigned n, SimMetric metric, unsigned least, double precision,
           size_t *guess)
{
    g_autofree double *values = g_new0(double, n);
    bool seen = true;
    bool all_zero = true;
    for (unsigned i = 0; i < n; i++) {
        const SimSample *sample = samples->pdata[i];
        values[i] = sim_metric_value(metric, sample->slices[0].totals);
        seen = seen && !isnan(values[i]);
        all_zero = all_zero && values[i] == 0;
    }
    if (!seen || all_zero)
        return least;
    return sim_replications_needed(values, n, least, precision, 0.95, guess);
}

/* All of the first @n are done: are they enough? */
static void
judge(SimCampaign *self, unsigned point, unsigned n)
{
    SimCampaignPoint *it = sim_campaign_point(self, point);
    const SimCampaignOptions *options = &self->options;
    size_t most = options->replications;
    size_t wish = 0;
    it->counted = n;
    g_autoptr(GPtrArray) samples = sim_campaign_samples(self, point);
    for (size_t i = 0; options->precise[i] != SIM_N_METRICS; i++) {
        size_t guess = 0;
        size_t needed = needed_for(samples, n, options->precise[i], options->replications,
                                   options->precision, &guess);
        most = MAX(most, needed);
        wish = MAX(wish, needed == 0 ? guess : 0);
    }
    g_clear_pointer(&self->cache, g_ptr_array_unref);
    it->counted = wish == 0 ? (unsigned)most : 0;
    if (wish == 0)
        return;
    it->wanted = (unsigned)MIN(wish, SIM_CAMPAIGN_MOST_RUNS);
    if (n >= SIM_CAMPAIGN_MOST_RUNS)
        it->counted = n;
}

void
sim_campaign_settle(SimCampaign *self, unsigned point)
{
    SimCampaignPoint *it = sim_campaign_point(self, point);
    const SimCampaignOptions *options = &self->options;
    unsigned done = count_first(it);
    if (self->reading) {
        it->wanted = it->counted = done;
        return;
    }
    it->wanted = MAX(it->wanted, options->replications);
    if (it->counted > 0 || done < it->wanted)
        return;
    if (options->precision <= 0)
        it->counted = it->wanted;
    while (it->counted == 0 && done >= it->wanted)
        judge(self, point, it->wanted);
}

/* The next replication of @point that nobody has been given. */
static bool
skip_done(SimCampaignPoint *point)
{
    while (point->handed < point->wanted && point->handed < point->runs->len &&
           point->runs->pdata[point->handed] != NULL)
        point->handed++;
    return point->handed < point->wanted;
}

static Job *
make_job(const SimCampaign *self, unsigned point, unsigned replication)
{
    const SimCampaignOptions *options = &self->options;
    Job *job = g_new0(Job, 1);
    uint32_t stream = self->scenario->replication + replication;
    GStrvBuilder *changes = g_strv_builder_new();
    for (size_t i = 0; options->changes != NULL && options->changes[i] != NULL; i++)
        g_strv_builder_add(changes, options->changes[i]);
    g_strv_builder_addv(changes, (const char **)sim_campaign_changes(self, point));
    job->changes = g_strv_builder_end(changes);
    g_strv_builder_unref(changes);
    if (options->independent)
        stream += point * (uint32_t)SIM_CAMPAIGN_MOST_RUNS;
    job->replication = replication;
    job->task = (SimTask){
        .path = options->path,
        .text = self->scenario->text,
        .variant = options->variant,
        .changes = (const char *const *)job->changes,
        .link = options->link,
        .replication = stream,
        .tracks = self->tracks,
        .point = point,
    };
    return job;
}

static void
job_free(Job *self)
{
    g_strfreev(self->changes);
    g_free(self);
}

static const SimTask *
next(void *data)
{
    SimCampaign *self = data;
    unsigned best = self->points->len;
    for (unsigned i = 0; i < self->points->len; i++)
        if (skip_done(sim_campaign_point(self, i)) &&
            (best == self->points->len ||
             sim_campaign_point(self, i)->handed < sim_campaign_point(self, best)->handed))
            best = i;
    if (best == self->points->len)
        return NULL;
    return &make_job(self, best, sim_campaign_point(self, best)->handed++)->task;
}

static bool
done(void *data, const SimTask *task, SimSample *sample, GError **error)
{
    SimCampaign *self = data;
    Job *job = (Job *)task;
    unsigned point = task->point;
    g_autoptr(GBytes) bytes = sim_sample_write(sample);
    bool good = sim_database_add_run(self->database, point, job->replication, sample, error);
    sim_campaign_put(self, point, job->replication, bytes);
    sim_sample_free(sample);
    job_free(job);
    if (good)
        sim_campaign_settle(self, point);
    return good;
}

static void
count(const SimCampaign *self, unsigned *finished, unsigned *all)
{
    *finished = *all = 0;
    for (unsigned i = 0; i < self->points->len; i++) {
        const SimCampaignPoint *point = sim_campaign_point(self, i);
        *all += point->wanted;
        for (unsigned r = 0; r < MIN(point->wanted, point->runs->len); r++)
            *finished += point->runs->pdata[r] != NULL;
    }
}

static bool
idle(void *data, unsigned under_way)
{
    SimCampaign *self = data;
    const SimCampaignWatch *watch = self->watch;
    unsigned finished;
    unsigned all;
    if (watch == NULL || watch->progress == NULL)
        return true;
    count(self, &finished, &all);
    return watch->progress(watch->data, finished, all, under_way);
}

static void
lost(void *data, const SimTask *task, int rank)
{
    const SimCampaign *self = data;
    if (self->watch != NULL && self->watch->lost != NULL)
        self->watch->lost(self->watch->data, task->point, ((const Job *)task)->replication, rank);
}

bool
sim_campaign_run(SimCampaign *self, const SimCampaignWatch *watch, GError **error)
{
    SimPoolOptions pool = {
        .threads = self->options.threads,
        .patience = self->options.patience,
        .next = next,
        .done = done,
        .idle = idle,
        .lost = lost,
        .data = self,
    };
    self->watch = watch;
    for (unsigned i = 0; i < self->points->len; i++)
        sim_campaign_settle(self, i);
    bool good = sim_pool_run(&pool, error);
    self->watch = NULL;
    return good;
}
