/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall new NAME`: a scenario to start from, which runs as it is. */
#include "sim/command/command.h"
#include "sim/command/starters.h"
#include "sim/scenario/words.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *kind;
    gboolean force;
} Options;

static void
options_clear(Options *self)
{
    g_free(self->kind);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* Or %NULL after saying what is wrong. */
static const SimStarter *
find_starter(const char *kind)
{
    size_t n;
    const SimStarter *starters = sim_starters(&n);
    if (!kind)
        return starters;
    g_autofree const char **names = g_new0(const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        names[i] = starters[i].kind;
        if (strcmp(kind, names[i]) == 0)
            return &starters[i];
    }
    g_autofree char *hint = sim_words_hint(kind, names);
    g_autofree char *quoted = sim_words_quote(kind);
    fprintf(stderr, "rollcall: --kind: unknown kind %s%s\n", quoted, hint);
    return NULL;
}

static char *
replace_all(const char *text, const char *what, const char *with)
{
    g_auto(GStrv) parts = g_strsplit(text, what, -1);
    return g_strjoinv(with, parts);
}

/* A title has no line of its own to break, and a `#` in it would begin a comment. */
static char *
title_of(const char *path)
{
    g_autofree char *base = g_path_get_basename(path);
    base[strlen(base) - strlen(".ini")] = '\0';
    g_autofree char *valid = g_utf8_make_valid(base, -1);
    for (char *c = valid; *c; c++)
        if (g_ascii_iscntrl(*c) || strchr("#;", *c))
            *c = ' ';
    g_strstrip(valid);
    return g_strdup(*valid ? valid : "A scenario");
}

/* Without @force only where there is no file, so that nobody's work is lost. */
static bool
write_file(const char *path, const char *text, bool force)
{
    FILE *out = fopen(path, force ? "w" : "wx");
    if (!out) {
        int because = errno;
        if (because == EEXIST)
            fprintf(stderr, "rollcall: %s exists; --force writes over it\n", path);
        else
            fprintf(stderr, "rollcall: %s cannot be written: %s\n", path, g_strerror(because));
        return false;
    }
    bool written = fputs(text, out) != EOF;
    if (fclose(out) == 0 && written)
        return true;
    fprintf(stderr, "rollcall: %s could not be written to its end: %s\n", path, g_strerror(errno));
    return false;
}

static int
write_starter(const char *name, const Options *options)
{
    const SimStarter *starter = find_starter(options->kind);
    if (!starter)
        return SIM_EXIT_BAD;
    g_autofree char *path =
        g_str_has_suffix(name, ".ini") ? g_strdup(name) : g_strconcat(name, ".ini", NULL);
    g_autofree char *title = title_of(path);
    g_autofree char *text = replace_all(starter->text, "@NAME@", title);
    if (!write_file(path, text, options->force))
        return SIM_EXIT_BAD;
    g_autofree char *shown = g_shell_quote(path);
    bool plain = strspn(path, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_./") == strlen(path);
    g_autofree char *next = replace_all(starter->next, "@FILE@", plain ? path : shown);
    printf("%s is written: %s. Next:\n%s", path, starter->does, next);
    return SIM_EXIT_MET;
}

static const char HELP[] =
    "Writes NAME.ini, a scenario with a comment on every line, which runs as it is. A file that\n"
    "is there already is left alone.\n\n"
    "Kinds:\n"
    "  town    phones whose power fails and whose addresses change\n"
    "  storm   a blackout, and a registrar with a queue when power is back\n"
    "  script  requests and what must come back, for `rollcall check`\n\n"
    "Examples:\n"
    "  rollcall new shop && rollcall run shop.ini\n"
    "  rollcall new --kind script copy && rollcall check copy.ini\n\n"
    "Exit: 0 written, 2 bad input, or a file that is there already.\n";

int
sim_command_new(int argc, char **argv)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"kind", 'k', 0, G_OPTION_ARG_STRING, &options.kind,
         "What to start from: town (default), storm or script", "KIND"},
        {"force", 0, 0, G_OPTION_ARG_NONE, &options.force, "Write over a file that is there", NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!sim_command_parse(&argc, &argv, entries, "NAME", HELP))
        return SIM_EXIT_BAD;
    if (argc == 2 && *argv[1] && !g_str_has_suffix(argv[1], "/"))
        return write_starter(argv[1], &options);
    fprintf(stderr, "rollcall: new needs a name for one scenario, e.g. shop\n");
    return SIM_EXIT_BAD;
}
