/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files of a ladder, phone-NAME.txt and phone-NAME.svg. */
#include "sim/report/ladder-parts.h"
#include "sim/report/output.h"

#include <glib/gstdio.h>

void
sim_ladder_remove(const char *dir)
{
    g_autoptr(GDir) listing = g_dir_open(dir, 0, NULL);
    const char *name;
    while (listing != NULL && (name = g_dir_read_name(listing)) != NULL) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        if (g_str_has_prefix(name, "phone-") &&
            (g_str_has_suffix(name, ".txt") || g_str_has_suffix(name, ".svg")))
            g_unlink(path);
    }
}

char *
sim_ladder_write(const SimLadder *self, const char *dir, GError **error)
{
    /* A user of a register line may have a name that is none for a file. */
    g_autofree char *name = g_strcanon(g_strdup(self->name),
                                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789._-+",
                                       '_');
    g_autofree char *path = g_strdup_printf("%s/phone-%s", dir, name);
    g_autofree char *as_text = g_strconcat(path, ".txt", NULL);
    g_autofree char *as_picture = g_strconcat(path, ".svg", NULL);
    g_autofree char *text = sim_ladder_text(self);
    g_autofree char *picture = sim_ladder_svg(self);
    if (!sim_output_write(as_text, text, -1, error) ||
        !sim_output_write(as_picture, picture, -1, error))
        return NULL;
    return g_steal_pointer(&path);
}
