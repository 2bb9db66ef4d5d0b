/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writes the scripts and runs gnuplot on them, all at once, since each takes a good part of a
 * second. It works in a folder of its own, and only what came out well goes to plots/. */
#include "sim/report/output.h"
#include "sim/report/plots.h"
#include "sim/report/report.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static GSubprocess *
start(const char *dir, const char *script, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_set_cwd(launcher, dir);
    g_autoptr(GError) local = NULL;
    /* -d: what a user has in ~/.gnuplot must not change the pictures. */
    GSubprocess *process =
        g_subprocess_launcher_spawn(launcher, &local, "gnuplot", "-d", script, NULL);
    if (process != NULL)
        return process;
    if (g_error_matches(local, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "no plots: gnuplot is not installed, or not in PATH; install gnuplot");
    else
        g_set_error(error, local->domain, local->code, "cannot run gnuplot: %s; install gnuplot",
                    local->message);
    return NULL;
}

/* Only the last line: gnuplot's messages start with a copy of the input. */
static void
set_complaint(GError **error, const char *script, const char *complaint)
{
    g_auto(GStrv) lines = g_strsplit(complaint ? complaint : "", "\n", -1);
    const char *last = "it gave no reason";
    for (char **line = lines; *line != NULL; line++)
        if (*g_strstrip(*line) != '\0')
            last = *line;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "gnuplot failed on %s: %s; mend the script and draw again with rollcall plot",
                script, last);
}

static bool
finish(GSubprocess *process, const char *script, GError **error)
{
    g_autofree char *complaint = NULL;
    if (!g_subprocess_communicate_utf8(process, NULL, NULL, NULL, &complaint, error))
        return false;
    if (g_subprocess_get_successful(process))
        return true;
    set_complaint(error, script, complaint);
    return false;
}

/* Runs all @scripts in @dir side by side; the error is of the first that failed. */
static bool
run_all(const char *dir, GPtrArray *scripts, GError **error)
{
    g_autoptr(GPtrArray) processes = g_ptr_array_new_with_free_func(g_object_unref);
    bool good = true;
    for (guint i = 0; good && i < scripts->len; i++) {
        GSubprocess *process = start(dir, scripts->pdata[i], error);
        good = process != NULL;
        if (good)
            g_ptr_array_add(processes, process);
    }
    for (guint i = 0; i < processes->len; i++)
        if (!finish(processes->pdata[i], scripts->pdata[i], good ? error : NULL))
            good = false;
    return good;
}

static bool
is_ours(const char *path)
{
    g_autofree char *text = sim_output_read(path, NULL);
    return text != NULL && g_str_has_prefix(text, SIM_PLOT_MARK);
}

static bool
is_drawn(const char *name, const SimResult *result)
{
    for (size_t i = 0; i < SIM_N_PLOTS; i++)
        if (strcmp(sim_plots[i].name, name) == 0 && sim_plot_applies(&sim_plots[i], result))
            return true;
    return false;
}

/* Plots of an earlier run that this one does not have; what a user made stays. */
static void
remove_stale(const char *plots, const SimResult *result)
{
    static const char *const endings[] = {".gp", ".dat", ".svg", ".pdf", ".png"};
    g_autoptr(GDir) listing = g_dir_open(plots, 0, NULL);
    const char *file;
    while (listing != NULL && (file = g_dir_read_name(listing)) != NULL) {
        if (!g_str_has_suffix(file, ".gp"))
            continue;
        g_autofree char *name = g_strndup(file, strlen(file) - strlen(".gp"));
        g_autofree char *script = g_build_filename(plots, file, NULL);
        if (is_drawn(name, result) || !is_ours(script))
            continue;
        for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
            g_autofree char *path = g_strconcat(plots, "/", name, endings[i], NULL);
            g_unlink(path);
        }
    }
}

/* gnuplot does not notice a full disk, so the end of each picture is looked at. */
static bool
is_whole(const char *path)
{
    static const struct {
        const char *ending;
        const char *last;
    } kinds[] = {{".svg", "</svg>"}, {".pdf", "%%EOF"}, {".png", "IEND\xae\x42\x60\x82"}};
    g_autofree char *content = NULL;
    size_t len = 0;
    if (!g_file_get_contents(path, &content, &len, NULL))
        return false;
    while (len > 0 && content[len - 1] == '\n')
        len--;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        size_t n = strlen(kinds[i].last);
        if (g_str_has_suffix(path, kinds[i].ending))
            return len >= n && memcmp(content + len - n, kinds[i].last, n) == 0;
    }
    return true;
}

static bool
check_each(const char *dir, GPtrArray *names, GError **error)
{
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
        if (is_whole(path))
            continue;
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO,
                    "gnuplot could not finish %s: is the disk full?", (char *)names->pdata[i]);
        return false;
    }
    return true;
}

/* cairo writes the hour into a PDF. It is made blank, as the same result makes the same bytes, and
 * a PDF refers to its parts by where they are. */
static bool
forget_date(const char *path, GError **error)
{
    static const char key[] = "/CreationDate (";
    g_autofree char *content = NULL;
    size_t len = 0;
    if (!g_file_get_contents(path, &content, &len, error))
        return false;
    char *start = memmem(content, len, key, strlen(key));
    char *end = start ? memchr(start, ')', len - (size_t)(start - content)) : NULL;
    if (end == NULL)
        return true;
    memset(start, ' ', (size_t)(end + 1 - start));
    return g_file_set_contents_full(path, content, (gssize)len, G_FILE_SET_CONTENTS_NONE, 0666,
                                    error);
}

static bool
forget_dates(const char *dir, GPtrArray *names, GError **error)
{
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
        if (g_str_has_suffix(path, ".pdf") && !forget_date(path, error))
            return false;
    }
    return true;
}

static bool
move_each(const char *from, const char *to, GPtrArray *names, GError **error)
{
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *source = g_build_filename(from, names->pdata[i], NULL);
        g_autofree char *target = g_build_filename(to, names->pdata[i], NULL);
        if (!sim_output_move(source, target, error))
            return false;
    }
    return true;
}

static int
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Files in @dir that end in one of @endings, sorted. */
static GPtrArray *
list(const char *dir, const char *const *endings)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) listing = g_dir_open(dir, 0, NULL);
    const char *name;
    while (listing != NULL && (name = g_dir_read_name(listing)) != NULL)
        for (const char *const *ending = endings; *ending != NULL; ending++)
            if (g_str_has_suffix(name, *ending))
                g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    return names;
}

static bool
write_script(const SimPlot *plot, const SimResult *result, const char *dir, GError **error)
{
    g_autofree char *data = NULL;
    g_autofree char *script = sim_plot_make(plot, result, &data);
    g_autofree char *gp = g_strconcat(dir, "/", plot->name, ".gp", NULL);
    g_autofree char *dat = g_strconcat(dir, "/", plot->name, ".dat", NULL);
    return sim_output_write(dat, data, -1, error) && sim_output_write(gp, script, -1, error);
}

static const char *const script_endings[] = {".gp", NULL};
static const char *const input_endings[] = {".gp", ".dat", NULL};
static const char *const picture_endings[] = {".svg", ".pdf", ".png", NULL};
static const char *const all_endings[] = {".gp", ".dat", ".svg", ".pdf", ".png", NULL};

static bool
draw_in(const char *scratch, const char *plots, const char *const *keep, GError **error)
{
    g_autoptr(GPtrArray) scripts = list(scratch, script_endings);
    if (!run_all(scratch, scripts, error))
        return false;
    g_autoptr(GPtrArray) names = list(scratch, keep);
    return check_each(scratch, names, error) && forget_dates(scratch, names, error) &&
           move_each(scratch, plots, names, error);
}

bool
sim_pictures_write(const char *dir,
                   bool (*fill)(const char *scratch, const void *data, GError **error),
                   const void *data, GError **error)
{
    g_autofree char *plots = g_build_filename(dir, "plots", NULL);
    if (!sim_output_directory(plots, error))
        return false;
    g_autofree char *scratch = sim_output_scratch(dir, error);
    if (scratch == NULL)
        return false;
    bool good = fill(scratch, data, error) && draw_in(scratch, plots, all_endings, error);
    sim_output_discard(scratch);
    return good;
}

static bool
write_scripts(const char *scratch, const void *data, GError **error)
{
    const SimResult *result = data;
    for (size_t i = 0; i < SIM_N_PLOTS; i++)
        if (sim_plot_applies(&sim_plots[i], result) &&
            !write_script(&sim_plots[i], result, scratch, error))
            return false;
    return true;
}

bool
sim_plots_write(const SimResult *result, const char *dir, GError **error)
{
    g_autofree char *plots = g_build_filename(dir, "plots", NULL);
    if (!sim_pictures_write(dir, write_scripts, result, error))
        return false;
    remove_stale(plots, result);
    return true;
}

static bool
copy_and_draw(const char *plots, GPtrArray *inputs, const char *scratch, GError **error)
{
    for (guint i = 0; i < inputs->len; i++) {
        g_autofree char *source = g_build_filename(plots, inputs->pdata[i], NULL);
        g_autofree char *target = g_build_filename(scratch, inputs->pdata[i], NULL);
        g_autofree char *text = sim_output_read(source, error);
        if (text == NULL || !sim_output_write(target, text, -1, error))
            return false;
    }
    return draw_in(scratch, plots, picture_endings, error);
}

bool
sim_plots_redraw(const char *dir, GError **error)
{
    g_autofree char *within = g_build_filename(dir, "plots", NULL);
    const char *plots = g_file_test(within, G_FILE_TEST_IS_DIR) ? within : dir;
    g_autoptr(GPtrArray) scripts = list(plots, script_endings);
    if (scripts->len == 0) {
        g_set_error(
            error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
            "no plots in %s: no .gp file there; name a folder that rollcall run has written", dir);
        return false;
    }
    g_autoptr(GPtrArray) inputs = list(plots, input_endings);
    /* Beside plots, so that a script may read `../series.csv` here too. */
    g_autofree char *parent = g_build_filename(plots, "..", NULL);
    g_autofree char *scratch = sim_output_scratch(parent, error);
    if (scratch == NULL)
        return false;
    bool good = copy_and_draw(plots, inputs, scratch, error);
    sim_output_discard(scratch);
    return good && sim_report_refresh(dir, error);
}
