/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers are decimal, without sign and exponent; what follows them is their unit, and a time
 * may have several parts (`1h30min`). */
#include "sim/scenario/values.h"

#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

typedef struct {
    const char *name;
    RollTime time;
} Unit;

static const Unit UNITS[] = {
    {"ms", ROLL_MILLISECOND}, {"s", ROLL_SECOND}, {"min", ROLL_MINUTE},
    {"h", ROLL_HOUR},         {"d", ROLL_DAY},    {"w", 7 * ROLL_DAY},
};
static const char *const UNIT_NAMES[] = {"ms", "s", "min", "h", "d", "w", NULL};
static const char *const RATE_NAMES[] = {"/s", "/min", "/h", "/d", "/w", NULL};

/* Takes digits with at most one point off *@p. */
static bool
take_number(const char **p, double *out)
{
    char digits[40];
    size_t n = strspn(*p, "0123456789");
    if (n && (*p)[n] == '.')
        n += 1 + strspn(*p + n + 1, "0123456789");
    if (n == 0 || n >= sizeof digits)
        return false;
    memcpy(digits, *p, n);
    digits[n] = '\0';
    *out = g_ascii_strtod(digits, NULL);
    *p += n;
    return true;
}

static void
skip_blanks(const char **p)
{
    *p += strspn(*p, " \t");
}

static bool
fail_quoting(GError **error, const char *text, const char *what)
{
    g_autofree char *quoted = sim_words_quote(text);
    return sim_words_fail(error, "%s %s", quoted, what);
}

/* Takes a unit of time; the number before it starts at @number, for messages. */
static bool
take_unit(const char **p, const char *number, RollTime *out, GError **error)
{
    size_t n = strcspn(*p, "0123456789 \t");
    if (n == 0) {
        int digits = (int)strspn(number, "0123456789.");
        return sim_words_fail(error, "\"%.*s\" has no unit; did you mean \"%.*ss\"?", digits,
                              number, digits, number);
    }
    g_autofree char *word = g_strndup(*p, n);
    for (size_t i = 0; i < G_N_ELEMENTS(UNITS); i++)
        if (strcmp(word, UNITS[i].name) == 0) {
            *out = UNITS[i].time;
            *p += n;
            return true;
        }
    return sim_words_unknown(error, "unknown unit of time", word, UNIT_NAMES);
}

bool
sim_value_time(const char *text, RollTime *out, GError **error)
{
    const char *p = text;
    double sum = 0;
    do {
        const char *start = p;
        double number;
        RollTime unit = 0;
        if (!take_number(&p, &number))
            return fail_quoting(error, text, "is not a time, such as 30s, 5min or 1h");
        skip_blanks(&p);
        if (!take_unit(&p, start, &unit, error))
            return false;
        sum += number * (double)unit;
        skip_blanks(&p);
    } while (*p);
    if (sum > (double)SIM_VALUE_LONGEST)
        return fail_quoting(error, text, "is longer than 10000 years; take a shorter one");
    *out = (RollTime)llround(sum);
    return true;
}

char *
sim_value_show_time(RollTime time)
{
    for (size_t i = G_N_ELEMENTS(UNITS); i-- > 0;)
        if (time && time % UNITS[i].time == 0 && UNITS[i].time != 7 * ROLL_DAY)
            return g_strdup_printf("%" G_GINT64_FORMAT "%s", time / UNITS[i].time, UNITS[i].name);
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(digits, sizeof digits, "%.6g", (double)time / ROLL_SECOND);
    return g_strdup_printf("%ss", digits);
}

bool
sim_value_count(const char *text, uint64_t *out, GError **error)
{
    guint64 number;
    if (!*text || text[strspn(text, "0123456789")])
        return fail_quoting(error, text, "is not a whole number");
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
        return fail_quoting(error, text, "is too large; take a smaller one");
    *out = number;
    return true;
}

bool
sim_value_number(const char *text, double *out, GError **error)
{
    const char *p = text;
    double number;
    if (!take_number(&p, &number) || *p)
        return fail_quoting(error, text, "is not a plain number, such as 0.5");
    *out = number;
    return true;
}

bool
sim_value_share(const char *text, double *out, GError **error)
{
    const char *p = text;
    double number;
    if (!take_number(&p, &number))
        return fail_quoting(error, text, "is not a share, such as 2%");
    skip_blanks(&p);
    if (!*p) {
        g_autofree char *quoted = sim_words_quote(text);
        return sim_words_fail(error, "%s has no unit; did you mean \"%.40s%%\"?", quoted, text);
    }
    if (strcmp(p, "%") != 0)
        return fail_quoting(error, text, "is not a share, such as 2%");
    if (number > 100)
        return fail_quoting(error, text, "is more than 100%; a share is from 0% to 100%");
    *out = number / 100;
    return true;
}

bool
sim_value_rate(const char *text, double *out, GError **error)
{
    const char *p = text;
    double number;
    if (!take_number(&p, &number))
        return fail_quoting(error, text, "is not a rate, such as 12/s or 0.5/h");
    skip_blanks(&p);
    if (!*p) {
        g_autofree char *quoted = sim_words_quote(text);
        return sim_words_fail(error, "%s has no unit; did you mean \"%.40s/s\"?", quoted, text);
    }
    for (size_t i = 1; i < G_N_ELEMENTS(UNITS); i++)
        if (*p == '/' && strcmp(p + 1, UNITS[i].name) == 0) {
            *out = number * ROLL_SECOND / (double)UNITS[i].time;
            return true;
        }
    return sim_words_unknown(error, "unknown unit of a rate", p, RATE_NAMES);
}

bool
sim_value_word(const char *text, const char *const *words, int *out, GError **error)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return true;
        }
    return sim_words_unknown(error, "unknown value", text, words);
}

GStrv
sim_value_split(const char *text, char mark)
{
    GPtrArray *parts = g_ptr_array_new();
    int depth = 0;
    const char *start = text;
    for (const char *p = text;; p++) {
        depth += (*p == '(') - (*p == ')');
        if (*p && (*p != mark || depth > 0))
            continue;
        g_ptr_array_add(parts, g_strstrip(g_strndup(start, (gsize)(p - start))));
        if (!*p)
            break;
        start = p + 1;
    }
    g_ptr_array_add(parts, NULL);
    return (GStrv)g_ptr_array_free(parts, FALSE);
}

bool
sim_value_call(const char *text, char **name, GStrv *args)
{
    size_t len = strlen(text);
    const char *open = strchr(text, '(');
    if (!open || open == text || text[len - 1] != ')')
        return false;
    g_autofree char *inner = g_strndup(open + 1, len - 2 - (size_t)(open - text));
    *name = g_strchomp(g_strndup(text, (gsize)(open - text)));
    *args = sim_value_split(inner, ',');
    return true;
}

const char *
sim_value_after(const char *text, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(text, word, n) != 0 || (text[n] != ' ' && text[n] != '\t'))
        return NULL;
    return text + n + strspn(text + n, " \t");
}

/* Laws: name, form for messages, number of parameters, ranges of those after the first that are
 * plain numbers. */
typedef struct {
    const char *name;
    SimLawKind kind;
    const char *form;
    guint n_args;
    struct {
        double least;
        double most;
    } ranges[3];
} LawForm;

static const LawForm LAWS[] = {
    {"fixed", SIM_LAW_FIXED, "fixed(30min)", 1, {}},
    {"exp", SIM_LAW_EXP, "exp(mean)", 1, {}},
    {"uniform", SIM_LAW_UNIFORM, "uniform(least, most)", 2, {}},
    {"weibull", SIM_LAW_WEIBULL, "weibull(scale, shape)", 2, {{0.1, 100}}},
    {"lognormal", SIM_LAW_LOGNORMAL, "lognormal(median, sigma)", 2, {{0, 5}}},
    {"pareto", SIM_LAW_PARETO, "pareto(least, shape)", 2, {{0.1, 100}}},
    {"bipareto",
     SIM_LAW_BIPARETO,
     "bipareto(least, first, second, break)",
     4,
     {{0, 100}, {0.1, 100}, {0, 1e9}}},
    {"gamma", SIM_LAW_GAMMA, "gamma(mean, shape)", 2, {{0.05, 1000000}}},
    {"beta", SIM_LAW_BETA, "beta(most, a, b)", 3, {{0.05, 1000}, {0.05, 1000}}},
    {"empirical", SIM_LAW_EMPIRICAL, "empirical(file.csv)", 1, {}},
};
static const char *const LAW_NAMES[] = {"fixed",     "exp",       "uniform",  "weibull",
                                        "lognormal", "pareto",    "bipareto", "gamma",
                                        "beta",      "empirical", NULL};

static bool
read_seconds(const char *text, double *out, GError **error)
{
    RollTime time;
    if (!sim_value_time(text, &time, error))
        return false;
    *out = (double)time / ROLL_SECOND;
    return true;
}

/* The plain numbers after the first value. */
static bool
read_shapes(const LawForm *form, const GStrv args, SimLaw *law, GError **error)
{
    static const char *const places[] = {"second", "third", "fourth"};
    double *const shapes[] = {&law->b, &law->c, &law->d};
    for (guint i = 0; i + 1 < form->n_args; i++) {
        double least = form->ranges[i].least;
        double most = form->ranges[i].most;
        if (!sim_value_number(args[i + 1], shapes[i], error))
            return false;
        if (*shapes[i] < least || *shapes[i] > most)
            return sim_words_fail(error, "the %s value of %s is %g; it must be %g to %g", places[i],
                                  form->form, *shapes[i], least, most);
    }
    return true;
}

static bool
read_parameters(const LawForm *form, const GStrv args, SimLaw *law, GError **error)
{
    if (!read_seconds(args[0], &law->a, error))
        return false;
    if (form->kind != SIM_LAW_UNIFORM)
        return read_shapes(form, args, law, error);
    if (!read_seconds(args[1], &law->b, error))
        return false;
    if (law->a > law->b)
        return sim_words_fail(
            error, "uniform(%.20s, %.20s) starts later than it ends; write the smaller one first",
            args[0], args[1]);
    return true;
}

static bool
fail_law_form(GError **error, const char *text, const LawForm *form)
{
    g_autofree char *quoted = sim_words_quote(text);
    return sim_words_fail(error, "%s does not have the form %s", quoted, form->form);
}

/* A plain time; or no law at all, of which the first word may tell what was meant. */
static bool
read_fixed(const char *text, SimLaw *out, GError **error)
{
    SimLaw fixed = {.kind = SIM_LAW_FIXED};
    g_autofree char *word = g_strndup(text, strcspn(text, "( \t,"));
    int which;
    if (sim_value_word(word, LAW_NAMES, &which, NULL))
        return fail_law_form(error, text, &LAWS[which]);
    if (g_ascii_isalpha(*text))
        return sim_words_unknown(error, "unknown law", word, LAW_NAMES);
    if (!read_seconds(text, &fixed.a, error))
        return false;
    *out = fixed;
    return true;
}

bool
sim_value_law(const char *text, const SimFiles *files, SimLaw *out, GError **error)
{
    g_autofree char *name = NULL;
    g_auto(GStrv) args = NULL;
    if (!sim_value_call(text, &name, &args))
        return read_fixed(text, out, error);
    int which;
    if (!sim_value_word(name, LAW_NAMES, &which, NULL))
        return sim_words_unknown(error, "unknown law", name, LAW_NAMES);
    const LawForm *form = &LAWS[which];
    if (g_strv_length(args) != form->n_args)
        return fail_law_form(error, text, form);
    SimLaw law = {.kind = form->kind};
    if (form->kind == SIM_LAW_EMPIRICAL) {
        if (!sim_files_read_values(files, args[0], &law.values, &law.n_values, error))
            return false;
    } else if (!read_parameters(form, args, &law, error)) {
        return false;
    }
    *out = law;
    return true;
}
