/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small campaign for tests of pools and clusters: an owner that hands out its tasks in order and
 * keeps a checksum of what came of each. */
#pragma once

#include "sim/campaign/pool.h"

#include <string.h>

/* 24 phones a task; how long it takes is for @duration to say. */
static const char CAMPAIGN_TEXT[] = "[scenario]\n"
                                    "duration = 8h\n"
                                    "seed = 3\n"
                                    "[registrar]\n"
                                    "domain = example.org\n"
                                    "[network lan]\n"
                                    "pool = 10.0.0.0/24\n"
                                    "delay = 5ms\n"
                                    "[phones desk]\n"
                                    "count = 24\n"
                                    "network = lan\n"
                                    "expires = 20min\n"
                                    "power = on exp(2h), off exp(30min)\n"
                                    "[variant brief]\n"
                                    "phones.desk.expires = 2min\n";

enum { CAMPAIGN_MOST = 64 };

static const SimMetric CAMPAIGN_TRACKS[] = {SIM_METRIC_CORRECT_SHARE, SIM_METRIC_STALE_SHARE,
                                            SIM_N_METRICS};

/* @sums: of samples, by task; NULL until it is done */
typedef struct {
    SimTask tasks[CAMPAIGN_MOST];
    unsigned n;
    unsigned handed;
    unsigned done;
    char *sums[CAMPAIGN_MOST];
} Campaign;

/* Every second task is of the variant; @changes is borrowed. */
static inline void
campaign_fill(Campaign *self, unsigned n, const char *const *changes)
{
    g_assert_cmpuint(n, <=, CAMPAIGN_MOST);
    *self = (Campaign){.n = n};
    for (unsigned i = 0; i < n; i++)
        self->tasks[i] = (SimTask){.path = "campaign.ini",
                                   .text = CAMPAIGN_TEXT,
                                   .variant = i % 2 == 0 ? NULL : "brief",
                                   .changes = changes,
                                   .link = SIM_LINK_DIRECT,
                                   .replication = i,
                                   .tracks = CAMPAIGN_TRACKS,
                                   .point = i};
}

static inline void
campaign_clear(Campaign *self)
{
    for (unsigned i = 0; i < self->n; i++)
        g_clear_pointer(&self->sums[i], g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Campaign, campaign_clear)

static inline const SimTask *
campaign_next(void *data)
{
    Campaign *self = data;
    return self->handed < self->n ? &self->tasks[self->handed++] : NULL;
}

static inline char *
campaign_sum(const SimSample *sample)
{
    g_autoptr(GBytes) bytes = sim_sample_write(sample);
    return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
}

static inline bool
campaign_done(void *data, const SimTask *task, SimSample *sample, GError **error)
{
    Campaign *self = data;
    (void)error;
    g_assert_true(task == &self->tasks[task->point]);
    g_assert_null(self->sums[task->point]);
    g_assert_cmpuint(sample->replication, ==, task->replication);
    self->sums[task->point] = campaign_sum(sample);
    self->done++;
    sim_sample_free(sample);
    return true;
}

static inline bool
campaign_idle(void *data, unsigned under_way)
{
    (void)data;
    (void)under_way;
    return true;
}

static inline SimPoolOptions
campaign_options(Campaign *self, unsigned threads)
{
    return (SimPoolOptions){.threads = threads,
                            .patience = 60,
                            .next = campaign_next,
                            .done = campaign_done,
                            .idle = campaign_idle,
                            .data = self};
}
