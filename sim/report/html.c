/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * report.html: one page that can be mailed, printed and archived. Styles and pictures are in it;
 * it needs no network and no scripts. Everything that came from a file is escaped. */
#include "sim/report/figure.h"

#include "sim/report/live.h"
#include "sim/report/report.h"
#include "sim/report/text.h"
#include <inttypes.h>
#include <math.h>

#define TABLE_COLUMNS 4

static const char style[] =
    "body{font:16px/1.5 system-ui,'Segoe UI','DejaVu Sans',Arial,sans-serif;color:#1a1a1a;"
    "background:#fff;max-width:62rem;margin:0 auto;padding:1rem 1.2rem 3rem}\n"
    "h1{font-size:1.7rem;line-height:1.2;margin:.6rem 0 .2rem}\n"
    "h2{font-size:1.25rem;margin:2.2rem 0 .6rem;border-bottom:1px solid #bbb}\n"
    "p{max-width:46rem}\n"
    ".facts,nav{color:#444}\n"
    "nav a{margin-right:1rem;color:#0b4f8a}\n"
    "pre,code{font:14px/1.45 ui-monospace,'DejaVu Sans Mono',Menlo,monospace}\n"
    "pre{background:#f5f6f7;border:1px solid #ddd;padding:.7rem .9rem;overflow-x:auto}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.6rem,1fr));gap:.7rem}\n"
    ".card{border:1px solid #ccc;border-radius:4px;padding:.5rem .7rem}\n"
    ".card b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}\n"
    ".card span{display:block;font-size:.85rem;color:#444}\n"
    ".wide{overflow-x:auto;margin-bottom:1.5rem}\n"
    "th code{font-size:1em}\n"
    ".verdicts th{white-space:normal}\n"
    "table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.22rem .6rem;border-bottom:1px solid #ddd;text-align:right;"
    "vertical-align:top;white-space:nowrap}\n"
    "th:first-child,td.left{text-align:left}\n"
    "thead tr:last-child>*{border-bottom:2px solid #888}\n"
    "tbody th{font-weight:normal}\n"
    "th.section{font-weight:bold;background:#f0f2f4}\n"
    "td small{display:block;color:#555}\n"
    ".met{color:#0b6623;font-weight:bold}\n"
    ".unmet{color:#a40000;font-weight:bold}\n"
    ".partial{border-left:5px solid #a40000;padding:.4rem .8rem;background:#fdf0f0}\n"
    "figure{margin:1.2rem 0 2rem}\n"
    "figure .wide{margin-bottom:.4rem}\n"
    "figure svg{width:100%;min-width:36rem;height:auto;display:block}\n"
    "figcaption{max-width:46rem;color:#333}\n"
    ".files{color:#666;font-size:.85rem;white-space:nowrap}\n"
    "dt{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:.9rem;margin-top:.5rem}\n"
    "dd{margin:0 0 0 1.2rem}\n"
    "dd small{color:#555;overflow-wrap:anywhere}\n"
    "@media (max-width:30rem){body{padding:.6rem .8rem 2rem}h1{font-size:1.4rem}"
    "pre,code{font-size:12px}dd{margin-left:.6rem}nav a{display:inline-block;padding:.3rem 0}}\n"
    "@page{margin:16mm 14mm}\n"
    "@media print{nav{display:none}body{max-width:none;font-size:10.5pt;padding:0;color:#000}"
    "p,figcaption{max-width:none;orphans:3;widows:3}figure{margin:.5rem 0 .9rem}"
    "figure svg{min-width:0;max-height:7.4cm}.wide{overflow:visible}"
    "figure,.card,tr,dt,.verdicts{break-inside:avoid}h2,dt,summary,th.section{break-after:avoid}"
    "pre{white-space:pre-wrap}pre,code{font-size:8pt;line-height:1.3}"
    "pre,th.section,.partial{background:none}"
    "table{font-size:7.5pt}th,td{padding:.1rem .3rem}"
    "#scenario{break-before:page}dl{columns:2;font-size:8.5pt}dt{font-size:8.5pt}}\n";

static void
append_text(GString *out, const char *before, const char *text, const char *after)
{
    g_string_append(out, before);
    sim_text_html(out, text);
    g_string_append(out, after);
}

static void
append_live_fact(void *data, const char *name, const char *fact)
{
    GString *out = data;
    append_text(out, "<tr><th scope=\"row\">", name, "</th><td class=\"left\">");
    append_text(out, "", fact, "</td></tr>\n");
}

/* Of a run in real time: how good it was, and what was seen of the registrar. */
static void
append_live(GString *out, const SimResult *result)
{
    g_autofree char *warning = sim_live_text_warning(result);
    if (warning != NULL)
        append_text(out, "<p class=\"partial\"><strong>", warning, "</strong></p>\n");
    if (result->live == NULL)
        return;
    g_string_append(out, "<div class=\"wide\"><table><tbody>\n");
    sim_live_text_facts(result, append_live_fact, out);
    g_string_append(out, "</tbody></table></div>\n");
}

static void
append_title(GString *out, const SimResult *result)
{
    const SimScenario *scenario = result->scenario;
    const char *title = scenario->title ? scenario->title : scenario->name;
    append_text(out,
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
                title, " - rollcall</title>\n<style>\n");
    g_string_append(out, style);
    append_text(out, "</style>\n</head>\n<body>\n<h1>", title, "</h1>\n<p class=\"facts\">");
    append_text(out, "Scenario ", scenario->name, "");
    if (scenario->variant != NULL)
        append_text(out, ", variant ", scenario->variant, "");
    g_string_append(out, ": ");
    sim_text_count(out, scenario->n_phones);
    g_string_append_printf(out, " phones in %zu %s, ", scenario->n_groups,
                           scenario->n_groups == 1 ? "group" : "groups");
    sim_text_duration(out, result->observed);
    g_string_append(out, " of simulated time, ");
    sim_text_count(out, result->events);
    g_string_append(out, " events, ");
    sim_text_count(out, result->registrations);
    append_text(out, " registrations granted, over the ", result->link, " link.</p>\n");
    append_live(out, result);
    if (!result->partial)
        return;
    g_string_append(out, "<p class=\"partial\"><strong>Partial:</strong> the run was interrupted "
                         "after ");
    sim_text_duration(out, result->observed);
    g_string_append(out, " of ");
    sim_text_duration(out, scenario->duration);
    g_string_append(out, "; the figures are of what was simulated until then.</p>\n");
}

static void
append_contents(GString *out, const SimResult *result)
{
    g_string_append(out, "<nav aria-label=\"Contents\">");
    if (result->n_verdicts > 0)
        g_string_append(out, "<a href=\"#expected\">Expected</a> ");
    g_string_append(out, "<a href=\"#headlines\">In short</a> <a href=\"#plots\">Plots</a> "
                         "<a href=\"#metrics\">Metrics</a> <a href=\"#scenario\">Scenario</a> "
                         "<a href=\"#again\">Run again</a> "
                         "<a href=\"#definitions\">Definitions</a></nav>\n");
}

static void
append_verdicts(GString *out, const SimResult *result)
{
    size_t unmet = 0;
    for (size_t i = 0; i < result->n_verdicts; i++)
        unmet += !result->verdicts[i].met;
    if (result->n_verdicts == 0)
        return;
    g_string_append(out, "<h2 id=\"expected\">What was expected</h2>\n");
    if (unmet == 0)
        g_string_append(out, "<p>All expectations were <span class=\"met\">met</span>.</p>\n");
    else
        g_string_append_printf(out, "<p><span class=\"unmet\">%zu of %zu %s not met.</span></p>\n",
                               unmet, result->n_verdicts, unmet == 1 ? "was" : "were");
    g_string_append(out, "<div class=\"wide\"><table class=\"verdicts\">\n<thead><tr><th "
                         "scope=\"col\">Expectation</th>"
                         "<th scope=\"col\">Measured</th><th scope=\"col\">Verdict</th></tr>"
                         "</thead>\n<tbody>\n");
    for (size_t i = 0; i < result->n_verdicts; i++) {
        const SimVerdict *verdict = &result->verdicts[i];
        append_text(out, "<tr><th scope=\"row\"><code>", verdict->expectation->text,
                    "</code></th><td>");
        sim_text_measured(out, verdict);
        g_string_append(out, verdict->met ? "</td><td class=\"met\">met</td></tr>\n"
                                          : "</td><td class=\"unmet\">NOT MET</td></tr>\n");
    }
    g_string_append(out, "</tbody></table></div>\n");
}

static const struct {
    SimMetric metric;
    const char *label;
} headlines[] = {
    {SIM_METRIC_LOCATION_ACCURACY, "of the time the table was right about a phone"},
    {SIM_METRIC_REACHABILITY, "of its time on, a phone could be reached"},
    {SIM_METRIC_STALE_RECORD_RATE, "of the records did not lead to their phone"},
    {SIM_METRIC_STALE_LIFE, "a record stayed wrong, on average"},
    {SIM_METRIC_REGISTER_RATE, "REGISTERs, retransmissions included"},
    {SIM_METRIC_CALL_SUCCESS, "of the calls to phones that were on reached them"},
};

static void
append_headlines(GString *out, const SimColumns *all)
{
    g_string_append(out, "<h2 id=\"headlines\">In short</h2>\n<div class=\"cards\">\n");
    for (size_t i = 0; i < G_N_ELEMENTS(headlines); i++) {
        SimMetric metric = headlines[i].metric;
        SimEstimate bare = {all->metrics[metric].value, NAN, NAN, NAN};
        if (isnan(bare.value))
            continue;
        g_string_append(out, "<div class=\"card\"><b>");
        sim_text_value(out, metric, bare.value, sim_text_decimals(metric, &bare));
        g_string_append_printf(out, " %s", sim_text_unit(metric));
        append_text(out, "</b><span>", headlines[i].label, "</span></div>\n");
    }
    g_string_append(out, "</div>\n");
}

static bool
is_observed(const SimResult *result, SimMetric metric)
{
    for (size_t i = 0; sim_result_has(result, metric) && i < result->n_columns; i++)
        if (!isnan(result->columns[i].metrics[metric].value))
            return true;
    return false;
}

static void
append_cell(GString *out, SimMetric metric, const SimEstimate *estimate)
{
    int decimals = sim_text_decimals(metric, estimate);
    g_string_append(out, "<td>");
    sim_text_value(out, metric, estimate->value, decimals);
    if (isfinite(estimate->low) && isfinite(estimate->high) && estimate->low < estimate->high) {
        g_string_append(out, "<small>");
        sim_text_interval(out, metric, estimate, decimals);
        g_string_append(out, "</small>");
    }
    g_string_append(out, "</td>");
}

static void
append_table_head(GString *out, const SimColumns *columns, size_t n)
{
    g_string_append(out, "<thead><tr><th scope=\"col\">Metric</th><th scope=\"col\">Unit</th>");
    for (size_t i = 0; i < n; i++)
        append_text(out, "<th scope=\"col\">", columns[i].name, "</th>");
    g_string_append(out, "</tr>\n<tr><th scope=\"row\">phones</th><td></td>");
    for (size_t i = 0; i < n; i++) {
        g_string_append(out, "<td>");
        sim_text_count(out, columns[i].phones);
        g_string_append(out, "</td>");
    }
    g_string_append(out, "</tr></thead>\n<tbody>\n");
}

static void
append_table(GString *out, const SimResult *result, const SimColumns *columns, size_t n)
{
    g_string_append(out, "<div class=\"wide\"><table>\n");
    append_table_head(out, columns, n);
    const char *section = NULL; /* that has no row yet */
    for (SimMetric i = 0; i < SIM_N_METRICS; i++) {
        const SimMetricInfo *info = sim_metric_info(i);
        if (sim_text_section(i))
            section = sim_result_has(result, i) ? sim_text_section(i) : NULL;
        if (!is_observed(result, i) && sim_result_sees(result, i))
            continue;
        if (section != NULL)
            g_string_append_printf(out, "<tr><th class=\"section\" colspan=\"%zu\">%s</th></tr>\n",
                                   n + 2, section);
        section = NULL;
        append_text(out, "<tr><th scope=\"row\" title=\"", info->meaning, "\">");
        g_string_append_printf(out, "%s</th><td class=\"left\">%s</td>", info->name,
                               sim_text_unit(i));
        for (size_t column = 0; column < n; column++)
            if (sim_result_sees(result, i))
                append_cell(out, i, &columns[column].metrics[i]);
            else
                g_string_append(out, "<td>?</td>");
        g_string_append(out, "</tr>\n");
    }
    g_string_append(out, "</tbody></table></div>\n");
}

/* Tables one below the other, each as wide as a sheet of paper. */
static void
append_tables(GString *out, const SimResult *result)
{
    g_string_append(out, "<h2 id=\"metrics\">Metrics</h2>\n<p>The small figures are the 95 % "
                         "confidence interval. A dash means that nothing was observed in that "
                         "group; metrics that were observed in none are left out.</p>\n");
    for (size_t i = 0; i < result->n_columns; i += TABLE_COLUMNS)
        append_table(out, result, result->columns + i, MIN(TABLE_COLUMNS, result->n_columns - i));
}

static bool
append_plots(GString *out, const SimResult *result, const char *dir, GError **error)
{
    g_string_append(out, "<h2 id=\"plots\">Plots</h2>\n");
    for (size_t i = 0; i < SIM_N_PLOTS; i++)
        if (sim_plot_applies(&sim_plots[i], result) &&
            !sim_figure_append(out, &sim_plots[i], dir, error))
            return false;
    return true;
}

static void
append_question(GString *out, const SimResult *result)
{
    const SimScenario *scenario = result->scenario;
    append_text(out, "<h2 id=\"scenario\">The scenario</h2>\n<details open>\n<summary>",
                scenario->path, " as it was run</summary>\n<pre>");
    sim_text_html(out, scenario->text ? scenario->text : "");
    g_string_append(out, "</pre>\n");
    if (scenario->changes != NULL && *scenario->changes != NULL) {
        g_string_append(out, "<p>with these changes:</p>\n<pre>");
        for (char **change = scenario->changes; *change != NULL; change++)
            append_text(out, "", *change, "\n");
        g_string_append(out, "</pre>\n");
    }
    g_string_append(out, "</details>\n");
}

/* A word that a shell takes as it stands is not quoted: it reads better. */
static void
append_word(GString *out, const char *word)
{
    static GRegex *plain;
    if (g_once_init_enter(&plain))
        g_once_init_leave(&plain, g_regex_new("^[A-Za-z0-9_./=:%+,-]+$", 0, 0, NULL));
    g_autofree char *quoted =
        g_regex_match(plain, word, 0, NULL) ? g_strdup(word) : g_shell_quote(word);
    append_text(out, " ", quoted, "");
}

static void
append_recipe(GString *out, const SimResult *result)
{
    const SimScenario *scenario = result->scenario;
    g_string_append(out, "<h2 id=\"again\">How to run it again</h2>\n<pre>rollcall run");
    append_word(out, scenario->path);
    g_string_append(out, " --link");
    append_word(out, result->link);
    for (char **change = scenario->changes; change != NULL && *change != NULL; change++) {
        g_string_append(out, " --set");
        append_word(out, *change);
    }
    if (scenario->n_variants > 0 || scenario->variant != NULL) {
        g_string_append(out, " --variant");
        append_word(out, scenario->variant ? scenario->variant : "none");
    }
    g_string_append_printf(out, "</pre>\n<p>with rollcall %s. The seed is %" PRIu64, SIM_VERSION,
                           scenario->seed);
    if (scenario->replication != 0)
        g_string_append_printf(out, ", the replication %u", scenario->replication);
    g_string_append_printf(out,
                           "; the run must end with the fingerprint <code>%016" PRIx64
                           "</code>, whatever the link, the computer or the compiler.</p>\n",
                           result->fingerprint);
}

static void
append_definitions(GString *out, const SimResult *result)
{
    g_string_append(out,
                    "<h2 id=\"definitions\">What the metrics mean</h2>\n<p>A metric is one sum "
                    "of tallies over another. Levels such as <em>correct</em> are summed over "
                    "time, exactly; <em>span</em> is the time observed.</p>\n<dl>\n");
    for (SimMetric i = 0; i < SIM_N_METRICS; i++) {
        const SimMetricInfo *info = sim_metric_info(i);
        g_autofree char *formula = sim_metric_formula(i);
        if (!is_observed(result, i))
            continue;
        g_string_append_printf(out, "<dt>%s (%s)</dt><dd>", info->name, sim_text_unit(i));
        sim_text_html(out, info->meaning);
        append_text(out, "<br><small>", formula, "</small></dd>\n");
    }
    g_string_append(out, "</dl>\n");
}

char *
sim_report_html(const SimResult *result, const char *dir, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    append_title(out, result);
    append_contents(out, result);
    append_verdicts(out, result);
    append_headlines(out, &result->columns[0]);
    if (!append_plots(out, result, dir, error))
        return NULL;
    append_tables(out, result);
    append_question(out, result);
    append_recipe(out, result);
    append_definitions(out, result);
    g_string_append(out, "</body>\n</html>\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}
