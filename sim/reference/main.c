/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program of the build that makes what is generated of the documentation; it is not installed.
 *
 *     rollcall-reference man FILE        a manual page of docs/man/FILE.mdoc, to standard output
 *     rollcall-reference fill FILE...    writes what is generated of these Markdown files anew;
 * they have to be all that have a part of it */
#include "sim/command/command.h"
#include "sim/reference/man.h"
#include "sim/reference/markdown.h"
#include "sim/scenario/words.h"

#include <stdio.h>
#include <string.h>

static const SimCommand *
find_command(const char *name)
{
    size_t n;
    const SimCommand *commands = sim_commands(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static bool
print_page(const char *path, GError **error)
{
    g_autofree char *prose = NULL;
    if (!g_file_get_contents(path, &prose, NULL, error))
        return false;
    g_autofree char *base = g_path_get_basename(path);
    base[strcspn(base, ".")] = '\0';
    const SimCommand *command = find_command(base);
    g_autofree char *page = command ? man_command(command, prose, error) : man_page(prose, error);
    if (page)
        fputs(page, stdout);
    else
        g_prefix_error(error, "%s: ", path);
    return page != NULL;
}

static bool
fill_file(const char *path, GHashTable *placed, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error))
        return false;
    g_autofree char *filled = markdown_fill(text, placed, error);
    if (!filled)
        g_prefix_error(error, "%s: ", path);
    return filled && (strcmp(filled, text) == 0 || g_file_set_contents(path, filled, -1, error));
}

static bool
fill_files(char **paths, GError **error)
{
    g_autoptr(GHashTable) placed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; *paths; paths++)
        if (!fill_file(*paths, placed, error))
            return false;
    return markdown_all_placed(placed, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    bool done = false;
    if (argc == 3 && strcmp(argv[1], "man") == 0)
        done = print_page(argv[2], &error);
    else if (argc > 2 && strcmp(argv[1], "fill") == 0)
        done = fill_files(argv + 2, &error);
    else
        sim_words_fail(&error, "usage: rollcall-reference man FILE | fill FILE...");
    if (!done)
        fprintf(stderr, "rollcall-reference: %s\n", error->message);
    return done && fflush(stdout) == 0 ? 0 : 2;
}
