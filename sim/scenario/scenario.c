/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scenario as a thing to own: made empty, told what its values are called, and freed. */
#include "sim/scenario/parts.h"
#include "sim/scenario/serve.h"

#include "sim/scenario/files.h"
#include "sim/scenario/trunk.h"
#include <string.h>

static void
free_parameter(gpointer data)
{
    SimParameter *parameter = data;
    g_free(parameter->key);
    g_free(parameter->value);
    g_free(parameter);
}

SimScenario *
sim_scenario_make(const char *path, const char *text, size_t len, const char *const *changes)
{
    SimScenario *scenario = g_new0(SimScenario, 1);
    char *name = g_path_get_basename(path);
    if (g_str_has_suffix(name, ".ini") && strlen(name) > strlen(".ini"))
        name[strlen(name) - strlen(".ini")] = '\0';
    scenario->name = name;
    scenario->path = g_strdup(path);
    scenario->text = g_strndup(text, len);
    scenario->changes = g_strdupv((GStrv)changes);
    scenario->parameters = g_ptr_array_new_with_free_func(free_parameter);
    scenario->named_files = g_ptr_array_new_with_free_func(sim_named_file_free);
    scenario->owned = g_ptr_array_new_with_free_func(g_free);
    return scenario;
}

void
sim_scenario_record(SimScenario *self, const char *kind, const char *name, const char *key,
                    const char *value)
{
    SimParameter *parameter = g_new0(SimParameter, 1);
    parameter->key =
        name ? g_strdup_printf("%s.%s.%s", kind, name, key) : g_strdup_printf("%s.%s", kind, key);
    parameter->value = g_strdup(value);
    g_ptr_array_add(self->parameters, parameter);
}

void
sim_scenario_forget(SimScenario *self, const char *key)
{
    for (guint i = self->parameters->len; i-- > 0;) {
        const SimParameter *parameter = self->parameters->pdata[i];
        if (strcmp(parameter->key, key) == 0)
            g_ptr_array_remove_index(self->parameters, i);
    }
}

static void
free_group(SimGroup *group)
{
    for (unsigned i = 0; group->lines && i < group->count; i++)
        sim_trunk_clear(&group->lines[i]);
    g_free(group->lines);
    g_free(group->name);
    g_free(group->profile);
    g_free(group->places);
    g_free(group->moves);
    g_free(group->rows);
    g_free(group->user_agent);
}

void
sim_scenario_free(SimScenario *self)
{
    if (!self)
        return;
    for (size_t i = 0; i < self->n_networks; i++)
        g_free(self->networks[i].name);
    for (size_t i = 0; i < self->n_groups; i++)
        free_group(&self->groups[i]);
    for (size_t i = 0; i < self->n_cuts; i++)
        g_free(self->cuts[i].name);
    for (size_t i = 0; i < self->n_expectations; i++)
        g_free(self->expectations[i].text);
    for (size_t i = 0; i < self->n_variants; i++)
        g_free(self->variants[i].name);
    g_free(self->variants);
    g_free(self->variant);
    g_free(self->networks);
    g_free(self->groups);
    g_free(self->cuts);
    g_free(self->expectations);
    g_free(self->name);
    g_free(self->path);
    g_free(self->text);
    g_strfreev(self->changes);
    g_free(self->title);
    g_free(self->registrar.domain);
    sim_script_free(self->script);
    sim_serve_spec_free(self->serve);
    for (size_t i = 0; i < self->n_sweep; i++)
        g_free(self->sweep[i].text);
    g_free(self->sweep);
    g_clear_pointer(&self->parameters, g_ptr_array_unref);
    g_clear_pointer(&self->named_files, g_ptr_array_unref);
    g_clear_pointer(&self->owned, g_ptr_array_unref);
    g_free(self);
}
