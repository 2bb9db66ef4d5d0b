/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each name of the formula is bound to a metric of a slice when it is made; its value and the
 * influences of its units follow from those of the metrics. */
#include "sim/campaign/quantity.h"

#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

/* SIM_N_METRICS: the number of phones. */
typedef struct {
    size_t slice;
    SimMetric metric;
} Binding;

struct SimQuantity {
    SimFormula *formula;
    Binding *bindings;
    size_t n;
    double phones;
};

double
sim_metric_base(SimMetric metric)
{
    const char *unit = sim_metric_info(metric)->unit;
    if (strcmp(unit, "1/h") == 0)
        return 1 / 3600.0;
    return strcmp(unit, "1/min") == 0 ? 1 / 60.0 : 1;
}

static bool
bind_group(const SimScenario *scenario, const char *name, Binding *out, GError **error)
{
    g_autofree const char **names = g_new0(const char *, scenario->n_groups + 1);
    for (size_t i = 0; i < scenario->n_groups; i++) {
        names[i] = scenario->groups[i].name;
        if (strcmp(names[i], name) == 0) {
            out->slice = i + 1;
            return true;
        }
    }
    return sim_words_unknown(error, "unknown group of phones", name, names);
}

static bool
bind_metric(const char *name, Binding *out, GError **error)
{
    const char *names[SIM_N_METRICS + 2] = {NULL};
    out->metric = sim_metric_find(name);
    if (out->metric != SIM_N_METRICS || strcmp(name, "phones") == 0)
        return true;
    for (unsigned i = 0; i < SIM_N_METRICS; i++)
        names[i] = sim_metric_info(i)->name;
    names[SIM_N_METRICS] = "phones";
    return sim_words_unknown(error, "unknown metric", name, names);
}

static bool
bind(const SimScenario *scenario, const char *name, Binding *out, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(name, " of ", 2);
    out->slice = 0;
    return bind_metric(parts[0], out, error) &&
           (parts[1] == NULL || bind_group(scenario, parts[1], out, error));
}

SimQuantity *
sim_quantity_take(const SimScenario *scenario, SimFormula *formula, GError **error)
{
    g_autoptr(SimQuantity) self = g_new0(SimQuantity, 1);
    const char *const *names = sim_formula_names(formula);
    self->formula = formula;
    self->n = g_strv_length((GStrv)names);
    self->bindings = g_new0(Binding, self->n + 1);
    self->phones = scenario->n_phones;
    for (size_t i = 0; i < self->n; i++)
        if (!bind(scenario, names[i], &self->bindings[i], error))
            return NULL;
    return g_steal_pointer(&self);
}

SimQuantity *
sim_quantity_new(const SimScenario *scenario, const char *text, GError **error)
{
    SimFormula *formula = sim_formula_parse(text, error);
    return formula == NULL ? NULL : sim_quantity_take(scenario, formula, error);
}

void
sim_quantity_free(SimQuantity *self)
{
    if (self == NULL)
        return;
    sim_formula_free(self->formula);
    g_free(self->bindings);
    g_free(self);
}

const SimFormula *
sim_quantity_formula(const SimQuantity *self)
{
    return self->formula;
}

static double
phones_of(const SimQuantity *self, SimCampaign *campaign, unsigned point, size_t slice)
{
    g_autoptr(GPtrArray) samples = sim_campaign_samples(campaign, point);
    if (samples->len == 0)
        return self->phones;
    const SimSample *sample = samples->pdata[0];
    return sample->slices[slice].phones;
}

/* The spread of each name, and the gradient at their values. */
static double
evaluate(const SimQuantity *self, SimCampaign *campaign, unsigned point, SimSpread **parts,
         double *gradient)
{
    g_autofree double *values = g_new0(double, self->n + 1);
    for (size_t i = 0; i < self->n; i++) {
        const Binding *binding = &self->bindings[i];
        if (binding->metric == SIM_N_METRICS) {
            values[i] = phones_of(self, campaign, point, binding->slice);
            continue;
        }
        parts[i] = sim_campaign_metric(campaign, point, binding->slice, binding->metric);
        values[i] = parts[i]->value * sim_metric_base(binding->metric);
    }
    return sim_formula_gradient(self->formula, values, gradient);
}

static void
free_parts(SimSpread **parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sim_spread_free(parts[i]);
    g_free(parts);
}

SimSpread *
sim_quantity_spread(const SimQuantity *self, SimCampaign *campaign, unsigned point)
{
    SimSpread **parts = g_new0(SimSpread *, self->n + 1);
    g_autofree double *gradient = g_new0(double, self->n + 1);
    g_autofree const SimSpread **used = g_new0(const SimSpread *, self->n + 1);
    size_t n = 0;
    double value = evaluate(self, campaign, point, parts, gradient);
    for (size_t i = 0; i < self->n; i++) {
        if (parts[i] == NULL)
            continue;
        gradient[n] = gradient[i] * sim_metric_base(self->bindings[i].metric);
        used[n++] = parts[i];
    }
    SimSpread *spread = sim_spread_combine(value, used, gradient, n);
    free_parts(parts, self->n);
    return spread;
}

double
sim_quantity_weight(const SimQuantity *self, SimCampaign *campaign, unsigned point, size_t slice,
                    SimMetric metric)
{
    SimSpread **parts = g_new0(SimSpread *, self->n + 1);
    g_autofree double *gradient = g_new0(double, self->n + 1);
    double weight = 0;
    evaluate(self, campaign, point, parts, gradient);
    for (size_t i = 0; i < self->n; i++)
        if (self->bindings[i].slice == slice && self->bindings[i].metric == metric)
            weight = gradient[i] * sim_metric_base(metric);
    free_parts(parts, self->n);
    return weight;
}
