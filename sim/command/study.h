/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the commands that make campaigns share: their options, the bar, Ctrl-C, where it all goes.
 */
#pragma once

#include "sim/campaign/campaign.h"
#include "sim/command/command.h"

/** SimStudy: the options as given, and what follows from them. */
typedef struct {
    char **changes;
    char *link;
    char *output;
    char *variant;
    int replications;
    char *precision;
    char **metrics;
    char **series;
    int jobs;
    int patience;
    gboolean independent;
    gboolean quiet;
    SimMetric shown[SIM_N_METRICS + 1];  /* --metric, or what is shown by default */
    SimMetric tracks[SIM_N_METRICS + 1]; /* --series */
    char *folder;
    char *database;
} SimStudy;

/** sim_study_clear: frees what it has. */
void sim_study_clear(SimStudy *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimStudy, sim_study_clear)

/** sim_study_entries: @own options of a command (with %G_OPTION_ENTRY_NULL), then those of every
 * study; free the array with g_free(). */
GOptionEntry *sim_study_entries(SimStudy *self, const GOptionEntry *own);

/**
 * sim_study_open: checks the options and opens the campaign in OUTPUT/NAME/@kind/campaign.db.
 * @study: see SimCampaignOptions
 * @least: replications if --replications was not given
 */
SimCampaign *sim_study_open(SimStudy *self, const char *kind, const char *path, const char *study,
                            unsigned least, GError **error);

/** sim_study_run: what there is to do, with a bar on the terminal. Returns: an exit code; anything
 * but %SIM_EXIT_MET has been told */
int sim_study_run(SimStudy *self, SimCampaign *campaign);

/** sim_study_simulate: the runs of one scenario, or of @variant of it, as `rollcall run
 * --replications` keeps them: what is there is used. *@campaign (out) (transfer full) is complete
 * and written if %SIM_EXIT_MET is returned. */
int sim_study_simulate(SimStudy *self, const char *path, const char *variant,
                       SimCampaign **campaign);

/** sim_study_replicate: `rollcall run FILE --replications N` (replicate.c). Returns: an exit code */
int sim_study_replicate(SimStudy *self, const char *path);

/** sim_study_metrics: those of --metric, or what is shown by default; %SIM_N_METRICS at the end. */
bool sim_study_metrics(const SimStudy *self, SimMetric out[SIM_N_METRICS + 1], GError **error);

/** SimStudyBar: what to watch a campaign with, where sim_study_run() is not what a command needs. */
typedef struct SimStudyBar SimStudyBar;
SimStudyBar *sim_study_bar_new(const SimStudy *study);
const SimCampaignWatch *sim_study_bar_watch(const SimStudyBar *self);
void sim_study_bar_free(SimStudyBar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimStudyBar, sim_study_bar_free)

/** sim_study_interrupted: says so. Returns: the exit code for it */
int sim_study_interrupted(const SimStudy *self);

/** sim_study_method: one or two sentences on where the intervals come from. (transfer full) */
char *sim_study_method(const SimStudy *self, const SimCampaign *campaign);
