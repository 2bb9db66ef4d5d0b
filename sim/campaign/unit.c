/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last letters tell the kind: `%` a share, `/h` a rate, digits a number, all else a time. */
#include "sim/campaign/unit.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* letters of a text in a message */
#define MOST_SHOWN 120
/* Less than a double has, so that sums come out as people write them. */
#define EXACT_FIGURES 15

static const char *const KINDS[] = {"a time", "a share", "a rate", "a number"};
static const struct {
    const char *unit;
    double seconds;
} RATES[] = {{"/s", 1}, {"/min", 60}, {"/h", 3600}, {"/d", 86400}, {"/w", 604800}};

static bool
read_time(const char *text, double *out, GError **error)
{
    RollTime time;
    if (!g_ascii_isdigit(*text)) {
        g_autofree char *quoted = sim_words_quote(text);
        return sim_words_fail(error, "%s is not a time, share, rate or number", quoted);
    }
    if (!sim_value_time(text, &time, error))
        return false;
    *out = (double)time / ROLL_SECOND;
    return true;
}

bool
sim_unit_read(const char *text, SimUnit *out, GError **error)
{
    SimUnit quantity = {.kind = SIM_UNIT_TIME};
    const char *slash = strchr(text, '/');
    bool good;
    if (g_str_has_suffix(text, "%")) {
        quantity.kind = SIM_UNIT_SHARE;
        good = sim_value_share(text, &quantity.value, error);
    } else if (slash) {
        quantity.kind = SIM_UNIT_RATE;
        g_strlcpy(quantity.unit, slash, sizeof quantity.unit);
        good = sim_value_rate(text, &quantity.value, error);
    } else if (*text && !text[strspn(text, "0123456789.")]) {
        quantity.kind = SIM_UNIT_NUMBER;
        quantity.whole = strchr(text, '.') == NULL;
        good = sim_value_number(text, &quantity.value, error);
    } else {
        good = read_time(text, &quantity.value, error);
    }
    if (good)
        *out = quantity;
    return good;
}

static double
round_figures(double value, int figures)
{
    if (value == 0 || !isfinite(value))
        return value;
    char text[40];
    g_snprintf(text, sizeof text, "%%.%de", figures - 1);
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    return g_ascii_strtod(g_ascii_formatd(digits, sizeof digits, text, value), NULL);
}

static double
unit_of(const SimUnit *self)
{
    if (self->kind == SIM_UNIT_SHARE)
        return 0.01;
    for (size_t i = 0; self->kind == SIM_UNIT_RATE && i < G_N_ELEMENTS(RATES); i++)
        if (strcmp(self->unit, RATES[i].unit) == 0)
            return 1 / RATES[i].seconds;
    return 1;
}

/* To whole seconds from ten on, to ms from one on, else to us. */
static double
round_time(double seconds)
{
    double grain = seconds >= 10 ? 1 : seconds >= 1 ? 1e3 : 1e6;
    return round(seconds * grain) / grain;
}

double
sim_unit_round(const SimUnit *self, double value, int figures)
{
    double unit = unit_of(self);
    if (figures == 0 && self->kind == SIM_UNIT_TIME)
        return value >= 1 ? round(value * 1e3) / 1e3 : round(value * 1e6) / 1e6;
    double rounded = round_figures(value / unit, figures == 0 ? EXACT_FIGURES : figures);
    if (self->kind == SIM_UNIT_TIME)
        return round_time(rounded);
    return self->whole ? round(rounded) : rounded * unit;
}

/* Without exponent, which scenario files do not have. */
static char *
show_plain(double value)
{
    int before = value > 0 ? (int)floor(log10(value)) : 0;
    char format[16];
    g_snprintf(format, sizeof format, "%%.%df", CLAMP(9 - before, 0, 20));
    char digits[400];
    g_ascii_formatd(digits, sizeof digits, format, value);
    if (strchr(digits, '.')) {
        size_t n = strlen(digits);
        while (digits[n - 1] == '0')
            digits[--n] = '\0';
        if (digits[n - 1] == '.')
            digits[n - 1] = '\0';
    }
    return g_strdup(digits);
}

char *
sim_unit_show(const SimUnit *self, double value)
{
    if (self->kind == SIM_UNIT_TIME)
        return sim_value_show_time((RollTime)llround(value * ROLL_SECOND));
    g_autofree char *plain = show_plain(value / unit_of(self));
    return g_strconcat(plain, self->kind == SIM_UNIT_SHARE ? "%" : self->unit, NULL);
}

bool
sim_unit_split(const char *text, SimUnit bounds[2], char *written[2], GError **error)
{
    const char *dots = strstr(text, "..");
    g_autofree char *low = g_strstrip(g_strndup(text, (gsize)(dots - text)));
    g_autofree char *high = g_strstrip(g_strdup(dots + 2));
    if (!sim_unit_read(low, &bounds[0], error) || !sim_unit_read(high, &bounds[1], error))
        return false;
    if (bounds[0].kind != bounds[1].kind)
        return sim_words_fail(error,
                              "%.40s is %s, but %.40s is %s; write both bounds in one kind of unit",
                              low, KINDS[bounds[0].kind], high, KINDS[bounds[1].kind]);
    if (bounds[0].value >= bounds[1].value)
        return sim_words_fail(error, "%.40s is not less than %.40s; write the smaller bound first",
                              low, high);
    bounds[0].whole = bounds[0].whole && bounds[1].whole;
    written[0] = g_steal_pointer(&low);
    written[1] = g_steal_pointer(&high);
    return true;
}

bool
sim_unit_braces(const char *text, char *parts[3], GError **error)
{
    const char *open = strchr(text, '{');
    const char *close = strchr(text, '}');
    g_autofree char *quoted = sim_words_quote(text);
    if (!open != !close || (open && close < open))
        return sim_words_fail(error, "%s: a brace without the other one; write the values as {A,B}",
                              quoted);
    if (open && (strchr(open + 1, '{') || strchr(close + 1, '}')))
        return sim_words_fail(
            error, "%s: more than one pair of braces; let one thing vary in each value", quoted);
    if (!open) {
        parts[0] = g_strdup("");
        parts[1] = g_strstrip(g_strdup(text));
        parts[2] = g_strdup("");
        return true;
    }
    parts[0] = g_strchug(g_strndup(text, (gsize)(open - text)));
    parts[1] = g_strstrip(g_strndup(open + 1, (gsize)(close - open - 1)));
    parts[2] = g_strchomp(g_strdup(close + 1));
    return true;
}

bool
sim_unit_key(const char *text, char **key, const char **spec, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL) || strpbrk(text, "\r\n"))
        return sim_words_fail(error, "not one line of UTF-8 text; write it without line breaks");
    const char *equals = strchr(text, '=');
    g_autofree char *quoted = sim_words_quote(text);
    if (!equals)
        return sim_words_fail(error, "%s does not have the form KEY=VALUES", quoted);
    g_autofree char *name = g_strstrip(g_strndup(text, (gsize)(equals - text)));
    if (!strchr(name, '.'))
        return sim_words_fail(error, "%s: a key has the form GROUP.NAME.KEY, as for --set", quoted);
    *key = g_steal_pointer(&name);
    *spec = equals + 1;
    return true;
}

char *
sim_unit_cut(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)strnlen(text, 4 * MOST_SHOWN));
    for (char *p = valid; *p; p++)
        if (g_ascii_iscntrl(*p))
            *p = '?';
    if (g_utf8_strlen(valid, -1) <= MOST_SHOWN)
        return g_steal_pointer(&valid);
    g_autofree char *start = g_utf8_substring(valid, 0, MOST_SHOWN);
    return g_strconcat(start, "...", NULL);
}
