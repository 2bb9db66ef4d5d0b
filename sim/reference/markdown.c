/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/reference/markdown.h"

#include "sim/measure/metrics.h"
#include "sim/reference/range.h"
#include "sim/report/text.h"
#include "sim/scenario/presets.h"
#include "sim/scenario/profiles.h"
#include "sim/scenario/words.h"

#include <string.h>

static const char BEGIN[] = "<!-- generated: ";
static const char BEGIN_END[] = " -->";
static const char END[] = "<!-- end -->";

static void
append_key(GString *out, const SimKey *key)
{
    g_autofree char *range = reference_range(key);
    g_string_append_printf(out, "- **`%s`**: `%s`", key->name, key->format);
    if (range)
        g_string_append_printf(out, ", %s", range);
    if (key->otherwise)
        g_string_append_printf(out, ", default `%s`", key->otherwise);
    if (key->flags & SIM_KEY_REQUIRED)
        g_string_append(out, ", required");
    g_string_append_printf(out, ". %s Example: `%s = %s`\n", key->meaning, key->name, key->example);
}

static bool
append_keys(GString *out, const char *group)
{
    size_t n;
    gsize before = out->len;
    const SimKey *keys = sim_keys(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].group, group) == 0)
            append_key(out, &keys[i]);
    return out->len > before;
}

static void
append_profiles(GString *out)
{
    size_t n;
    const SimProfile *profiles = sim_profiles(&n);
    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(out, "- **`%s`**: %s", profiles[i].name, profiles[i].description);
        for (const SimProfileSetting *set = profiles[i].settings; set->key; set++)
            g_string_append_printf(out, " `%s = %s`", set->key, set->value);
        g_string_append_printf(out, " (%s)\n", profiles[i].source);
    }
}

static void
append_presets(GString *out)
{
    size_t n;
    const RollPreset *presets = roll_presets(&n);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "- **`%s`**: %s%s%s (%s)\n", presets[i].name,
                               presets[i].description, presets[i].unlike ? " Not imitated: " : "",
                               presets[i].unlike ? presets[i].unlike : "", presets[i].source);
}

/* A metric begins its section, or is of that of the one before. */
static bool
append_metrics(GString *out, const char *section)
{
    bool inside = false, found = false;
    for (unsigned m = 0; m < SIM_N_METRICS; m++) {
        const char *begun = sim_text_section(m);
        inside = begun ? g_ascii_strcasecmp(begun, section) == 0 : inside;
        if (!inside)
            continue;
        if (!found)
            g_string_append(out, "| metric | unit | what it is | made of |\n|---|---|---|---|\n");
        found = true;
        const SimMetricInfo *info = sim_metric_info(m);
        g_autofree char *formula = sim_metric_formula(m);
        g_string_append_printf(out, "| `%s` | %s | %s | %s |\n", info->name,
                               strcmp(info->unit, "1") == 0 ? "share" : info->unit, info->meaning,
                               formula);
    }
    return found;
}

static void
append_tallies(GString *out)
{
    g_string_append(out, "| tally | kind | what is counted |\n|---|---|---|\n");
    for (unsigned i = 0; i < SIM_N_TALLIES; i++) {
        g_autofree char *name = g_ascii_strdown(sim_tally_id(i), -1);
        g_strdelimit(name, "_", '-');
        g_string_append_printf(out, "| `%s` | %s | %s |\n", name,
                               i < SIM_N_LEVELS ? "level" : "count", sim_tally_meaning(i));
    }
}

static bool
append_list(GString *out, const char *name, GError **error)
{
    bool known = true;
    g_auto(GStrv) words = g_strsplit(name, " ", 2);
    if (g_strcmp0(words[0], "keys") == 0 && words[1])
        known = append_keys(out, words[1]);
    else if (g_strcmp0(words[0], "metrics") == 0 && words[1])
        known = append_metrics(out, words[1]);
    else if (strcmp(name, "profiles") == 0)
        append_profiles(out);
    else if (strcmp(name, "presets") == 0)
        append_presets(out);
    else if (strcmp(name, "tallies") == 0)
        append_tallies(out);
    else
        known = false;
    return known || sim_words_fail(error, "no such list: %s", name);
}

char *
markdown_fill(const char *text, GHashTable *placed, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *from = text;
    for (const char *at; (at = strstr(from, BEGIN));) {
        const char *name = at + strlen(BEGIN);
        const char *line_end = strchr(name, '\n');
        const char *end = strstr(name, END);
        const char *name_end = g_strstr_len(name, line_end ? line_end - name : 0, BEGIN_END);
        if (!name_end || !end) {
            sim_words_fail(
                error, "%.40s...: the comment that begins a list, or ends it, is not whole", at);
            return NULL;
        }
        g_autofree char *list = g_strndup(name, (gsize)(name_end - name));
        /* Lists of Markdown need empty lines around them. */
        g_string_append_len(out, from, line_end - from);
        g_string_append(out, "\n\n");
        if (!append_list(out, list, error))
            return NULL;
        g_string_append_c(out, '\n');
        g_hash_table_add(placed, g_steal_pointer(&list));
        from = end;
    }
    g_string_append(out, from);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static bool
is_placed(GHashTable *placed, const char *kind, const char *of, GError **error)
{
    g_autofree char *lower = of ? g_ascii_strdown(of, -1) : NULL;
    g_autofree char *list = of ? g_strdup_printf("%s %s", kind, lower) : g_strdup(kind);
    return g_hash_table_contains(placed, list) ||
           sim_words_fail(error, "no page has %s%s%s", BEGIN, list, BEGIN_END);
}

bool
markdown_all_placed(GHashTable *placed, GError **error)
{
    size_t n;
    const SimKey *keys = sim_keys(&n);
    for (size_t i = 0; i < n; i++)
        if (!is_placed(placed, "keys", keys[i].group, error))
            return false;
    for (unsigned m = 0; m < SIM_N_METRICS; m++) {
        const char *section = sim_text_section(m);
        if (section && !is_placed(placed, "metrics", section, error))
            return false;
    }
    return is_placed(placed, "profiles", NULL, error) &&
           is_placed(placed, "presets", NULL, error) && is_placed(placed, "tallies", NULL, error);
}
