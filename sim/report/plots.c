/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of plots and what their scripts have in common. A script draws itself as SVG, PDF
 * and PNG, from the data beside it: `cd plots && gnuplot NAME.gp` is all it takes. */
#include "sim/report/plots.h"

#include "sim/report/text.h"
#include <inttypes.h>

static bool
has_station(const SimResult *result)
{
    return result->scenario->station.given;
}

const SimPlot sim_plots[SIM_N_PLOTS] = {
    {"accuracy", "Where the location table is right and where it is wrong",
     "Each layer is the share of phones in that state, averaged over a bin. The two light layers "
     "are right: a phone that is off and not listed, and, up to 100 %, a phone that is on and "
     "listed where it is. The darker layers below them are the table's errors.",
     sim_draw_accuracy},
    {"stale-records", "Records that lead nowhere",
     "Stale phones are off and still listed; dead records are those that do not lead to their "
     "phone, whether it is off or has moved. After a cut both jump, and fall as records expire or "
     "phones come back.",
     sim_draw_stale_records},
    {"register-rate", "REGISTER requests by what caused them",
     "The thick line is the whole load on the registrar, retransmissions included; the others add "
     "up to it. Kinds that never occurred are left out.",
     sim_draw_register_rate},
    {"contacts-per-aor", "Records listed for one phone",
     "The share of phone time with at least so many records. More than one means that old "
     "addresses stayed in the table.",
     sim_draw_contacts},
    {"stale-life", "How long records stay wrong",
     "The share of stale records that lived longer than the time on the axis. A vertical drop is a "
     "timer that ends many of them at once, such as the granted expiry.",
     sim_draw_stale_life},
    {"registration-delay", "How long a registration takes",
     "The share of registrations whose delay (RFC 6076) was longer than the time on the axis. "
     "Steps at 0.5 s, 1.5 s, 3.5 s, ... are lost packets sent again.",
     sim_draw_delay},
    {"storm", "What comes to the station, and what comes of it",
     "Requests that come, and among them those sent again by Timer E; registrations that phones "
     "got to know of in time; requests that wait. All on one logarithmic axis. Where requests "
     "rise and registrations fall, the station works for phones that have given up.",
     sim_draw_storm, has_station},
    {"blackout", "The table after the power failed",
     "Records by where they lead, from the first cut on. The dashed line is what is left of the "
     "records of the phones that were cut, if none of them is back yet: with expiry E and "
     "refreshes each R a record has between E - R and E to live.",
     sim_draw_blackout, sim_has_blackout},
    {"rounds", "How phones that came together come apart",
     "How much of the arrivals of a refresh round is in step: 1 is all at once, 0 is spread "
     "evenly; round 0 are the first registrations. Bars are 95 % intervals. A refresh interval "
     "that is uniform over a width w around r takes a factor sin(x)/x, x = pi w/r, off each "
     "round. A round is the time r around its middle, so that rounds mix where they overlap.",
     sim_draw_rounds, sim_has_rounds},
};

bool
sim_plot_applies(const SimPlot *plot, const SimResult *result)
{
    return plot->applies == NULL || plot->applies(result);
}

static void
append_frame(GString *out, const SimPlot *plot, const SimResult *result)
{
    g_autofree char *source = g_strdup_printf(
        "scenario %s, seed %" PRIu64 ", fingerprint %016" PRIx64 "%s", result->scenario->name,
        result->scenario->seed, result->fingerprint, result->partial ? ", PARTIAL" : "");
    sim_picture_frame(out, plot->title, source);
}

/* An empty frame with the reason in it; gnuplot would fail on a plot without a point. */
static void
append_reason(SimDrawing *drawing)
{
    g_string_truncate(drawing->settings, 0);
    g_string_append(drawing->settings,
                    "unset tics\nunset border\nset xrange [0:1]\nset yrange [0:1]\n"
                    "set label 2 ");
    g_autofree char *reason = g_strconcat("no data: ", drawing->empty, NULL);
    sim_text_gnuplot(drawing->settings, reason);
    g_string_append(drawing->settings, " at graph 0.5, graph 0.5 center\n");
    g_string_assign(drawing->curves, "2 notitle");
}

char *
sim_plot_make(const SimPlot *plot, const SimResult *result, char **data)
{
    g_autoptr(GString) settings = g_string_new(NULL);
    g_autoptr(GString) curves = g_string_new(NULL);
    SimDrawing drawing = {plot->name, g_string_new(NULL), settings, curves, NULL};
    g_string_append_printf(drawing.data, "# %s\n", plot->title);
    plot->draw(&drawing, result);
    if (drawing.empty)
        append_reason(&drawing);

    GString *script = g_string_new(SIM_PLOT_MARK);
    g_string_append_printf(script, "; to redraw: gnuplot %s.gp\n", plot->name);
    append_frame(script, plot, result);
    g_string_append(script, settings->str);
    sim_picture_draw(script, drawing.name, drawing.curves->str);
    *data = g_string_free(drawing.data, FALSE);
    return g_string_free(script, FALSE);
}
