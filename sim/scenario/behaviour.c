/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How phones behave: when they refresh, retry, leave, notice a new address, and start. */
#include "sim/scenario/readers.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

#define MOST_RETRIES 250 /* a phone counts its failures in a byte */

static bool
fail_form(GError **error, const char *key, const char *value, const char *form)
{
    g_autofree char *quoted = sim_words_quote(value);
    return sim_words_fail(error, "%s %s does not have the form: %s", key, quoted, form);
}

/* What a point counts from: the grant (`expires`) or a share of it. */
static bool
read_fraction(const char *text, double *out, GError **error)
{
    static const char *const words[] = {"expires", "uniform", NULL};
    if (strcmp(text, "expires") == 0) {
        *out = 1;
        return true;
    }
    if (g_ascii_isalpha(*text))
        return sim_words_unknown(error, "unknown word", text, words);
    return sim_value_share(text, out, error);
}

/* `30min`, `50%`, `expires-15s`, `50%+10s` */
static bool
read_point(const char *text, SimPoint *out, GError **error)
{
    SimPoint point = {0};
    size_t n = strcspn(text, "+-");
    if (!text[n] && !strchr(text, '%') && !g_ascii_isalpha(*text)) {
        if (!sim_value_time(text, &point.offset, error))
            return false;
        *out = point;
        return true;
    }
    g_autofree char *start = g_strchomp(g_strndup(text, n));
    if (!read_fraction(start, &point.fraction, error))
        return false;
    const char *offset = text[n] ? text + n + 1 + strspn(text + n + 1, " \t") : NULL;
    if (offset && !sim_value_time(offset, &point.offset, error))
        return false;
    if (text[n] == '-')
        point.offset = -point.offset;
    *out = point;
    return true;
}

/* `expires-5s up to 64s` */
static bool
read_short_rule(const char *text, SimRefresh *refresh, GError **error)
{
    const char *up = strstr(text, " up to ");
    if (!up)
        return fail_form(error, "refresh rule", text, "expires-5s up to 64s");
    g_autofree char *point = g_strstrip(g_strndup(text, (gsize)(up - text)));
    const char *time = up + strlen(" up to ");
    RollTime limit;
    if (!read_point(point, &refresh->short_point, error) ||
        !sim_value_time(time + strspn(time, " \t"), &limit, error))
        return false;
    refresh->short_up_to = (uint32_t)MIN(limit / ROLL_SECOND, UINT32_MAX);
    return true;
}

bool
sim_read_refresh(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimGroup *group = object;
    SimRefresh refresh = {0};
    g_auto(GStrv) parts = sim_value_split(value, ',');
    g_autofree char *name = NULL;
    g_auto(GStrv) args = NULL;
    if (g_strv_length(parts) > 2)
        return fail_form(error, "refresh", value, "uniform(50%, 90%), expires-5s up to 64s");
    if (sim_value_call(parts[0], &name, &args)) {
        if (strcmp(name, "uniform") != 0 || g_strv_length(args) != 2)
            return fail_form(error, "refresh", parts[0], "uniform(50%, 90%)");
        if (!read_point(args[0], &refresh.from, error) || !read_point(args[1], &refresh.to, error))
            return false;
    } else {
        if (!read_point(parts[0], &refresh.from, error))
            return false;
        refresh.to = refresh.from;
    }
    if (parts[1] && !read_short_rule(parts[1], &refresh, error))
        return false;
    group->refresh = refresh;
    return true;
}

/* `10 times` */
static bool
read_attempts(const char *text, unsigned *out, GError **error)
{
    uint64_t number;
    g_autofree char *count = g_strndup(text, strcspn(text, " \t"));
    const char *times = sim_value_after(text, count);
    if (!times || (strcmp(times, "times") != 0 && strcmp(times, "time") != 0))
        return fail_form(error, "retry limit", text, "10 times");
    if (!sim_value_count(count, &number, error))
        return false;
    if (number < 1 || number > MOST_RETRIES)
        return sim_words_fail(error, "retry %s times: it must be 1 to %d", count, MOST_RETRIES);
    *out = (unsigned)number;
    return true;
}

/* Retry laws that grow with the number of failures: the name, and the cap if none is given. */
typedef struct {
    const char *name;
    SimRetryKind kind;
    RollTime cap; /* 0: one must be given */
    const char *form;
} Growth;

static const Growth GROWTHS[] = {
    {"doubling", SIM_RETRY_DOUBLING, 0, "doubling(20s, 30min)"},
    {"linear", SIM_RETRY_LINEAR, ROLL_NEVER, "linear(30s) or linear(30s, 10min)"},
    {"rfc5626", SIM_RETRY_RFC5626, 30 * ROLL_MINUTE, "rfc5626(30s) or rfc5626(30s, 30min)"},
};

static bool
read_growth(const Growth *growth, const GStrv args, SimRetry *retry, GError **error)
{
    guint n = g_strv_length(args);
    retry->kind = growth->kind;
    retry->cap = growth->cap;
    if (n < (growth->cap ? 1u : 2u) || n > 2)
        return fail_form(error, "retry", growth->name, growth->form);
    if (!sim_value_time(args[0], &retry->base, error))
        return false;
    if (n == 2 && !sim_value_time(args[1], &retry->cap, error))
        return false;
    if (retry->base > retry->cap)
        return sim_words_fail(
            error,
            "retry starts at %.20s, which is more than its cap %.20s; raise the cap or start lower",
            args[0], n == 2 ? args[1] : "30min");
    return true;
}

/* Anything that is not a growing law; its errors name all that it could have been. */
#define FROM_SENDING " from sending"

static bool
read_retry_law(const SimReading *reading, const char *text, SimRetry *retry, GError **error)
{
    static const char *const words[] = {"none",    "doubling", "linear",  "rfc5626",   "exp",
                                        "uniform", "fixed",    "weibull", "lognormal", "pareto",
                                        "gamma",   "bipareto", "beta",    "empirical", NULL};
    g_autofree char *word = g_strndup(text, strcspn(text, "( \t"));
    if (g_ascii_isalpha(*text) && !g_strv_contains(words, word))
        return sim_words_unknown(error, "unknown retry law", word, words);
    retry->kind = SIM_RETRY_LAW;
    return sim_value_law(text, &reading->files, &retry->law, error);
}

bool
sim_read_retry(SimReading *reading, void *object, const char *value, GError **error)
{
    SimGroup *group = object;
    SimRetry retry = {0};
    g_auto(GStrv) parts = sim_value_split(value, ',');
    g_autofree char *name = NULL;
    g_auto(GStrv) args = NULL;
    const Growth *growth = NULL;
    bool none = strcmp(parts[0], "none") == 0;
    if (g_str_has_suffix(parts[0], FROM_SENDING)) {
        retry.from_sending = true;
        parts[0][strlen(parts[0]) - strlen(FROM_SENDING)] = '\0';
    }
    if (g_strv_length(parts) > 2 || (none && parts[1]))
        return fail_form(error, "retry", value, "none, or a law, or a law and: , 10 times");
    if (sim_value_call(parts[0], &name, &args))
        for (size_t i = 0; i < G_N_ELEMENTS(GROWTHS) && !growth; i++)
            growth = strcmp(name, GROWTHS[i].name) == 0 ? &GROWTHS[i] : NULL;
    if (none)
        retry.kind = SIM_RETRY_NONE;
    else if (growth ? !read_growth(growth, args, &retry, error)
                    : !read_retry_law(reading, parts[0], &retry, error))
        return false;
    if (parts[1] && !read_attempts(parts[1], &retry.attempts, error))
        return false;
    group->retry = retry;
    return true;
}

bool
sim_read_leaves(SimReading *reading, void *object, const char *value, GError **error)
{
    static const char *const words[] = {"silently", "unregisters", NULL};
    (void)reading;
    SimGroup *group = object;
    const char *share = sim_value_after(value, "unregisters");
    if (share)
        return sim_value_share(share, &group->leaves, error);
    int which;
    if (!sim_value_word(value, words, &which, error))
        return false;
    group->leaves = which;
    return true;
}

bool
sim_read_notices(SimReading *reading, void *object, const char *value, GError **error)
{
    static const char *const words[] = {"at refresh", "at once", "after", NULL};
    SimGroup *group = object;
    double share = 1;
    SimLaw after = {.kind = SIM_LAW_FIXED};
    if (g_ascii_isdigit(*value)) {
        g_autofree char *first = g_strndup(value, strcspn(value, " \t"));
        if (!sim_value_share(first, &share, error))
            return false;
        value += strlen(first);
        value += strspn(value, " \t");
    }
    const char *law = sim_value_after(value, "after");
    if (law && !sim_value_law(law, &reading->files, &after, error))
        return false;
    if (!law) {
        int which;
        if (!sim_value_word(value, words, &which, error))
            return false;
        if (which == 2)
            return sim_words_fail(error, "after what? write for example: after exp(10s)");
        share = which == 1 ? share : 0;
    }
    group->notices = share;
    group->notice_after = after;
    return true;
}

bool
sim_read_start_spacing(SimReading *reading, void *object, const char *value, GError **error)
{
    SimGroup *group = object;
    const char *within = strstr(value, " within ");
    g_autofree char *first =
        g_strchomp(g_strndup(value, within ? (gsize)(within - value) : strlen(value)));
    if (!sim_value_time(first, &group->start_spacing, error))
        return false;
    reading->spacing_within = 0;
    if (!within)
        return true;
    within += strlen(" within ");
    return sim_value_time(within + strspn(within, " \t"), &reading->spacing_within, error);
}

/* `uniform(1s, 5s), lost 2%` */
bool
sim_read_push(SimReading *reading, void *object, const char *value, GError **error)
{
    SimGroup *group = object;
    SimPushSpec push = {.on = strcmp(value, "no") != 0};
    g_auto(GStrv) parts = sim_value_split(value, ',');
    guint n = g_strv_length(parts);
    const char *lost = n == 2 ? sim_value_after(parts[1], "lost") : NULL;
    if (n > 2 || (n == 2 && (!lost || strcmp(parts[0], "no") == 0)))
        return fail_form(error, "push", value, "no, or a law, or a law and: , lost 2%");
    if (push.on && !sim_value_law(parts[0], &reading->files, &push.after, error))
        return false;
    if (lost && !sim_value_share(lost, &push.lost, error))
        return false;
    group->push = push;
    return true;
}
