/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Points and their runs, and what ties a campaign to its database. */
#include "sim/campaign/campaign-parts.h"
#include "sim/campaign/parameter.h"

#include "sim/scenario/coupling.h"
#include "sim/scenario/files.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

/* What the check of the warm-up looks at. */
static const SimMetric WARMUP[] = {SIM_METRIC_LOCATION_ACCURACY, SIM_METRIC_REGISTER_RATE};

SimCampaignPoint *
sim_campaign_point(const SimCampaign *self, unsigned point)
{
    return self->points->pdata[point];
}

static void
bytes_free(gpointer data)
{
    if (data != NULL)
        g_bytes_unref(data);
}

static void
point_free(gpointer data)
{
    SimCampaignPoint *self = data;
    g_strfreev(self->changes);
    g_free(self->text);
    g_ptr_array_unref(self->parameters);
    g_ptr_array_unref(self->runs);
    g_free(self);
}

void
sim_campaign_free(SimCampaign *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->cache, g_ptr_array_unref);
    g_ptr_array_unref(self->points);
    sim_database_free(self->database);
    sim_scenario_free(self->scenario);
    g_free(self->owned_changes);
    g_free(self);
}

/* The base of all points, and then their own, which win. */
static char **
join_changes(const char *const *base, const char *const *own)
{
    GStrvBuilder *all = g_strv_builder_new();
    for (size_t i = 0; base != NULL && base[i] != NULL; i++)
        g_strv_builder_add(all, base[i]);
    for (size_t i = 0; own != NULL && own[i] != NULL; i++)
        g_strv_builder_add(all, own[i]);
    char **joined = g_strv_builder_end(all);
    g_strv_builder_unref(all);
    return joined;
}

/* The file was read once and for all; a change of it meanwhile does not matter. */
static SimScenario *
parse(const SimCampaign *self, const char *text, const char *const *changes, GError **error)
{
    const SimCampaignOptions *options = &self->options;
    g_auto(GStrv) all = join_changes(options->changes, changes);
    g_autoptr(SimScenario) file =
        sim_scenario_parse(options->path, text, strlen(text), (const char *const *)all, error);
    if (file == NULL || options->variant == NULL)
        return g_steal_pointer(&file);
    for (size_t i = 0; i < file->n_variants; i++)
        if (strcmp(file->variants[i].name, options->variant) == 0)
            return sim_scenario_vary(file, i, error);
    sim_words_fail(error,
                   "%s has no [variant %s]; rollcall run FILE --variant none leaves them out",
                   options->path, options->variant);
    return NULL;
}

static void
choose_tracks(SimCampaign *self)
{
    const SimMetric *wanted = self->options.tracks;
    size_t n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(WARMUP); i++)
        self->tracks[n++] = WARMUP[i];
    for (size_t i = 0; wanted != NULL && wanted[i] != SIM_N_METRICS && n < SIM_N_METRICS + 2; i++)
        if (wanted[i] != WARMUP[0] && wanted[i] != WARMUP[1])
            self->tracks[n++] = wanted[i];
    self->tracks[n] = SIM_N_METRICS;
}

static char *
name_tracks(const SimCampaign *self)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; self->tracks[i] != SIM_N_METRICS; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "",
                               sim_metric_info(self->tracks[i])->name);
    return g_string_free(out, FALSE);
}

/* Name and sum of each file that the scenario names. */
static char *
name_files(const SimScenario *scenario)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < scenario->named_files->len; i++) {
        const SimNamedFile *file = scenario->named_files->pdata[i];
        g_string_append_printf(out, "%s %s\n", file->digest, file->name);
    }
    return g_string_free(out, FALSE);
}

static bool
open_database(SimCampaign *self, GError **error)
{
    const SimCampaignOptions *options = &self->options;
    g_autofree char *changes =
        options->changes != NULL ? g_strjoinv("\n", (GStrv)options->changes) : g_strdup("");
    g_autofree char *tracks = name_tracks(self);
    g_autofree char *files = name_files(self->scenario);
    const SimCampaignFact identity[] = {
        {"kind", options->kind},
        {"version", SIM_VERSION},
        {"scenario", self->scenario->name},
        {"variant", options->variant != NULL ? options->variant : ""},
        {"link", options->link == SIM_LINK_DIRECT ? "direct" : "wire"},
        {"changes", changes},
        {"study", options->study},
        {"draws", options->independent ? "independent" : "common"},
        {"series", tracks},
        {"text", self->scenario->text},
        {"files", files},
    };
    self->database = sim_database_open(options->database, identity, G_N_ELEMENTS(identity), error);
    return self->database != NULL;
}

typedef struct {
    SimCampaign *campaign;
    GError *error;
} Reading;

static bool
on_point(void *data, unsigned point, const char *changes)
{
    Reading *reading = data;
    g_auto(GStrv) list = *changes ? g_strsplit(changes, "\n", -1) : g_new0(char *, 1);
    unsigned got;
    if (!sim_campaign_add(reading->campaign, (const char *const *)list, &got, &reading->error))
        return false;
    if (got == point)
        return true;
    return sim_words_fail(&reading->error, "the points of the database are not numbered in a row; "
                                           "remove it and run the campaign again");
}

static bool
on_run(void *data, unsigned point, unsigned replication, GBytes *sample)
{
    Reading *reading = data;
    SimCampaign *self = reading->campaign;
    g_autoptr(SimSample) read = sim_sample_read(sample);
    bool fits = read != NULL && read->n_slices == self->scenario->n_groups + 1;
    if (fits && point < self->points->len && replication < SIM_CAMPAIGN_MOST_RUNS) {
        sim_campaign_put(self, point, replication, sample);
        return true;
    }
    return sim_words_fail(
        &reading->error,
        "run %u of point %u cannot be read; remove the database and run the campaign again",
        replication, point);
}

/* What is there of an earlier start. */
static bool
take_over(SimCampaign *self, GError **error)
{
    Reading reading = {self, NULL};
    if (!sim_database_each_point(self->database, on_point, &reading, error))
        return false;
    if (reading.error == NULL && !sim_database_each_run(self->database, on_run, &reading, error))
        return false;
    if (reading.error == NULL)
        return true;
    g_propagate_error(error, reading.error);
    return false;
}

static SimCampaign *
new_campaign(const SimCampaignOptions *options)
{
    SimCampaign *self = g_new0(SimCampaign, 1);
    self->options = *options;
    self->points = g_ptr_array_new_with_free_func(point_free);
    choose_tracks(self);
    return self;
}

static bool
check_scenario(const SimCampaign *self, GError **error)
{
    if (self->scenario->script == NULL)
        return true;
    return sim_words_fail(error, "%s has a [script] and no phones: use rollcall check",
                          self->options.path);
}

SimCampaign *
sim_campaign_open(const SimCampaignOptions *options, GError **error)
{
    g_autoptr(SimCampaign) self = new_campaign(options);
    g_autoptr(SimScenario) file = sim_scenario_load(options->path, options->changes, error);
    if (file == NULL)
        return NULL;
    self->scenario = parse(self, file->text, NULL, error);
    if (self->scenario == NULL || !check_scenario(self, error))
        return NULL;
    self->coupling = sim_scenario_coupling(self->scenario);
    if (!open_database(self, error) ||
        !sim_database_set(self->database, "path", options->path, error) || !take_over(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

/* The options that a database was made with, as far as reports ask. */
static bool
load_scenario(SimCampaign *self, GError **error)
{
    g_autofree char *text = sim_database_get(self->database, "text");
    g_autofree char *changes = sim_database_get(self->database, "changes");
    g_autofree char *variant = sim_database_get(self->database, "variant");
    g_autofree char *path = sim_database_get(self->database, "path");
    if (text == NULL || changes == NULL || variant == NULL || path == NULL)
        return sim_words_fail(error,
                              "%s lacks what a campaign has; remove it and run the campaign again",
                              self->options.database);
    g_auto(GStrv) list = *changes ? g_strsplit(changes, "\n", -1) : g_new0(char *, 1);
    /* Interned, since options are borrowed. */
    const char **kept = g_new0(const char *, g_strv_length(list) + 1);
    for (size_t i = 0; list[i] != NULL; i++)
        kept[i] = g_intern_string(list[i]);
    self->options.changes = kept;
    self->owned_changes = kept;
    self->options.path = g_intern_string(path);
    self->options.variant = *variant ? g_intern_string(variant) : NULL;
    self->scenario = parse(self, text, NULL, error);
    return self->scenario != NULL && check_scenario(self, error);
}

SimCampaign *
sim_campaign_load(const char *database, GError **error)
{
    SimCampaignOptions options = {.database = database, .replications = 1};
    g_autoptr(SimCampaign) self = new_campaign(&options);
    self->reading = true;
    self->database = sim_database_read(database, error);
    if (self->database == NULL || !load_scenario(self, error))
        return NULL;
    self->coupling = sim_scenario_coupling(self->scenario);
    if (!take_over(self, error))
        return NULL;
    for (unsigned i = 0; i < self->points->len; i++)
        sim_campaign_settle(self, i);
    return g_steal_pointer(&self);
}

const SimScenario *
sim_campaign_scenario(const SimCampaign *self)
{
    return self->scenario;
}

SimDatabase *
sim_campaign_database(const SimCampaign *self)
{
    return self->database;
}

SimMethod
sim_campaign_method(const SimCampaign *self, const char **reason)
{
    if (reason != NULL)
        *reason = self->coupling;
    return self->coupling == NULL ? SIM_METHOD_PHONES : SIM_METHOD_RUNS;
}

static bool
write_point(SimCampaign *self, unsigned point, GError **error)
{
    const SimCampaignPoint *it = sim_campaign_point(self, point);
    g_autofree SimPointParameter *rows = g_new0(SimPointParameter, it->parameters->len);
    for (guint i = 0; i < it->parameters->len; i++) {
        const SimParameter *parameter = it->parameters->pdata[i];
        rows[i] = (SimPointParameter){parameter->key, parameter->value,
                                      sim_parameter_number(parameter->value), false};
        for (size_t k = 0; it->changes[k] != NULL && !rows[i].varied; k++)
            rows[i].varied = sim_change_sets(it->changes[k], parameter->key);
    }
    return sim_database_add_point(self->database, point, it->text, rows, it->parameters->len,
                                  error);
}

bool
sim_campaign_add(SimCampaign *self, const char *const *changes, unsigned *point, GError **error)
{
    g_autofree char *text = g_strjoinv("\n", (GStrv)changes);
    for (unsigned i = 0; i < self->points->len; i++)
        if (strcmp(sim_campaign_point(self, i)->text, text) == 0) {
            *point = i;
            return true;
        }
    g_autoptr(SimScenario) scenario = parse(self, self->scenario->text, changes, error);
    if (scenario == NULL)
        return false;
    if (self->coupling == NULL)
        self->coupling = sim_scenario_coupling(scenario);
    SimCampaignPoint *added = g_new0(SimCampaignPoint, 1);
    added->changes = g_strdupv((GStrv)changes);
    added->text = g_steal_pointer(&text);
    added->parameters = g_ptr_array_ref(scenario->parameters);
    added->runs = g_ptr_array_new_with_free_func(bytes_free);
    *point = self->points->len;
    g_ptr_array_add(self->points, added);
    return self->reading || write_point(self, *point, error);
}

unsigned
sim_campaign_n_points(const SimCampaign *self)
{
    return self->points->len;
}

const char *const *
sim_campaign_changes(const SimCampaign *self, unsigned point)
{
    return (const char *const *)sim_campaign_point(self, point)->changes;
}

SimScenario *
sim_campaign_parse(const SimCampaign *self, unsigned point, GError **error)
{
    return parse(self, self->scenario->text, sim_campaign_changes(self, point), error);
}
