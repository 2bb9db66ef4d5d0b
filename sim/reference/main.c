/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program of the build that makes what is generated of the documentation; it is not installed.
 *
 *     rollcall-reference man FILE        a manual page of docs/man/FILE.mdoc, to standard output
 *     rollcall-reference fill FILE...    renews what stands between markers in Markdown files */
#include "sim/command/command.h"
#include "sim/reference/man.h"
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

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    bool done = false;
    if (argc == 3 && strcmp(argv[1], "man") == 0)
        done = print_page(argv[2], &error);
    else
        sim_words_fail(&error, "usage: rollcall-reference man FILE | fill FILE...");
    if (!done)
        fprintf(stderr, "rollcall-reference: %s\n", error->message);
    return done && fflush(stdout) == 0 ? 0 : 2;
}
