/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall check FILE...`: what scenarios expect, as TAP. All files are read before anything runs,
 * so that a mistake in one is not lost among the results of the others. */
#include "sim/command/command.h"
#include "sim/experiment/run.h"
#include "sim/scenario/words.h"
#include "sim/script/judge.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    char **changes;
    char *link;
} Options;

/* What goes on while files are checked. */
typedef struct {
    SimLinkKind link;
    bool decoded; /* scripts too */
    unsigned n;
    bool all_met;
} Check;

static bool
parse_link(const char *name, SimLinkKind *out, GError **error)
{
    bool wire = g_strcmp0(name, "wire") == 0;
    *out = wire ? SIM_LINK_WIRE : SIM_LINK_DIRECT;
    if (!name || wire || strcmp(name, "direct") == 0)
        return true;
    return sim_words_fail(error, "--link %.40s: unknown link; known: wire, direct", name);
}

/* A line of TAP; `#` would start a directive. */
static void
print_test(Check *self, bool met, const SimScenario *scenario, unsigned line, const char *text)
{
    g_autofree char *shown = g_strdelimit(g_strdup(text), "#\\", '_');
    printf("%sok %u - %s:%u: %s\n", met ? "" : "not ", ++self->n, scenario->name, line, shown);
    self->all_met = self->all_met && met;
}

static void
print_diagnostics(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (*g_strchomp(*line))
            printf("#   %s\n", *line);
}

static void
check_script(Check *self, const SimScenario *scenario)
{
    /* Digests are computed from text. */
    bool decoded = self->decoded && !scenario->registrar.digest;
    g_autoptr(GArray) judgements = sim_script_judge(scenario, decoded);
    for (guint i = 0; i < judgements->len; i++) {
        const SimJudgement *judgement = &g_array_index(judgements, SimJudgement, i);
        print_test(self, !judgement->got, scenario, judgement->step->line, judgement->step->text);
        if (judgement->got)
            print_diagnostics(judgement->got);
    }
}

/* In the unit of the metric's estimates. */
static void
print_measured(const SimVerdict *verdict)
{
    const SimMetricInfo *info = sim_metric_info(verdict->expectation->metric);
    bool share = strcmp(info->unit, "1") == 0;
    printf("#   measured: %.6g%s%s\n", share ? 100 * verdict->measured : verdict->measured,
           share ? "%" : " ", share ? "" : info->unit);
}

static bool
check_run(Check *self, const SimScenario *scenario, GError **error)
{
    SimRunOptions options = {.link = self->link};
    g_autoptr(SimResult) result = sim_run(scenario, &options, error);
    if (!result)
        return false;
    for (size_t i = 0; i < result->n_verdicts; i++) {
        const SimVerdict *verdict = &result->verdicts[i];
        print_test(self, verdict->met, scenario, verdict->expectation->line,
                   verdict->expectation->text);
        if (!verdict->met)
            print_measured(verdict);
    }
    return true;
}

static unsigned
count_expectations(const SimScenario *scenario)
{
    unsigned n = (unsigned)scenario->n_expectations;
    for (guint i = 0; scenario->script && i < scenario->script->steps->len; i++)
        n += sim_script_step(scenario->script, i)->kind >= SIM_STEP_EXPECT;
    return n;
}

static GPtrArray *
load_all(char **paths, const Options *options, unsigned *n, GError **error)
{
    g_autoptr(GPtrArray) scenarios =
        g_ptr_array_new_with_free_func((GDestroyNotify)sim_scenario_free);
    *n = 0;
    for (; *paths; paths++) {
        SimScenario *scenario =
            sim_scenario_load(*paths, (const char *const *)options->changes, error);
        if (!scenario)
            return NULL;
        g_ptr_array_add(scenarios, scenario);
        if (count_expectations(scenario) == 0) {
            sim_words_fail(error, "%s: nothing is expected; add [expect] or [script]", *paths);
            return NULL;
        }
        *n += count_expectations(scenario);
    }
    return g_steal_pointer(&scenarios);
}

static int
check_files(char **paths, const Options *options)
{
    g_autoptr(GError) error = NULL;
    Check self = {.all_met = true};
    unsigned n;
    /* Bytes are what scripts are about, so these go past them only if told to. */
    self.decoded = g_strcmp0(options->link, "direct") == 0;
    if (!parse_link(options->link, &self.link, &error))
        return sim_command_fail(error);
    g_autoptr(GPtrArray) scenarios = load_all(paths, options, &n, &error);
    if (!scenarios)
        return sim_command_fail(error);
    printf("TAP version 13\n1..%u\n", n);
    for (guint i = 0; i < scenarios->len; i++) {
        const SimScenario *scenario = scenarios->pdata[i];
        printf("# %s\n", scenario->title);
        if (scenario->script)
            check_script(&self, scenario);
        else if (!check_run(&self, scenario, &error))
            return sim_command_fail(error);
        fflush(stdout);
    }
    return self.all_met ? SIM_EXIT_MET : SIM_EXIT_NOT_MET;
}

static const char HELP[] =
    "Runs each scenario and judges its [expect] or its [script] (docs/scenario.md). Nothing is\n"
    "written but TAP: a line for each expectation, and below one that is not met what there was\n"
    "instead.\n\n"
    "Examples:\n"
    "  rollcall check scenarios/regression/*.ini\n"
    "  prove --exec 'rollcall check' scenarios/regression/*.ini\n\n"
    "Exit: 0 all met, 1 one not met, 2 bad input.\n";

int
sim_command_check(int argc, char **argv)
{
    Options options = {0};
    const GOptionEntry entries[] = {
        {"link", 'l', 0, G_OPTION_ARG_STRING, &options.link,
         "How requests reach the registrar: wire (SIP text; default of scripts) or direct "
         "(decoded; "
         "default of the others)",
         "LINK"},
        {"set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &options.changes,
         "Change a value of the scenarios, e.g. registrar.min-expires=2min; may be repeated",
         "KEY=VALUE"},
        G_OPTION_ENTRY_NULL,
    };
    int code = SIM_EXIT_BAD;
    if (sim_command_parse(&argc, &argv, entries, "FILE...", HELP)) {
        if (argc < 2)
            fprintf(stderr, "rollcall: check needs a scenario file, e.g. scenarios/regression/*\n");
        else
            code = check_files(argv + 1, &options);
    }
    g_strfreev(options.changes);
    g_free(options.link);
    return code;
}
