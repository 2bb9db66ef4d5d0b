/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest word is the one with the least number of slips: a letter too many, too few, another
 * one, or two swapped (Damerau's four; each place of the word is mended once). */
#include "sim/scenario/words.h"

#include "sim/scenario/scenario.h"
#include <string.h>

#define LONGEST 48
#define FEW 10
#define QUOTED 40

GQuark
sim_scenario_error_quark(void)
{
    return g_quark_from_static_string("sim-scenario-error-quark");
}

/* What people write for a word that is another one here: too far away to be found by slips. */
/* clang-format off */
static const char *const SYNONYMS[][2] = {
    {"m", "min"}, {"mins", "min"}, {"minute", "min"}, {"minutes", "min"},
    {"sec", "s"}, {"secs", "s"}, {"second", "s"}, {"seconds", "s"},
    {"hr", "h"}, {"hrs", "h"}, {"hour", "h"}, {"hours", "h"},
    {"day", "d"}, {"days", "d"}, {"week", "w"}, {"weeks", "w"},
    {"msec", "ms"}, {"us", "ms"}, {"percent", "%"}, {"true", "yes"},
    {"false", "no"}, {"on", "yes"}, {"off", "no"}, {"exponential", "exp"},
    {"normal", "lognormal"}, {"constant", "fixed"}, {"file", "empirical"}, {"double", "doubling"},
    {"/m", "/min"}, {"/sec", "/s"}, {"/hour", "/h"}, {"/minute", "/min"},
    {"/day", "/d"},
};
/* clang-format on */

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
    return MIN(MIN(a, b), c);
}

static unsigned
count_slips(const char *a, const char *b)
{
    size_t n = strlen(a);
    size_t m = strlen(b);
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            char x = g_ascii_tolower(a[i - 1]);
            char y = g_ascii_tolower(b[j - 1]);
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && y == g_ascii_tolower(a[i - 2]))
                row[j] = MIN(row[j], before[j - 2] + 1);
        }
        unsigned *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[m];
}

static const char *
find_synonym(const char *word, const char *const *words)
{
    for (size_t i = 0; i < G_N_ELEMENTS(SYNONYMS); i++)
        if (g_ascii_strcasecmp(word, SYNONYMS[i][0]) == 0 && g_strv_contains(words, SYNONYMS[i][1]))
            return SYNONYMS[i][1];
    return NULL;
}

const char *
sim_words_nearest(const char *word, const char *const *words)
{
    size_t len = strlen(word);
    const char *nearest = find_synonym(word, words);
    if (nearest || len == 0 || len > LONGEST)
        return nearest;
    unsigned best = (unsigned)(len + 2) / 3 + 1; /* one slip in three letters is the most */
    for (size_t i = 0; words[i]; i++) {
        size_t other = strlen(words[i]);
        if (other > LONGEST)
            continue;
        unsigned slips = count_slips(word, words[i]);
        /* "weib" is a beginning of "weibull", however much of it is missing */
        if (len >= 3 && other > len && g_ascii_strncasecmp(word, words[i], len) == 0)
            slips = MIN(slips, 1);
        if (slips < best && slips < MAX(len, other)) {
            best = slips;
            nearest = words[i];
        }
    }
    return nearest;
}

char *
sim_words_hint(const char *word, const char *const *words)
{
    const char *nearest = sim_words_nearest(word, words);
    if (nearest)
        return g_strdup_printf("; did you mean \"%s\"?", nearest);
    guint n = g_strv_length((char **)words);
    if (n == 0 || n > FEW)
        return g_strdup("");
    g_autofree char *list = g_strjoinv(", ", (char **)words);
    return g_strdup_printf("; known: %s", list);
}

char *
sim_words_quote(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)strnlen(text, 4 * QUOTED));
    bool cut = g_utf8_strlen(valid, -1) > QUOTED;
    GString *out = g_string_new("\"");
    const char *p = valid;
    for (int i = 0; i < QUOTED && *p; i++, p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(out, g_unichar_iscntrl(c) ? '?' : c);
    }
    g_string_append(out, cut ? "...\"" : "\"");
    return g_string_free(out, FALSE);
}

bool
sim_words_fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID, message);
    return false;
}

bool
sim_words_unknown(GError **error, const char *what, const char *word, const char *const *words)
{
    g_autofree char *quoted = sim_words_quote(word);
    g_autofree char *hint = sim_words_hint(word, words);
    return sim_words_fail(error, "%s %s%s", what, quoted, hint);
}
