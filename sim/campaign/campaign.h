/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A campaign: points, each a scenario with some changes, and some replications of each. It knows
 * what is done and what is still to do, keeps all in a database, and says what the runs of a point
 * come to together.
 *
 * Replication r of every point has the same draws (common random numbers), unless the points are to
 * be independent. So a difference between points is the policy's, and its interval is narrow. */
#pragma once

#include "sim/campaign/database.h"
#include "sim/campaign/pool.h"

/** SIM_CAMPAIGN_MOST_RUNS: replications after which --precision is given up. */
#define SIM_CAMPAIGN_MOST_RUNS 1000

/** SIM_CAMPAIGN_LEAST_RUNS: before --precision looks for the first time. */
#define SIM_CAMPAIGN_LEAST_RUNS 10

/**
 * SimCampaignOptions: all pointers are borrowed for the life of the campaign.
 * @kind: sweep, tune, ...: what made it
 * @path: of the scenario; @variant: of it, or %NULL; @changes: --set of all points
 * @study: in words, what was asked for: tells a campaign from another with the same scenario
 * @replications: of each point; with @precision the least
 * @precision: largest relative half-width of @precise (%SIM_N_METRICS at the end), of all phones;
 * 0: none
 * @tracks: metrics whose series is kept, %SIM_N_METRICS at the end; those of the warm-up come first
 *   by themselves
 * @independent: no common random numbers
 * @database: path of the file
 */
typedef struct {
    const char *kind;
    const char *path;
    const char *variant;
    const char *const *changes;
    const char *study;
    SimLinkKind link;
    unsigned replications;
    double precision;
    const SimMetric *precise;
    const SimMetric *tracks;
    bool independent;
    unsigned threads;
    unsigned patience;
    const char *database;
} SimCampaignOptions;

typedef struct SimCampaign SimCampaign;

/** sim_campaign_open: reads the scenario, opens the database and takes over the runs that are in
 * it. (transfer full) */
SimCampaign *sim_campaign_open(const SimCampaignOptions *options, GError **error);

/** sim_campaign_load: the runs of a database, for reports; sim_campaign_run() has no work then. */
SimCampaign *sim_campaign_load(const char *database, GError **error);
void sim_campaign_free(SimCampaign *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimCampaign, sim_campaign_free)

/** sim_campaign_scenario: as it is without the changes of any point; borrowed. */
const SimScenario *sim_campaign_scenario(const SimCampaign *self);

/** sim_campaign_database: borrowed. */
SimDatabase *sim_campaign_database(const SimCampaign *self);

/** sim_campaign_method: which units tell the error; *@reason (out, nullable) is why phones are not
 * taken as independent, or %NULL. */
SimMethod sim_campaign_method(const SimCampaign *self, const char **reason);

/**
 * sim_campaign_add: a point with @changes; the same one again is the same point.
 * Returns: false if the scenario cannot be read with them
 */
bool sim_campaign_add(SimCampaign *self, const char *const *changes, unsigned *point,
                      GError **error);
unsigned sim_campaign_n_points(const SimCampaign *self);
const char *const *sim_campaign_changes(const SimCampaign *self, unsigned point);

/** sim_campaign_parse: the scenario as it is at @point. (transfer full) */
SimScenario *sim_campaign_parse(const SimCampaign *self, unsigned point, GError **error);

/**
 * SimCampaignWatch: what sim_campaign_run() tells while it goes on.
 * @done, @all: runs of those that are wanted now; @all grows with --precision
 * @progress: returns false to stop; may be %NULL
 * @lost: a rank was given up with the run it had; may be %NULL
 */
typedef struct {
    bool (*progress)(void *data, unsigned done, unsigned all, unsigned under_way);
    void (*lost)(void *data, unsigned point, unsigned replication, int rank);
    void *data;
} SimCampaignWatch;

/**
 * sim_campaign_run: what is not done yet of all points.
 * Returns: false with @error; false without one if it was stopped
 */
bool sim_campaign_run(SimCampaign *self, const SimCampaignWatch *watch, GError **error);

/** sim_campaign_runs: replications of @point that count, once it has run. */
unsigned sim_campaign_runs(const SimCampaign *self, unsigned point);

/** sim_campaign_samples: those runs, in order. (transfer full): of SimSample */
GPtrArray *sim_campaign_samples(const SimCampaign *self, unsigned point);

/** sim_campaign_metric: of slice @slice (0: all) at @point. (transfer full) */
SimSpread *sim_campaign_metric(SimCampaign *self, unsigned point, size_t slice, SimMetric metric);

/** sim_campaign_estimate: the same at 95 %, cut at 0, and for a share at 1. */
SimEstimate sim_campaign_estimate(SimCampaign *self, unsigned point, size_t slice,
                                  SimMetric metric);

/** sim_campaign_histogram: of slice @slice over the runs of @point: of registration delays if @delay,
 * else of stale lives. (transfer full): free with g_free() */
SimHistogram *sim_campaign_histogram(SimCampaign *self, unsigned point, size_t slice, bool delay);

/** sim_campaign_warmup: of the average of the series of @metric over the runs of @point. Returns:
 * false if there is no such series */
bool sim_campaign_warmup(SimCampaign *self, unsigned point, SimMetric metric, SimWarmup *out);

/** sim_campaign_mean_track: that average; @values is NaN where nothing was seen. (transfer full) */
SimTrack *sim_campaign_mean_track(SimCampaign *self, unsigned point, SimMetric metric);
void sim_track_free(SimTrack *self);

/** sim_campaign_finish: writes estimates, quantiles and warm-ups, and, if it is @complete, the file
 * anew. The database is closed then. */
bool sim_campaign_finish(SimCampaign *self, bool complete, GError **error);
