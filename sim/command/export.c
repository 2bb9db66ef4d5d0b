/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall export DB`: the results of a campaign for other tools. */
#include "sim/report/export.h"
#include "sim/command/command.h"
#include "sim/report/output.h"
#include "sim/scenario/words.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    char *format;
    char *table;
    char *output;
} Options;

static char *
make_text(SimDatabase *database, const Options *options, GError **error)
{
    static const char *const formats[] = {"csv", "jsonl", "sca", NULL};
    const char *format = options->format != NULL ? options->format : "csv";
    const char *table = options->table != NULL ? options->table : "estimates";
    if (strcmp(format, "csv") == 0)
        return sim_export_csv(database, table, error);
    if (strcmp(format, "jsonl") == 0)
        return sim_export_jsonl(database, table, error);
    if (strcmp(format, "sca") == 0 && options->table != NULL) {
        sim_words_fail(error, "--table: a file of scalars has the results alone; leave --table "
                              "out, or take --format csv");
        return NULL;
    }
    if (strcmp(format, "sca") == 0)
        return sim_export_sca(database, error);
    sim_words_unknown(error, "--format: unknown format", format, formats);
    return NULL;
}

static int
export_file(const char *path, const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *within = g_build_filename(path, "campaign.db", NULL);
    bool folder = g_file_test(path, G_FILE_TEST_IS_DIR);
    g_autoptr(SimDatabase) database = sim_database_read(folder ? within : path, &error);
    if (database == NULL)
        return sim_command_fail(error);
    g_autofree char *text = make_text(database, options, &error);
    if (text == NULL)
        return sim_command_fail(error);
    if (options->output == NULL)
        fputs(text, stdout);
    else if (!sim_output_write(options->output, text, -1, &error))
        return sim_command_fail(error);
    return SIM_EXIT_MET;
}

static const char HELP[] =
    "DB is a campaign.db or the folder that it is in. Tables: estimates (each metric of each "
    "point,\n"
    "with its interval), results (of each run), runs, parameters (all values that hold at each\n"
    "point), quantiles, warmup, series (what --series kept). Formats: csv, jsonl (a JSON object a\n"
    "line), sca (OMNeT++ scalar file, results of each run). docs/database.md has the columns.\n\n"
    "Examples:\n"
    "  rollcall export results/town-day/sweep\n"
    "  rollcall export results/town-day/sweep --table results --format jsonl | jq .value\n"
    "  rollcall export results/town-day/sweep --format sca --output town.sca\n\n"
    "Exit: 0 done, 2 bad input.\n";

int
sim_command_export(int argc, char **argv)
{
    Options options = {0};
    const GOptionEntry entries[] = {
        {"format", 'f', 0, G_OPTION_ARG_STRING, &options.format, "csv (default), jsonl or sca",
         "FORMAT"},
        {"table", 't', 0, G_OPTION_ARG_STRING, &options.table, "Which table (default: estimates)",
         "NAME"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
         "Write to this file (default: standard output)", "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    int code = SIM_EXIT_BAD;
    if (sim_command_parse(&argc, &argv, entries, "DB", HELP)) {
        if (argc == 2)
            code = export_file(argv[1], &options);
        else
            fprintf(stderr, "rollcall: export needs a campaign.db, or the folder it is in\n");
    }
    g_free(options.format);
    g_free(options.table);
    g_free(options.output);
    return code;
}
