/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All reports of one run, in the order in which they need each other. */
#include "sim/report/output.h"
#include "sim/report/report.h"

#include <glib/gstdio.h>

/* Takes @content. */
static bool
write_one(const char *dir, const char *name, char *content, GError **error)
{
    g_autofree char *owned = content;
    g_autofree char *path = g_build_filename(dir, name, NULL);
    return sim_output_write(path, owned, -1, error);
}

static bool
write_page(const SimResult *result, const char *dir, GError **error)
{
    char *page = sim_report_html(result, dir, error);
    return page != NULL && write_one(dir, "report.html", page, error);
}

bool
sim_report_write(const SimResult *result, const char *dir, GError **error)
{
    if (!sim_output_directory(dir, error))
        return false;
    g_autofree char *page = g_build_filename(dir, "report.html", NULL);
    g_unlink(page);
    return write_one(dir, "summary.txt", sim_summary_text(result), error) &&
           write_one(dir, "summary.json", sim_summary_json(result), error) &&
           write_one(dir, "series.csv", sim_series_csv(result), error) &&
           write_one(dir, "stale-life.csv", sim_stale_life_csv(result), error) &&
           sim_plots_write(result, dir, error) && write_page(result, dir, error);
}
