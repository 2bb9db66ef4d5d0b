/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A made-up result for the tests of the reports: two groups, four bins of a quarter of an hour, a
 * cut in the third; no calls, so that something is not observed. */
#pragma once

#include "sim/report/report.h"

#include <math.h>
#include <string.h>

typedef struct {
    SimScenario scenario;
    SimGroup groups[2];
    SimNetworkSpec network;
    SimPlace place;
    SimCut cut;
    SimExpectation expectations[3];
    SimResult *result;
} Example;

static inline void
example_scenario(Example *self)
{
    SimScenario *scenario = &self->scenario;
    scenario->name = (char *)"example";
    scenario->path = (char *)"scenarios/example.ini";
    scenario->title = (char *)"Two groups <and> a \"cut\" & so on";
    scenario->text = (char *)"[scenario]\ntitle = <script>alert(1)</script>\n";
    scenario->duration = ROLL_HOUR;
    scenario->bin = ROLL_HOUR / 4;
    scenario->seed = UINT64_MAX;
    scenario->groups = self->groups;
    scenario->n_groups = 2;
    scenario->n_phones = 40;
    scenario->networks = &self->network;
    scenario->n_networks = 1;
    self->groups[0] = (SimGroup){.name = (char *)"desk", .count = 30};
    self->groups[1] = (SimGroup){.name = (char *)"it's <b>, \"q\"", .count = 10};
    for (size_t i = 0; i < scenario->n_groups; i++) {
        self->groups[i].places = &self->place;
        self->groups[i].n_places = 1;
    }
    self->cut = (SimCut){.name = (char *)"storm", .at = ROLL_HOUR / 2};
    scenario->cuts = &self->cut;
    scenario->n_cuts = 1;
    self->expectations[0] = (SimExpectation){.text = (char *)"stale-share <= 90%",
                                             .metric = SIM_METRIC_STALE_SHARE,
                                             .group = -1,
                                             .op = '<',
                                             .value = 0.9};
    self->expectations[1] = (SimExpectation){.text = (char *)"desk.reachability >= 99.9%",
                                             .metric = SIM_METRIC_REACHABILITY,
                                             .group = 0,
                                             .op = '>',
                                             .value = 0.999};
    self->expectations[2] = (SimExpectation){.text = (char *)"call-success >= 1%",
                                             .metric = SIM_METRIC_CALL_SUCCESS,
                                             .group = -1,
                                             .op = '>',
                                             .value = 0.01};
    scenario->expectations = self->expectations;
    scenario->n_expectations = 3;
}

/* Phone-microseconds that do not divide well, so that shares have to be rounded. */
static inline void
example_tallies(int64_t *tallies, size_t bin, size_t column)
{
    int64_t phones = column == 1 ? 30 : 10;
    int64_t stale = bin == 2 ? 123456789 : 0;
    tallies[SIM_TALLY_WRONG_ADDRESS] = 7654321 * phones;
    tallies[SIM_TALLY_MISSING] = 1234567 * phones;
    tallies[SIM_TALLY_STALE] = stale * phones;
    tallies[SIM_TALLY_ABSENT] = 33333333 * phones;
    tallies[SIM_TALLY_SPAN] = 900 * ROLL_SECOND;
    tallies[SIM_TALLY_CORRECT] =
        (900 * ROLL_SECOND - 7654321 - 1234567 - stale - 33333333) * phones;
    tallies[SIM_TALLY_BINDINGS] = tallies[SIM_TALLY_CORRECT] + stale * phones;
    tallies[SIM_TALLY_DEAD_BINDINGS] = stale * phones;
    tallies[SIM_TALLY_REFRESH] = phones / 2;
    tallies[SIM_TALLY_INITIAL] = bin == 3 ? phones : 0;
    tallies[SIM_TALLY_RRD_COUNT] = phones;
    tallies[SIM_TALLY_RRD_TIME] = 41000 * phones;
}

static inline void
example_columns(SimResult *result, size_t i)
{
    static const unsigned phones[3] = {40, 30, 10};
    SimColumns *columns = &result->columns[i];
    columns->name = i == 0 ? "all" : result->scenario->groups[i - 1].name;
    columns->phones = phones[i];
    columns->stale_life = g_new0(SimHistogram, 1);
    columns->delay = g_new0(SimHistogram, 1);
    columns->contacts = g_new0(int64_t, SIM_MAX_CONTACTS);
    for (size_t bin = 0; bin < result->n_bins; bin++)
        for (size_t t = 0; t < SIM_N_TALLIES; t++)
            columns->tallies[t] += result->bins[bin].tallies[i][t];
    for (SimMetric m = 0; m < SIM_N_METRICS; m++) {
        double value = sim_metric_value(m, columns->tallies);
        columns->metrics[m] = (SimEstimate){value, value * 0.97, value * 1.03, value * 0.015};
    }
    if (result->n_bins == 0)
        return;
    sim_histogram_add(columns->stale_life, 25 * ROLL_MINUTE, SIM_STALE_EXPIRED);
    sim_histogram_add(columns->stale_life, 3 * ROLL_MINUTE, SIM_STALE_RETURNED);
    sim_histogram_add(columns->delay, 41 * ROLL_MILLISECOND, 0);
    columns->contacts[0] = ROLL_SECOND;
    columns->contacts[1] = 30 * ROLL_SECOND;
}

/* With @n_bins bins: 4, or 0 for a run in which nothing happened. */
static inline Example *
example_new(size_t n_bins)
{
    Example *self = g_new0(Example, 1);
    example_scenario(self);
    SimResult *result = g_new0(SimResult, 1);
    *result = (SimResult){.scenario = &self->scenario,
                          .link = "wire",
                          .fingerprint = 0x0123456789abcdef,
                          .events = 1234567,
                          .registrations = 4321,
                          .observed = ROLL_HOUR,
                          .wall_s = 1.5,
                          .cpu_s = 1.25,
                          .n_bins = n_bins,
                          .n_columns = 3};
    result->bins = g_new0(SimBin, n_bins);
    for (size_t bin = 0; bin < n_bins; bin++) {
        result->bins[bin].start = (RollTime)bin * ROLL_HOUR / 4;
        result->bins[bin].end = (RollTime)(bin + 1) * ROLL_HOUR / 4;
        result->bins[bin].tallies = g_malloc0(3 * sizeof *result->bins[bin].tallies);
        for (size_t i = 1; i < 3; i++)
            example_tallies(result->bins[bin].tallies[i], bin, i);
        for (size_t t = 0; t < SIM_N_TALLIES; t++)
            result->bins[bin].tallies[0][t] =
                result->bins[bin].tallies[1][t] + result->bins[bin].tallies[2][t];
        result->bins[bin].tallies[0][SIM_TALLY_SPAN] = 900 * ROLL_SECOND;
    }
    result->columns = g_new0(SimColumns, 3);
    for (size_t i = 0; i < 3; i++)
        example_columns(result, i);
    sim_result_judge(result);
    self->result = result;
    return self;
}

static inline void
example_free(Example *self)
{
    sim_result_free(self->result);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Example, example_free)
