/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * gnuplot gives the same ids to the parts of every SVG, and a page may have each id only once: they
 * get the name of the plot in front. The picture stands between two comments, by which a redrawn
 * one is put in its place. */
#include "sim/report/figure.h"

#include "sim/report/output.h"
#include "sim/report/report.h"
#include "sim/report/text.h"
#include <string.h>

static char *
replace(const char *text, const char *pattern, const char *with)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, NULL);
    return g_regex_replace(regex, text, -1, 0, with, 0, NULL);
}

/* `id="x"`, `href="#x"` and `url(#x)`, in either quotation mark. */
static char *
prefix_ids(const char *svg, const char *name)
{
    g_autofree char *id = g_strdup_printf("\\1%s-\\2", name);
    g_autofree char *declared = replace(svg, "(\\sid\\s*=\\s*[\"'])([^\"']+)", id);
    g_autofree char *linked = replace(declared, "(href\\s*=\\s*[\"']#)([^\"']+)", id);
    return replace(linked, "(url\\(#)([^)]+)", id);
}

char *
sim_figure_svg(const SimPlot *plot, const char *svg)
{
    const char *start = strstr(svg, "<svg");
    const char *inside = start ? strchr(start, '>') : NULL;
    if (inside == NULL)
        return NULL;
    g_autofree char *tag = g_strndup(start, (size_t)(inside - start));
    /* The page gives the size; gnuplot's title and description say nothing about this plot. */
    g_autofree char *sized = replace(tag, "\\s(width|height)\\s*=\\s*[\"'][^\"']*[\"']", "");
    g_autofree char *untitled =
        replace(inside + 1, "<(title|desc)>(Gnuplot|Produced)[^<]*</\\1>", "");
    g_autofree char *body = prefix_ids(untitled, plot->name);
    GString *out = g_string_new(sized);
    g_string_append_printf(out,
                           " role=\"img\" aria-labelledby=\"%s-title\">\n"
                           "<title id=\"%s-title\">",
                           plot->name, plot->name);
    sim_text_html(out, plot->title);
    g_string_append(out, "</title>");
    g_string_append(out, body);
    return g_string_free(out, FALSE);
}

static char *
read_svg(const SimPlot *plot, const char *dir, GError **error)
{
    g_autofree char *file = g_strconcat(dir, "/plots/", plot->name, ".svg", NULL);
    g_autofree char *text = sim_output_read(file, error);
    if (text == NULL)
        return NULL;
    char *svg = sim_figure_svg(plot, text);
    if (svg == NULL)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: not an SVG picture; draw it again with rollcall plot", file);
    return svg;
}

bool
sim_figure_append(GString *out, const SimPlot *plot, const char *dir, GError **error)
{
    g_autofree char *svg = read_svg(plot, dir, error);
    if (svg == NULL)
        return false;
    g_string_append_printf(out,
                           "<figure id=\"plot-%s\">\n<div class=\"wide\">\n<!-- %s begins "
                           "-->\n%s\n<!-- %s ends -->\n</div>\n"
                           "<figcaption>",
                           plot->name, plot->name, svg, plot->name);
    sim_text_html(out, plot->caption);
    g_string_append_printf(out,
                           " <span class=\"files\">plots/%s.svg, .pdf, .png, .gp, .dat</span>"
                           "</figcaption>\n</figure>\n",
                           plot->name);
    return true;
}

/* The page with the picture of one plot exchanged; a page without such a plot stays as it is. */
static bool
exchange(GString *page, const SimPlot *plot, const char *dir, GError **error)
{
    g_autofree char *first = g_strdup_printf("<!-- %s begins -->\n", plot->name);
    g_autofree char *last = g_strdup_printf("\n<!-- %s ends -->", plot->name);
    const char *from = strstr(page->str, first);
    const char *to = from ? strstr(from, last) : NULL;
    if (to == NULL)
        return true;
    g_autofree char *svg = read_svg(plot, dir, error);
    if (svg == NULL)
        return false;
    gssize at = from + strlen(first) - page->str;
    g_string_erase(page, at, to - page->str - at);
    g_string_insert(page, at, svg);
    return true;
}

bool
sim_report_refresh(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "report.html", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    g_autofree char *text = sim_output_read(path, error);
    if (text == NULL)
        return false;
    g_autoptr(GString) page = g_string_new(text);
    for (size_t i = 0; i < SIM_N_PLOTS; i++)
        if (!exchange(page, &sim_plots[i], dir, error))
            return false;
    return sim_output_write(path, page->str, (gssize)page->len, error);
}
