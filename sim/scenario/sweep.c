/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines of `[sweep]`: a word and what it is about. Axes are read by the campaign that varies them;
 * here they need only have the form. */
#include "sim/scenario/parts.h"

#include "sim/scenario/formula.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

#define MOST_REPLICATIONS 1000000

/* In the order of SimSweepKind. */
static const char *const WORDS[] = {"vary", "step", "where", "replications", "precision", NULL};

static bool
check_count(const char *text, GError **error)
{
    uint64_t count;
    if (!sim_value_count(text, &count, error))
        return false;
    if (count >= 1 && count <= MOST_REPLICATIONS)
        return true;
    return sim_words_fail(error, "replications are 1 to %d; write for example: replications 4",
                          MOST_REPLICATIONS);
}

static bool
check_precision(const char *text, GError **error)
{
    double share;
    if (!sim_value_share(text, &share, error))
        return false;
    return share > 0 ||
           sim_words_fail(error, "a precision is more than 0%%; write for example: precision 5%%");
}

static bool
check_rest(SimSweepKind kind, const char *text, GError **error)
{
    g_autofree char *quoted = sim_words_quote(text);
    g_autoptr(SimComparison) condition = NULL;
    switch (kind) {
    case SIM_SWEEP_VARY:
    case SIM_SWEEP_STEP:
        return strchr(text, '=') ||
               sim_words_fail(error, "%s does not have the form KEY = VALUES", quoted);
    case SIM_SWEEP_WHERE:
        condition = sim_comparison_parse(text, error);
        return condition != NULL;
    case SIM_SWEEP_REPLICATIONS:
        return check_count(text, error);
    default:
        return check_precision(text, error);
    }
}

bool
sim_sweep_read(const char *text, SimSweepLine *out, GError **error)
{
    g_autofree char *word = g_strndup(text, strcspn(text, " "));
    const char *rest = text + strlen(word) + strspn(text + strlen(word), " ");
    int kind;
    if (!sim_value_word(word, WORDS, &kind, NULL))
        return sim_words_unknown(error, "a sweep has no", word, WORDS);
    if (!check_rest((SimSweepKind)kind, rest, error))
        return false;
    *out = (SimSweepLine){.kind = (SimSweepKind)kind, .text = g_strdup(rest)};
    return true;
}
