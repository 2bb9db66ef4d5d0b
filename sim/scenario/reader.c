/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the text of a scenario to a SimScenario: cut into groups, changed by `--set`, read value by
 * value through the table of keys, checked. What a group does not say comes from its profile, then
 * from the table. Groups are read kind by kind, so that a file may name what comes later in it. */
#include "sim/scenario/scenario.h"

#include "sim/scenario/check.h"
#include "sim/scenario/expect.h"
#include "sim/scenario/keys.h"
#include "sim/scenario/nat.h"
#include "sim/scenario/parts.h"
#include "sim/scenario/presets.h"
#include "sim/scenario/profiles.h"
#include "sim/scenario/serve.h"
#include "sim/scenario/trunk.h"
#include "sim/scenario/values.h"
#include "sim/scenario/where.h"
#include "sim/scenario/words.h"
#include <string.h>

#define MOST_BYTES ((size_t)1 << 20)
#define MOST_LINE 4096

typedef struct {
    SimReading reading;
    const char *path;
    GPtrArray *sections;
    bool scripted;
} Reader;

static bool
take_value(Reader *self, const SimKey *key, const SimSection *section, void *object,
           const char *value, GError **error)
{
    if (!sim_key_read(key, &self->reading, object, value, error))
        return false;
    sim_scenario_record(self->reading.scenario, key->group, section ? section->name : NULL,
                        key->name, value);
    return true;
}

/* One key of a group. @section is %NULL if the file does not have the group. */
static bool
read_key(Reader *self, const SimKey *key, const SimSection *section, void *object,
         const SimProfile *profile, GError **error)
{
    bool found = false;
    for (guint i = 0; section && i < section->entries->len; i++) {
        const SimEntry *entry = section->entries->pdata[i];
        if (strcmp(entry->key, key->name) != 0)
            continue;
        found = true;
        if (!take_value(self, key, section, object, entry->value, error))
            return sim_where_entry(error, self->path, entry);
    }
    if (found)
        return true;
    const char *value = profile ? sim_profile_get(profile, key->name) : NULL;
    if (!value)
        value = key->otherwise;
    if (value && !take_value(self, key, section, object, value, error))
        return sim_where_line(error, self->path, section ? section->line : 1);
    /* A script has no duration; the groups of other required keys have no place beside it. */
    if (value || !(key->flags & SIM_KEY_REQUIRED) || self->scripted)
        return true;
    sim_words_fail(error, "[%s%s%s] needs %s, for example: %s = %s", key->group,
                   section && section->name ? " " : "",
                   section && section->name ? section->name : "", key->name, key->name,
                   key->example);
    return sim_where_line(error, self->path, section ? section->line : 1);
}

static bool
read_group(Reader *self, const char *kind, const SimSection *section, void *object,
           const SimProfile *profile, GError **error)
{
    size_t n;
    const SimKey *keys = sim_keys(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].group, kind) == 0 &&
            !read_key(self, &keys[i], section, object, profile, error))
            return false;
    return true;
}

/* The @i-th section of a kind, or %NULL. */
static const SimSection *
get_section(const Reader *self, const char *kind, size_t i)
{
    for (guint j = 0; j < self->sections->len; j++) {
        const SimSection *section = self->sections->pdata[j];
        if (strcmp(section->kind, kind) == 0 && i-- == 0)
            return section;
    }
    return NULL;
}

static size_t
count_sections(const Reader *self, const char *kind)
{
    size_t n = 0;
    while (get_section(self, kind, n))
        n++;
    return n;
}

static bool
read_single(Reader *self, const char *kind, void *object, GError **error)
{
    return read_group(self, kind, get_section(self, kind, 0), object, NULL, error);
}

/* What the group does not set comes from its preset. */
static bool
read_registrar(Reader *self, GError **error)
{
    SimRegistrarSpec *registrar = &self->reading.scenario->registrar;
    const SimSection *section = get_section(self, "registrar", 0);
    const SimEntry *entry = section ? sim_section_find(section, "preset") : NULL;
    const RollPreset *preset = entry ? roll_preset_find(entry->value) : NULL;
    if (!preset)
        return read_group(self, "registrar", section, registrar, NULL, error);
    SimProfile profile = sim_preset_profile(preset, self->reading.files.owned);
    return read_group(self, "registrar", section, registrar, &profile, error);
}

/* Without the group there is no station. */
static bool
read_station(Reader *self, GError **error)
{
    SimStationSpec *station = &self->reading.scenario->station;
    const SimSection *section = get_section(self, "station", 0);
    station->given = section != NULL;
    return section == NULL || read_group(self, "station", section, station, NULL, error);
}

static bool
read_networks(Reader *self, GError **error)
{
    SimScenario *scenario = self->reading.scenario;
    size_t n = count_sections(self, "network");
    scenario->networks = g_new0(SimNetworkSpec, n);
    scenario->n_networks = n;
    for (size_t i = 0; i < n; i++) {
        const SimSection *section = get_section(self, "network", i);
        scenario->networks[i].name = g_strdup(section->name);
        scenario->networks[i].line = section->line;
    }
    for (size_t i = 0; i < n; i++)
        if (!read_group(self, "network", get_section(self, "network", i), &scenario->networks[i],
                        NULL, error))
            return false;
    return true;
}

static const SimProfile *
find_profile(const Reader *self, const SimSection *section, GError **error)
{
    size_t n;
    const SimProfile *all = sim_profiles(&n);
    const SimEntry *entry = sim_section_find(section, "profile");
    const SimProfile *profile = entry ? sim_profile_find(entry->value) : all;
    if (profile)
        return profile;
    g_autofree const char **names = g_new0(const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        names[i] = all[i].name;
    sim_words_unknown(error, "unknown profile", entry->value, names);
    sim_where_entry(error, self->path, entry);
    return NULL;
}

/* As many devices as register lines, if there are any. */
static bool
take_lines(Reader *self, const SimSection *section, SimGroup *group, GError **error)
{
    GArray *lines = self->reading.lines;
    unsigned n = lines->len;
    if (n == 0 && group->count)
        return true;
    if (n == 0) {
        sim_words_fail(error, "[phones %s] needs count, for example: count = 10000", group->name);
        return sim_where_line(error, self->path, section->line);
    }
    if (group->count && group->count != n) {
        sim_words_fail(error, "count is %u, but there are %u register lines; leave count out",
                       group->count, n);
        return sim_where_keys(error, self->path, section, "count", NULL);
    }
    group->count = n;
    group->lines = (SimTrunkLine *)(void *)g_array_steal(lines, NULL);
    return true;
}

static void
space_starts(const SimReading *reading, SimGroup *group)
{
    if (reading->spacing_within)
        group->start_spacing = MIN(group->start_spacing, reading->spacing_within / group->count);
}

/* Ways to say the same thing; the second of two is blamed. */
static bool
check_exclusive(const Reader *self, const SimSection *section, GError **error)
{
    static const char *const pairs[][2] = {
        {"network", "places"},   {"network", "calendar"},  {"places", "calendar"},
        {"power", "moves-from"}, {"places", "moves-from"}, {"calendar", "moves-from"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        const SimEntry *entry = sim_section_find(section, pairs[i][1]);
        if (!entry || !sim_section_find(section, pairs[i][0]))
            continue;
        sim_words_fail(error, "%s and %s exclude each other; leave one of them out", pairs[i][0],
                       pairs[i][1]);
        return sim_where_entry(error, self->path, entry);
    }
    return true;
}

static bool
read_phones(Reader *self, const SimSection *section, SimGroup *group, GError **error)
{
    if (!check_exclusive(self, section, error))
        return false;
    if (!sim_section_find(section, "places") && !sim_section_find(section, "network") &&
        !sim_section_find(section, "calendar")) {
        sim_words_fail(error, "[phones %s] needs network or places", section->name);
        return sim_where_line(error, self->path, section->line);
    }
    const SimProfile *profile = find_profile(self, section, error);
    if (!profile)
        return false;
    g_autoptr(GArray) lines = g_array_new(FALSE, TRUE, sizeof(SimTrunkLine));
    g_array_set_clear_func(lines, (GDestroyNotify)sim_trunk_clear);
    self->reading.lines = lines;
    bool good = read_group(self, "phones", section, group, profile, error) &&
                take_lines(self, section, group, error);
    self->reading.lines = NULL;
    if (!good)
        return false;
    space_starts(&self->reading, group);
    if (group->n_rows > 0)
        group->power.kind = SIM_POWER_DIARY;
    if (!group->user_agent)
        group->user_agent = g_strdup(group->profile);
    return true;
}

static bool
read_all_phones(Reader *self, GError **error)
{
    SimScenario *scenario = self->reading.scenario;
    size_t n = count_sections(self, "phones");
    if (n == 0) {
        sim_words_fail(error, "the file has no phones; add a group such as [phones desk]");
        return sim_where_line(error, self->path, 1);
    }
    scenario->groups = g_new0(SimGroup, n);
    scenario->n_groups = n;
    for (size_t i = 0; i < n; i++) {
        const SimSection *section = get_section(self, "phones", i);
        scenario->groups[i].name = g_strdup(section->name);
        scenario->groups[i].line = section->line;
    }
    for (size_t i = 0; i < n; i++)
        if (!read_phones(self, get_section(self, "phones", i), &scenario->groups[i], error))
            return false;
    return true;
}

static bool
read_cuts(Reader *self, GError **error)
{
    SimScenario *scenario = self->reading.scenario;
    size_t n = count_sections(self, "event");
    scenario->cuts = g_new0(SimCut, n);
    scenario->n_cuts = n;
    for (size_t i = 0; i < n; i++) {
        const SimSection *section = get_section(self, "event", i);
        scenario->cuts[i].name = g_strdup(section->name);
        scenario->cuts[i].line = section->line;
        if (!read_group(self, "event", section, &scenario->cuts[i], NULL, error))
            return false;
    }
    return true;
}

static bool
read_expectations(Reader *self, GError **error)
{
    SimScenario *scenario = self->reading.scenario;
    const SimSection *section = get_section(self, "expect", 0);
    if (!section)
        return true;
    scenario->expectations = g_new0(SimExpectation, section->entries->len);
    for (guint i = 0; i < section->entries->len; i++) {
        const SimEntry *entry = section->entries->pdata[i];
        SimExpectation *expectation = &scenario->expectations[i];
        if (!sim_expectation_read(scenario, entry->value, expectation, error))
            return sim_where_entry(error, self->path, entry);
        expectation->line = entry->line;
        scenario->n_expectations++;
    }
    return true;
}

static bool
read_sweep(Reader *self, GError **error)
{
    SimScenario *scenario = self->reading.scenario;
    const SimSection *section = get_section(self, "sweep", 0);
    if (!section)
        return true;
    scenario->sweep = g_new0(SimSweepLine, section->entries->len);
    for (guint i = 0; i < section->entries->len; i++) {
        const SimEntry *entry = section->entries->pdata[i];
        if (!sim_sweep_read(entry->value, &scenario->sweep[i], error))
            return sim_where_entry(error, self->path, entry);
        scenario->sweep[i].line = entry->line;
        scenario->n_sweep++;
    }
    return true;
}

static void
read_variants(Reader *self)
{
    SimScenario *scenario = self->reading.scenario;
    size_t n = scenario->variant ? 0 : count_sections(self, "variant");
    scenario->variants = g_new0(SimVariant, n);
    scenario->n_variants = n;
    for (size_t i = 0; i < n; i++) {
        const SimSection *section = get_section(self, "variant", i);
        scenario->variants[i] = (SimVariant){g_strdup(section->name), section->line};
    }
}

/* A width of 1, 2 or 5 of something that gives 100 to 300 bins. */
static RollTime
choose_bin(RollTime duration)
{
    static const RollTime widths[] = {
        5 * ROLL_MILLISECOND,
        10 * ROLL_MILLISECOND,
        20 * ROLL_MILLISECOND,
        50 * ROLL_MILLISECOND,
        100 * ROLL_MILLISECOND,
        200 * ROLL_MILLISECOND,
        500 * ROLL_MILLISECOND,
        ROLL_SECOND,
        2 * ROLL_SECOND,
        5 * ROLL_SECOND,
        10 * ROLL_SECOND,
        20 * ROLL_SECOND,
        30 * ROLL_SECOND,
        ROLL_MINUTE,
        2 * ROLL_MINUTE,
        5 * ROLL_MINUTE,
        10 * ROLL_MINUTE,
        20 * ROLL_MINUTE,
        30 * ROLL_MINUTE,
        ROLL_HOUR,
        2 * ROLL_HOUR,
        4 * ROLL_HOUR,
        6 * ROLL_HOUR,
        12 * ROLL_HOUR,
        ROLL_DAY,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++)
        if (duration <= 300 * widths[i])
            return widths[i];
    RollTime width = ROLL_DAY;
    while (duration / 300 >= width)
        width *= 2;
    return width;
}

static void
number_phones(SimScenario *scenario)
{
    scenario->n_phones = scenario->n_aors = 0;
    for (size_t i = 0; i < scenario->n_groups; i++) {
        scenario->groups[i].first = scenario->n_phones;
        scenario->n_phones += scenario->groups[i].count;
        if (scenario->groups[i].owner == 0)
            scenario->n_aors += scenario->groups[i].count;
        else
            scenario->groups[scenario->groups[i].owner - 1].shared = true;
    }
}

/* A registrar and a timeline; there are no phones. */
static bool
read_script(Reader *self, const SimSection *script, GError **error)
{
    SimScenario *scenario = self->reading.scenario;
    for (guint i = 0; i < self->sections->len; i++) {
        const SimSection *section = self->sections->pdata[i];
        if (strcmp(section->kind, "scenario") == 0 || strcmp(section->kind, "registrar") == 0 ||
            section == script)
            continue;
        sim_words_fail(
            error, "[%s] has no place beside [script], which has no phones; take one of them out",
            section->kind);
        return sim_where_line(error, self->path, section->line);
    }
    scenario->script = sim_script_new();
    for (guint i = 0; i < script->entries->len; i++) {
        const SimEntry *entry = script->entries->pdata[i];
        if (!sim_script_read_line(scenario->script, entry->value, entry->line, error))
            return sim_where_entry(error, self->path, entry);
    }
    if (script->entries->len > 0)
        return true;
    sim_words_fail(error, "[script] is empty; an example is: at 0s alice sends REGISTER");
    return sim_where_line(error, self->path, script->line);
}

/* Steps send no credentials unless they say so. */
static void
choose_auth(Reader *self)
{
    const SimSection *section = get_section(self, "registrar", 0);
    if (section && sim_section_find(section, "auth"))
        return;
    self->reading.scenario->registrar.digest = false;
    sim_scenario_forget(self->reading.scenario, "registrar.auth");
    sim_scenario_record(self->reading.scenario, "registrar", NULL, "auth", "none");
}

static bool
read_scripted(Reader *self, const SimSection *script, GError **error)
{
    SimScenario *scenario = self->reading.scenario;
    self->scripted = true;
    if (!read_single(self, "scenario", scenario, error) || !read_registrar(self, error) ||
        !read_script(self, script, error))
        return false;
    choose_auth(self);
    if (!scenario->title)
        scenario->title = g_strdup(scenario->name);
    return sim_scenario_check(scenario, self->path, self->sections, error);
}

/* A server has no phones: whoever comes. */
static bool
read_served(Reader *self, GError **error)
{
    SimScenario *scenario = self->reading.scenario;
    self->scripted = true;
    for (guint i = 0; i < self->sections->len; i++) {
        const SimSection *section = self->sections->pdata[i];
        if (strcmp(section->kind, "registrar") == 0 || strcmp(section->kind, "serve") == 0)
            continue;
        sim_words_fail(
            error, "[%s] has no place beside [serve]: a server has no phones; take one of them out",
            section->kind);
        return sim_where_line(error, self->path, section->line);
    }
    const SimSection *registrar = get_section(self, "registrar", 0);
    scenario->serve = sim_serve_spec_new();
    scenario->serve->auth_given = registrar && sim_section_find(registrar, "auth");
    scenario->serve->domain_given = registrar && sim_section_find(registrar, "domain");
    return read_registrar(self, error) && read_single(self, "serve", scenario->serve, error) &&
           sim_serve_check(scenario->serve, self->path, registrar, error);
}

static bool
read_sections(Reader *self, GError **error)
{
    SimScenario *scenario = self->reading.scenario;
    const SimSection *script = get_section(self, "script", 0);
    if (get_section(self, "serve", 0))
        return read_served(self, error);
    if (script)
        return read_scripted(self, script, error);
    if (!read_single(self, "scenario", scenario, error) || !read_registrar(self, error) ||
        !read_station(self, error) || !read_networks(self, error) ||
        !read_all_phones(self, error) || !read_cuts(self, error) ||
        !read_single(self, "calls", scenario, error) || !read_expectations(self, error) ||
        !read_sweep(self, error))
        return false;
    if (!scenario->title)
        scenario->title = g_strdup(scenario->name);
    if (!scenario->bin)
        scenario->bin = choose_bin(scenario->duration);
    sim_endpoints_number(scenario);
    if (!sim_scenario_check(scenario, self->path, self->sections, error))
        return false;
    number_phones(scenario);
    read_variants(self);
    return true;
}

/* What a variant says goes into the groups that it names. */
static bool
apply_variant(Reader *self, const char *name, GError **error)
{
    for (size_t i = 0; name && i < count_sections(self, "variant"); i++) {
        const SimSection *section = get_section(self, "variant", i);
        for (guint j = 0; strcmp(section->name, name) == 0 && j < section->entries->len; j++)
            if (!sim_sections_set(self->sections, section->entries->pdata[j], error))
                return sim_where_entry(error, self->path, section->entries->pdata[j]);
    }
    return true;
}

static bool
change_sections(GPtrArray *sections, const char *const *changes, GError **error)
{
    for (size_t i = 0; changes && changes[i]; i++) {
        SimEntry entry = {.change = (char *)changes[i]};
        if (!sim_sections_change(sections, changes[i], error))
            return sim_where_entry(error, "", &entry);
    }
    return true;
}

/* Puts the place of a whole text before the message. */
static bool
check_whole(const char *shown, const char *text, size_t len, GError **error)
{
    unsigned line = 0;
    bool good = true;
    if (len > MOST_BYTES)
        good =
            sim_words_fail(error, "is larger than %zu MiB; take a smaller one", MOST_BYTES >> 20);
    else if (len == 0 || strspn(text, " \t\r\n") == len)
        good = sim_words_fail(error, "the file is empty; scenarios/hello.ini is one to start from");
    else
        good = sim_files_check_text(text, len, MOST_LINE, &line, error);
    return good || sim_where_line(error, shown, line);
}

/* @variant: %NULL for the file itself */
static SimScenario *
parse(const char *path, const char *text, size_t len, const char *variant,
      const char *const *changes, GError **error)
{
    g_autofree char *shown = sim_where_show(path);
    /* @text need not end with a NUL */
    g_autofree char *own = g_malloc0(MIN(len, MOST_BYTES) + 1);
    memcpy(own, text, MIN(len, MOST_BYTES));
    if (!check_whole(shown, own, len, error))
        return NULL;
    const char *start = g_str_has_prefix(own, "\xef\xbb\xbf") ? own + 3 : own;
    unsigned line;
    g_autoptr(GPtrArray) sections = sim_sections_read(start, &line, error);
    if (!sections) {
        sim_where_line(error, shown, line);
        return NULL;
    }
    g_autoptr(SimScenario) scenario = sim_scenario_make(path, own, len, changes);
    scenario->variant = g_strdup(variant);
    g_autofree char *folder = g_path_get_dirname(path);
    Reader self = {
        .reading = {.scenario = scenario,
                    .files = {folder, scenario->owned, scenario->named_files}},
        .path = shown,
        .sections = sections,
    };
    if (!apply_variant(&self, variant, error) || !change_sections(sections, changes, error))
        return NULL;
    return read_sections(&self, error) ? g_steal_pointer(&scenario) : NULL;
}

SimScenario *
sim_scenario_vary(const SimScenario *self, size_t which, GError **error)
{
    return parse(self->path, self->text, strlen(self->text), self->variants[which].name,
                 (const char *const *)self->changes, error);
}

SimScenario *
sim_scenario_parse(const char *path, const char *text, size_t len, const char *const *changes,
                   GError **error)
{
    g_autoptr(SimScenario) scenario = parse(path, text, len, NULL, changes, error);
    /* A mistake in a variant is told now, not after the runs before it. */
    for (size_t i = 0; scenario && i < scenario->n_variants; i++) {
        g_autoptr(SimScenario) variant = sim_scenario_vary(scenario, i, error);
        if (!variant)
            return NULL;
    }
    return g_steal_pointer(&scenario);
}

SimScenario *
sim_scenario_load(const char *path, const char *const *changes, GError **error)
{
    g_autofree char *text = NULL;
    g_autofree char *shown = sim_where_show(path);
    size_t len;
    if (sim_files_read(path, MOST_BYTES, &text, &len, error))
        return sim_scenario_parse(path, text, len, changes, error);
    sim_where_line(error, shown, 0);
    return NULL;
}
