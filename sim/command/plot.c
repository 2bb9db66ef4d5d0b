/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall plot DIR...`: runs the gnuplot scripts of a results folder again. */
#include "sim/command/command.h"
#include "sim/report/report.h"

#include <stdio.h>

static const char HELP[] =
    "Edit DIR/plots/NAME.gp, then draw again: the pictures and the page are renewed.\n\n"
    "Example:\n  rollcall plot results/town-day\n";

int
sim_command_plot(int argc, char **argv)
{
    const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    if (!sim_command_parse(&argc, &argv, entries, "DIR...", HELP))
        return SIM_EXIT_BAD;
    if (argc < 2) {
        fprintf(stderr, "rollcall: plot needs a results folder, e.g. results/town-day\n");
        return SIM_EXIT_BAD;
    }
    for (int i = 1; i < argc; i++) {
        g_autoptr(GError) error = NULL;
        if (!sim_plots_redraw(argv[i], &error))
            return sim_command_fail(error);
    }
    return SIM_EXIT_MET;
}
