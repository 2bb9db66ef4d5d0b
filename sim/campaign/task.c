/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A task in this process, and as bytes for another one. */
#include "sim/campaign/task.h"
#include "sim/scenario/words.h"

#include <string.h>

/* Path, text, variant, changes, link, replication, tracks, point. Strings are bytes, since neither
 * paths nor what came from the command line need be UTF-8. */
#define TASK_TYPE "(ayaymayaayuuauu)"

typedef struct {
    const int *stop;
    void (*beat)(void *data);
    void *beat_data;
} Watch;

static bool
on_progress(void *data, RollTime now, uint64_t events)
{
    const Watch *watch = data;
    (void)now;
    (void)events;
    if (watch->beat != NULL)
        watch->beat(watch->beat_data);
    return g_atomic_int_get(watch->stop) == 0;
}

static SimScenario *
vary(const SimScenario *file, const char *name, GError **error)
{
    for (size_t i = 0; i < file->n_variants; i++)
        if (strcmp(file->variants[i].name, name) == 0)
            return sim_scenario_vary(file, i, error);
    sim_words_fail(error,
                   "%s has no [variant] %.40s; rollcall run FILE --variant none leaves them out",
                   file->path, name);
    return NULL;
}

static SimScenario *
read_scenario(const SimTask *self, GError **error)
{
    g_autoptr(SimScenario) file =
        sim_scenario_parse(self->path, self->text, strlen(self->text), self->changes, error);
    if (file == NULL || self->variant == NULL)
        return g_steal_pointer(&file);
    return vary(file, self->variant, error);
}

SimSample *
sim_task_run(const SimTask *self, const int *stop, void (*beat)(void *data), void *beat_data,
             GError **error)
{
    if (g_atomic_int_get(stop) != 0)
        return NULL;
    g_autoptr(SimScenario) scenario = read_scenario(self, error);
    if (scenario == NULL)
        return NULL;
    scenario->replication = self->replication;
    Watch watch = {stop, beat, beat_data};
    SimRunOptions options = {.link = self->link, .progress = on_progress, .progress_data = &watch};
    g_autoptr(SimResult) result = sim_run(scenario, &options, error);
    if (result == NULL || result->partial)
        return NULL;
    return sim_sample_new(result, self->tracks);
}

GBytes *
sim_task_write(const SimTask *self)
{
    static const char *const none[] = {NULL};
    GVariantBuilder tracks;
    g_variant_builder_init(&tracks, G_VARIANT_TYPE("au"));
    for (const SimMetric *m = self->tracks; *m != SIM_N_METRICS; m++)
        g_variant_builder_add(&tracks, "u", (guint32)*m);
    GVariant *all = g_variant_new("(^ay^aym^ay^aayuuauu)", self->path, self->text, self->variant,
                                  self->changes != NULL ? self->changes : none, (guint32)self->link,
                                  self->replication, &tracks, self->point);
    g_autoptr(GVariant) owned = g_variant_ref_sink(all);
    return g_variant_get_data_as_bytes(owned);
}

/* Returns: (transfer full): as SimTask has them, or NULL if one is no metric */
static SimMetric *
read_tracks(GVariant *list)
{
    gsize n;
    const guint32 *numbers = g_variant_get_fixed_array(list, &n, sizeof *numbers);
    g_autofree SimMetric *tracks = g_new(SimMetric, n + 1);
    for (gsize i = 0; i < n; i++) {
        if (numbers[i] >= SIM_N_METRICS)
            return NULL;
        tracks[i] = (SimMetric)numbers[i];
    }
    tracks[n] = SIM_N_METRICS;
    return g_steal_pointer(&tracks);
}

SimTask *
sim_task_read(GBytes *bytes)
{
    g_autoptr(GVariant) all =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(TASK_TYPE), bytes, FALSE));
    if (!g_variant_is_normal_form(all))
        return NULL;
    guint32 link;
    g_autoptr(GVariant) list = NULL;
    SimTask *self = g_new0(SimTask, 1);
    g_variant_get(all, "(^ay^aym^ay^aayuu@auu)", &self->path, &self->text, &self->variant,
                  &self->changes, &link, &self->replication, &list, &self->point);
    self->link = (SimLinkKind)link;
    self->tracks = read_tracks(list);
    if (link <= SIM_LINK_DIRECT && self->tracks != NULL)
        return self;
    sim_task_free(self);
    return NULL;
}

void
sim_task_free(SimTask *self)
{
    if (self == NULL)
        return;
    g_free((char *)self->path);
    g_free((char *)self->text);
    g_free((char *)self->variant);
    g_strfreev((char **)self->changes);
    g_free((SimMetric *)self->tracks);
    g_free(self);
}
