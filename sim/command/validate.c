/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall validate`: what is known exactly against what the simulator says, as a table. */
#include "sim/experiment/validate.h"
#include "sim/command/command.h"
#include "sim/report/text.h"
#include "sim/scenario/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    gint64 seed;
    char *link;
    char *only;
    char *csv;
} Options;

static void
options_clear(Options *self)
{
    g_free(self->link);
    g_free(self->only);
    g_free(self->csv);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void
show_progress(void *data, unsigned done, unsigned all)
{
    (void)data;
    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, done < all ? "\r%u of %u runs" : "\r\033[K", done, all);
    fflush(stderr);
}

static char *
figures(double value, const char *format)
{
    char room[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(room, sizeof room, format, value));
}

static double
error_percent(const SimRow *row)
{
    return 100 * (row->value.seen - row->value.exact) / row->value.exact;
}

static const char *
mark(const SimRow *row)
{
    static const char *const marks[] = {
        [SIM_ROW_MET] = "",
        [SIM_ROW_FAR] = "  <-- too far",
        [SIM_ROW_VAGUE] = "  <-- too vague",
        [SIM_ROW_FAR | SIM_ROW_VAGUE] = "  <-- too far and too vague",
    };
    return marks[row->flaws];
}

static void
print_row(const SimRow *row, int widths[3])
{
    g_autofree char *seen = figures(row->value.seen, "%.6g");
    g_autofree char *exact = figures(row->value.exact, "%.6g");
    g_autofree char *error = figures(row->value.error, "%.2g");
    g_autofree char *percent = figures(error_percent(row), "%.2f");
    g_autofree char *z = figures(row->z, "%.2f");
    printf("%-*s  %-*s  %-*s  %12s  %12s  %9s  %7s  %6s%s\n", widths[0], row->oracle, widths[1],
           row->parameters, widths[2], row->value.metric, seen, exact, error, percent, z,
           mark(row));
}

/* Returns: how many rows are not met. */
static unsigned
print_table(const GArray *rows)
{
    int widths[3] = {0};
    unsigned flawed = 0;
    for (guint i = 0; i < rows->len; i++) {
        const SimRow *row = &g_array_index(rows, SimRow, i);
        widths[0] = MAX(widths[0], (int)strlen(row->oracle));
        widths[1] = MAX(widths[1], (int)strlen(row->parameters));
        widths[2] = MAX(widths[2], (int)strlen(row->value.metric));
    }
    printf("%-*s  %-*s  %-*s  %12s  %12s  %9s  %7s  %6s\n", widths[0], "oracle", widths[1],
           "parameters", widths[2], "metric", "simulated", "exact", "std.error", "error %", "z");
    for (guint i = 0; i < rows->len; i++) {
        const SimRow *row = &g_array_index(rows, SimRow, i);
        print_row(row, widths);
        flawed += row->flaws != SIM_ROW_MET;
    }
    return flawed;
}

static bool
write_csv(const char *path, const GArray *rows, GError **error)
{
    g_autoptr(GString) out = g_string_new(
        "oracle,parameters,metric,simulated,exact,standard_error,error_percent,z,met\n");
    for (guint i = 0; i < rows->len; i++) {
        const SimRow *row = &g_array_index(rows, SimRow, i);
        const double numbers[] = {row->value.seen, row->value.exact, row->value.error,
                                  error_percent(row), row->z};
        sim_text_csv(out, row->oracle);
        g_string_append_c(out, ',');
        sim_text_csv(out, row->parameters);
        g_string_append_c(out, ',');
        sim_text_csv(out, row->value.metric);
        for (size_t k = 0; k < G_N_ELEMENTS(numbers); k++) {
            g_string_append_c(out, ',');
            sim_text_number(out, numbers[k]);
        }
        g_string_append(out, row->flaws == SIM_ROW_MET ? ",yes\n" : ",no\n");
    }
    return g_file_set_contents(path, out->str, (gssize)out->len, error);
}

static bool
check_options(const Options *options, GError **error)
{
    static const char *const links[] = {"wire", "direct", NULL};
    if (options->link && !g_strv_contains(links, options->link))
        return sim_words_unknown(error, "unknown link", options->link, links);
    if (options->seed < 0)
        return sim_words_fail(error, "--seed must not be negative");
    return true;
}

static int
validate(const Options *options, GError **error)
{
    SimValidateOptions how = {
        .only = options->only,
        .seed = (uint64_t)options->seed,
        .link = g_strcmp0(options->link, "wire") == 0 ? SIM_LINK_WIRE : SIM_LINK_DIRECT,
        .threads = g_get_num_processors(),
        .progress = show_progress,
    };
    g_autoptr(GArray) rows = sim_validate(&how, error);
    if (rows == NULL)
        return SIM_EXIT_BAD;
    if (rows->len == 0) {
        sim_words_fail(
            error, "no oracle has \"%s\" in its name; see the first column of rollcall validate",
            options->only);
        return SIM_EXIT_BAD;
    }
    unsigned flawed = print_table(rows);
    if (flawed == 0)
        printf("\nAll %u rows are within %g standard errors, and none of these is above %g %%.\n",
               rows->len, SIM_ROW_MOST_Z, 100 * SIM_ROW_MOST_ERROR);
    else
        printf("\n%u of %u rows are more than %g standard errors off, or these are above %g %%.\n",
               flawed, rows->len, SIM_ROW_MOST_Z, 100 * SIM_ROW_MOST_ERROR);
    if (options->csv && !write_csv(options->csv, rows, error))
        return SIM_EXIT_BAD;
    return flawed == 0 ? SIM_EXIT_MET : SIM_EXIT_NOT_MET;
}

static const char HELP[] =
    "Simulates what has an exact answer, and prints a row for each value: simulated, exact,\n"
    "standard error, error in percent of the exact value, and z, the error in standard errors.\n"
    "docs/method.md has the formulas. A row is marked if it is more than 4 standard errors off, "
    "or\n"
    "if a standard error is above 1 % of the value.\n\n"
    "Example:\n  rollcall validate --only power --seed 2\n\n"
    "Exit: 0 no row is marked, 1 one is, 2 bad input.\n";

int
sim_command_validate(int argc, char **argv)
{
    g_auto(Options) o = {.seed = 1};
    const GOptionEntry entries[] = {
        {"seed", 's', 0, G_OPTION_ARG_INT64, &o.seed, "Where chance starts (default: 1)", "N"},
        {"link", 'l', 0, G_OPTION_ARG_STRING, &o.link,
         "How requests travel: wire or direct (default: direct)", "LINK"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &o.only,
         "Oracles whose name has this in it, or fits it with *", "NAME"},
        {"csv", 0, 0, G_OPTION_ARG_FILENAME, &o.csv, "Write the table to a file too", "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    if (!sim_command_parse(&argc, &argv, entries, "", HELP))
        return SIM_EXIT_BAD;
    g_autoptr(GError) error = NULL;
    if (argc > 1)
        sim_words_fail(&error, "validate takes options only; see rollcall validate --help");
    int code = error != NULL || !check_options(&o, &error) ? SIM_EXIT_BAD : validate(&o, &error);
    return error != NULL ? sim_command_fail(error) : code;
}
