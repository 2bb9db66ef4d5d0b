/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of a campaign share. */
#pragma once

#include "sim/campaign/campaign.h"

/**
 * SimCampaignPoint:
 * @text: its changes, joined by newlines
 * @runs: GBytes of a sample by replication, %NULL where there is none yet
 * @wanted: replications to be done; @handed: of these, the first ones that were given out or are
 * done
 * @counted: of the runs, how many count; 0 as long as it is not known
 */
typedef struct {
    char **changes;
    char *text;
    GPtrArray *parameters; /* SimParameter */
    GPtrArray *runs;
    unsigned wanted;
    unsigned handed;
    unsigned counted;
} SimCampaignPoint;

struct SimCampaign {
    SimCampaignOptions options;
    SimScenario *scenario;
    SimDatabase *database;
    bool reading;               /* from a database, which stays as it is */
    const char **owned_changes; /* then, those of @options */
    GPtrArray *points;          /* SimCampaignPoint */
    SimMetric tracks[SIM_N_METRICS + 3];
    const char *coupling; /* why phones are not independent, or %NULL */
    GPtrArray *cache;     /* samples of @cached */
    unsigned cached;
    const SimCampaignWatch *watch;
    GError **error;
    bool stopped;
};

SimCampaignPoint *sim_campaign_point(const SimCampaign *self, unsigned point);

/** sim_campaign_put: a run of @point; takes a reference to @bytes. */
void sim_campaign_put(SimCampaign *self, unsigned point, unsigned replication, GBytes *bytes);

/** sim_campaign_settle: sets @wanted, and @counted if the runs suffice, from those that are done.
 */
void sim_campaign_settle(SimCampaign *self, unsigned point);
