/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall conform`: tries the rules of the RFCs on a registrar and prints what came of it. */
#include "sim/conform/conform.h"
#include "sim/command/command.h"

#include <stdio.h>
#include <string.h>

static const char HELP[] =
    "Without --to and --plugin the registrar core of this program is tried, in virtual time.\n"
    "Exit: 0 when every MUST holds, though a SHOULD or MAY may be `not ok`; 1 when a MUST does\n"
    "not; 2 when it cannot be tried.\n\n"
    "Examples:\n"
    "  rollcall conform | grep -v '^    ok'\n"
    "  rollcall conform --to udp:127.0.0.1:5060 --domain example.org --only 10.3\n";

typedef struct {
    char *to;
    char *plugin;
    char *domain;
    char *user;
    char *password;
    char *only;
    gboolean slow;
    gboolean markdown;
    gboolean list;
} Options;

static void
clear_options(Options *self)
{
    g_free(self->to);
    g_free(self->plugin);
    g_free(self->domain);
    g_free(self->user);
    g_free(self->password);
    g_free(self->only);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static int
fail(const char *what)
{
    fprintf(stderr, "rollcall: %s\n", what);
    return SIM_EXIT_BAD;
}

static int
list_rules(const GPtrArray *rules)
{
    for (guint i = 0; i < rules->len; i++) {
        const SimRule *rule = g_ptr_array_index(rules, i);
        printf("%-28s RFC %u section %-22s %-6s  %s\n", rule->id, rule->rfc, rule->section,
               sim_level_name(rule->level), rule->title);
    }
    return SIM_EXIT_MET;
}

static SimTarget *
open_target(const Options *options, GError **error)
{
    if (options->plugin)
        return sim_target_new_plugin(options->plugin, error);
    if (options->to)
        return sim_target_new_network(options->to, options->domain, options->user,
                                      options->password, options->slow, error);
    return sim_target_new_core();
}

/* How many rules of a level held, failed, were not tried; and how many checks there were. */
typedef struct {
    unsigned outcomes[3][3];
    unsigned n_checks;
} Tally;

static void
print_tally(const Tally *tally, bool markdown)
{
    if (markdown)
        printf("\n");
    for (int level = SIM_LEVEL_MUST; level <= SIM_LEVEL_MAY; level++)
        printf("%s%s: %u hold, %u fail, %u not tried%s\n", markdown ? "" : "# ",
               sim_level_name((SimLevel)level), tally->outcomes[level][SIM_OUTCOME_HOLDS],
               tally->outcomes[level][SIM_OUTCOME_FAILS],
               tally->outcomes[level][SIM_OUTCOME_SKIPPED], markdown ? "  " : "");
    if (!markdown)
        printf("# %u checks\n", tally->n_checks);
}

/* A server may remember the last run: its names must not be used again. */
static char *
name_run(const SimTarget *target)
{
    return target->in_process
               ? g_strdup("run")
               : g_strdup_printf("%x", (unsigned)(g_get_real_time() / G_TIME_SPAN_MILLISECOND));
}

static int
try_rules(SimTarget *target, const GPtrArray *rules, bool markdown)
{
    g_autofree char *run = name_run(target);
    const char *why = sim_conform_probe(target, run);
    if (why)
        return fail(why);
    g_autoptr(GString) text = g_string_new(NULL);
    if (markdown)
        sim_conform_write_row(NULL, text);
    else
        g_string_printf(text, "1..%u\n", rules->len);
    Tally tally = {0};
    for (guint i = 0; i < rules->len; i++) {
        const SimRule *rule = g_ptr_array_index(rules, i);
        g_autoptr(SimCase) c = sim_conform_try(target, rule, run);
        if (markdown)
            sim_conform_write_row(c, text);
        else
            sim_conform_write_tap(c, i + 1, text);
        tally.outcomes[rule->level][sim_conform_outcome(c)]++;
        tally.n_checks += c->checks->len;
        fputs(text->str, stdout);
        fflush(stdout);
        g_string_truncate(text, 0);
    }
    print_tally(&tally, markdown);
    return tally.outcomes[SIM_LEVEL_MUST][SIM_OUTCOME_FAILS] ? SIM_EXIT_NOT_MET : SIM_EXIT_MET;
}

int
sim_command_conform(int argc, char **argv)
{
    g_auto(Options) o = {0};
    const GOptionEntry entries[] = {
        {"to", 0, 0, G_OPTION_ARG_STRING, &o.to, "try the server at udp:, tcp: or tls:HOST:PORT",
         "ADDRESS"},
        {"plugin", 0, 0, G_OPTION_ARG_FILENAME, &o.plugin, "try a registrar in a shared object",
         "FILE.so"},
        {"domain", 0, 0, G_OPTION_ARG_STRING, &o.domain, "of the server; HOST by default",
         "DOMAIN"},
        {"user", 0, 0, G_OPTION_ARG_STRING, &o.user, "the only user to register for", "NAME"},
        {"password", 0, 0, G_OPTION_ARG_STRING, &o.password, "of that user", "WORD"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &o.only,
         "rules whose id or title has this in it, or "
         "fits it with *",
         "PATTERN"},
        {"slow", 0, 0, G_OPTION_ARG_NONE, &o.slow, "let hours pass on a server", NULL},
        {"markdown", 0, 0, G_OPTION_ARG_NONE, &o.markdown, "print a table instead of TAP", NULL},
        {"list", 0, 0, G_OPTION_ARG_NONE, &o.list, "list the rules and try none", NULL},
        G_OPTION_ENTRY_NULL};
    if (!sim_command_parse(&argc, &argv, entries, "", HELP))
        return SIM_EXIT_BAD;
    if (argc > 1)
        return fail("conform takes options only; the server goes after --to");
    if (o.plugin && o.to)
        return fail("either --to or --plugin; give one of them");
    g_autoptr(GPtrArray) rules = sim_conform_rules(o.only);
    if (rules->len == 0)
        return fail("no rule has that in its id or title; --list shows them");
    if (o.list)
        return list_rules(rules);
    g_autoptr(GError) error = NULL;
    g_autoptr(SimTarget) target = open_target(&o, &error);
    if (!target)
        return sim_command_fail(error);
    return try_rules(target, rules, o.markdown);
}
