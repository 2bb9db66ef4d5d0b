/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes at all as a formula, a condition, an axis and a range: each is read or refused in one
 * line, and what was read can be computed. */
#include "sim/campaign/grid.h"

#include "tests/fuzz/replay.h"
#include <stdlib.h>
#include <string.h>

static void
check_outcome(bool good, GError *error)
{
    if (good != !error)
        abort(); /* both or neither */
    if (error && (strchr(error->message, '\n') || strlen(error->message) > 1024 ||
                  !g_utf8_validate(error->message, -1, NULL)))
        abort(); /* not one line */
    g_clear_error(&error);
}

static void
try_formula(const char *text)
{
    GError *error = NULL;
    g_autoptr(SimFormula) formula = sim_formula_parse(text, &error);
    check_outcome(formula != NULL, error);
    if (!formula)
        return;
    size_t n = g_strv_length((char **)sim_formula_names(formula));
    g_autofree double *variables = g_new0(double, n + 1);
    g_autofree double *gradient = g_new0(double, n + 1);
    double value = sim_formula_value(formula, variables);
    double again = sim_formula_gradient(formula, variables, gradient);
    if (memcmp(&value, &again, sizeof value) != 0)
        abort();
}

/* The first line is an axis, a second one a condition. */
static void
try_grid(const char *axis, const char *condition)
{
    GError *error = NULL;
    g_autoptr(SimGrid) grid = sim_grid_new();
    bool good = sim_grid_vary(grid, axis, false, &error);
    check_outcome(good, error);
    error = NULL;
    bool conditional = condition && sim_grid_where(grid, condition, &error);
    if (condition)
        check_outcome(conditional, error);
    error = NULL;
    bool whole = sim_grid_finish(grid, &error);
    check_outcome(whole, error);
    if (whole)
        g_strfreev(sim_grid_changes(grid, sim_grid_size(grid) - 1));
}

static void
try_range(const char *text)
{
    GError *error = NULL;
    double rounded;
    g_autoptr(SimRange) range = sim_range_new(text, &error);
    check_outcome(range != NULL, error);
    if (range)
        g_free(sim_range_change(range, 1, &rounded));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 2);
    for (size_t i = 0; lines[i]; i++) {
        try_formula(lines[i]);
        try_range(lines[i]);
    }
    if (lines[0])
        try_grid(lines[0], lines[1]);
    return 0;
}

#ifdef FUZZ_REPLAY
int
main(void)
{
    return replay_folder(TEST_SOURCE "/tests/fuzz/corpus-formula");
}
#endif
