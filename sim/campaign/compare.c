/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/campaign/compare.h"

#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

/* What is compared of a side: its first runs, and which slice of them. */
typedef struct {
    GPtrArray *samples;
    size_t slice;
} Runs;

static const SimSample *const *
samples_of(const Runs *runs)
{
    return (const SimSample *const *)runs->samples->pdata;
}

static bool
take_runs(const SimSide *side, const char *population, Runs *out, GError **error)
{
    out->samples = sim_campaign_samples(side->campaign, side->point);
    if (out->samples->len == 0)
        return sim_words_fail(error, "%s has no runs; finish its campaign first", side->label);
    const SimSample *first = out->samples->pdata[0];
    const SimSlice *slice = sim_sample_slice(first, population);
    if (slice != NULL) {
        out->slice = (size_t)(slice - first->slices);
        return true;
    }
    g_autofree const char **names = g_new0(const char *, first->n_slices + 1);
    for (size_t i = 0; i < first->n_slices; i++)
        names[i] = first->slices[i].name;
    g_autofree char *what = g_strdup_printf("%s has no phones called", side->label);
    return sim_words_unknown(error, what, population, names);
}

/* The k-th phone of one side meets what the k-th of the other meets, if all of this is equal. */
static const char *
why_unpaired(const Runs *a, const Runs *b, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const SimSample *x = a->samples->pdata[i];
        const SimSample *y = b->samples->pdata[i];
        if (x->seed != y->seed || x->replication != y->replication)
            return "they have other draws";
        if (x->n_slices != y->n_slices)
            return "they have other groups of phones";
        for (size_t s = 0; s < x->n_slices; s++)
            if (strcmp(x->slices[s].name, y->slices[s].name) != 0 ||
                x->slices[s].phones != y->slices[s].phones)
                return "they have other groups of phones";
        if (x->slices[a->slice].n_batches != y->slices[b->slice].n_batches)
            return "they have other batches of phones";
    }
    return NULL;
}

static SimEstimate
scaled(const SimEstimate *estimate, double unit)
{
    if (unit == 0)
        return (SimEstimate){NAN, NAN, NAN, NAN};
    return (SimEstimate){estimate->value / unit, estimate->low / unit, estimate->high / unit,
                         estimate->error / unit};
}

/* Welch's test, from the interval alone: how far the difference is from 0 in its own units. */
static double
unpaired_p(const SimSpread *a, const SimSpread *b)
{
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; i++) {
        double p = (low + high) / 2;
        SimEstimate estimate = sim_estimate_unpaired(a, b, 1 - p);
        if (isnan(estimate.low))
            return NAN;
        bool excludes = estimate.low > 0 || estimate.high < 0;
        *(excludes ? &high : &low) = p;
    }
    return (low + high) / 2;
}

static void
compare_metric(SimVersus *self, const Runs *a, const Runs *b, unsigned n_a, unsigned n_b,
               SimMetric metric)
{
    g_autoptr(SimSpread) x = sim_spread_metric(samples_of(a), n_a, a->slice, metric, self->method);
    g_autoptr(SimSpread) y = sim_spread_metric(samples_of(b), n_b, b->slice, metric, self->method);
    if (isnan(x->value) && isnan(y->value))
        return;
    SimCompared row = {.metric = metric,
                       .a = sim_spread_estimate(x, 0.95),
                       .b = sim_spread_estimate(y, 0.95),
                       .p = NAN,
                       .reduction = NAN};
    if (self->why_unpaired == NULL) {
        g_autoptr(SimSpread) difference = sim_spread_difference(x, y);
        row.difference = sim_spread_estimate(difference, 0.95);
        row.p = sim_spread_p(difference);
        row.reduction = sim_variance_reduction(x, y);
    } else {
        row.difference = sim_estimate_unpaired(x, y, 0.95);
        row.p = unpaired_p(x, y);
    }
    row.relative = scaled(&row.difference, x->value);
    g_array_append_val(self->rows, row);
}

/* Many metrics at once: one in twenty would differ by chance alone. */
static void
adjust(SimVersus *self)
{
    g_autofree double *p = g_new0(double, self->rows->len + 1);
    for (guint i = 0; i < self->rows->len; i++)
        p[i] = g_array_index(self->rows, SimCompared, i).p;
    sim_holm(p, self->rows->len);
    for (guint i = 0; i < self->rows->len; i++) {
        SimCompared *row = &g_array_index(self->rows, SimCompared, i);
        row->p = p[i];
        row->differs = p[i] <= 0.05;
    }
}

static SimMethod
method_of(const SimSide *a, const SimSide *b)
{
    bool runs = sim_campaign_method(a->campaign, NULL) == SIM_METHOD_RUNS ||
                sim_campaign_method(b->campaign, NULL) == SIM_METHOD_RUNS;
    return runs ? SIM_METHOD_RUNS : SIM_METHOD_PHONES;
}

SimVersus *
sim_versus_new(const SimSide *a, const SimSide *b, const char *population, const SimMetric *metrics,
               GError **error)
{
    Runs x = {0};
    Runs y = {0};
    SimVersus *self = NULL;
    if (take_runs(a, population, &x, error) && take_runs(b, population, &y, error)) {
        self = g_new0(SimVersus, 1);
        self->rows = g_array_new(FALSE, FALSE, sizeof(SimCompared));
        self->method = method_of(a, b);
        self->runs = MIN(x.samples->len, y.samples->len);
        self->why_unpaired = why_unpaired(&x, &y, self->runs);
        bool paired = self->why_unpaired == NULL;
        for (size_t i = 0; metrics[i] != SIM_N_METRICS; i++)
            compare_metric(self, &x, &y, paired ? self->runs : x.samples->len,
                           paired ? self->runs : y.samples->len, metrics[i]);
        adjust(self);
    }
    g_clear_pointer(&x.samples, g_ptr_array_unref);
    g_clear_pointer(&y.samples, g_ptr_array_unref);
    return self;
}

void
sim_versus_free(SimVersus *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->rows);
    g_free(self);
}
