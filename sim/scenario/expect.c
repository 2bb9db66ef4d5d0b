/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The unit of the value follows from the unit of the metric: a share is written with %, a rate as
 * 12/s, a duration as 30min, and a plain number stays plain. */
#include "sim/scenario/expect.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

static bool
read_metric(const char *name, SimMetric *out, GError **error)
{
    const char *names[SIM_N_METRICS + 1] = {NULL};
    SimMetric metric = sim_metric_find(name);
    if (metric != SIM_N_METRICS) {
        *out = metric;
        return true;
    }
    for (int i = 0; i < SIM_N_METRICS; i++)
        names[i] = sim_metric_info((SimMetric)i)->name;
    return sim_words_unknown(error, "unknown metric", name, names);
}

static bool
read_group(const SimScenario *scenario, const char *name, int *out, GError **error)
{
    g_autofree const char **names = g_new0(const char *, scenario->n_groups + 1);
    for (size_t i = 0; i < scenario->n_groups; i++) {
        names[i] = scenario->groups[i].name;
        if (strcmp(names[i], name) == 0) {
            *out = (int)i;
            return true;
        }
    }
    return sim_words_unknown(error, "unknown group of phones", name, names);
}

/* `metric` or `metric of GROUP` */
static bool
read_subject(const SimScenario *scenario, const char *text, SimExpectation *out, GError **error)
{
    g_autofree char *metric = g_strndup(text, strcspn(text, " "));
    const char *rest = sim_value_after(text, metric);
    out->group = -1;
    if (!read_metric(metric, &out->metric, error))
        return false;
    if (!rest || !*rest)
        return true;
    const char *group = sim_value_after(rest, "of");
    if (!group || strchr(group, ' ')) {
        g_autofree char *quoted = sim_words_quote(text);
        return sim_words_fail(error, "%s does not have the form: %s of GROUP", quoted, metric);
    }
    return read_group(scenario, group, &out->group, error);
}

/* Records and the like: a plain number; the unit may stand behind it. */
static bool
read_plain(const char *text, const char *unit, double *out, GError **error)
{
    size_t n = strspn(text, "0123456789.");
    g_autofree char *number = g_strndup(text, n);
    g_autofree char *behind = g_strchug(g_strdup(text + n));
    const char *name = *unit == '1' ? unit + 1 : unit;
    if (*behind && strcmp(behind, name) != 0) {
        g_autofree char *quoted = sim_words_quote(behind);
        return sim_words_fail(error, "unknown unit %s; did you mean \"%s\"?", quoted, name);
    }
    return sim_value_number(number, out, error);
}

static bool
read_target(SimMetric metric, const char *text, double *out, GError **error)
{
    const SimMetricInfo *info = sim_metric_info(metric);
    bool good;
    RollTime time = 0;
    if (strcmp(info->unit, "1") == 0)
        good = sim_value_share(text, out, error);
    else if (strcmp(info->unit, "s") == 0)
        good = sim_value_time(text, &time, error);
    else if (g_str_has_prefix(info->unit, "1/") && strcmp(info->unit, "1/phone") != 0)
        good = sim_value_rate(text, out, error);
    else
        good = read_plain(text, info->unit, out, error);
    if (!good) {
        g_prefix_error(error, "%s: ", info->name);
        return false;
    }
    if (strcmp(info->unit, "s") == 0)
        *out = (double)time / ROLL_SECOND;
    else if (strcmp(info->unit, "1/min") == 0)
        *out *= 60;
    else if (strcmp(info->unit, "1/h") == 0)
        *out *= 3600;
    return true;
}

bool
sim_expectation_read(const SimScenario *scenario, const char *text, SimExpectation *out,
                     GError **error)
{
    SimExpectation expectation = {0};
    size_t n = strcspn(text, "<>=");
    g_autofree char *quoted = sim_words_quote(text);
    if (!text[n])
        return sim_words_fail(error, "%s is not an expectation, such as: stale-share <= 2%%",
                              quoted);
    expectation.op = text[n];
    if (text[n] == '=' || text[n + 1] != '=')
        return sim_words_fail(error, "an expectation compares with <= or >=; did you mean \"%s\"?",
                              text[n] == '>' ? ">=" : "<=");
    g_autofree char *subject = g_strstrip(g_strndup(text, n));
    g_autofree char *target = g_strstrip(g_strdup(text + n + 2));
    if (!read_subject(scenario, subject, &expectation, error) ||
        !read_target(expectation.metric, target, &expectation.value, error))
        return false;
    expectation.text = g_strdup(text);
    *out = expectation;
    return true;
}
