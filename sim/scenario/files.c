/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading with a bound, and the tables of empirical laws. A table is a CSV file of which the first
 * column counts: times with a unit, or plain numbers for seconds; a first row that is neither is
 * taken for a header; `#` starts a comment. */
#include "sim/scenario/files.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES ((size_t)16 << 20)
#define MOST_LINE 4096

static bool
read_all(int fd, size_t most, char **text, size_t *len, GError **error)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    guint8 block[16384];
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sim_words_fail(error, "cannot be read: %s", g_strerror(errno));
        if (n == 0)
            break;
        g_byte_array_append(all, block, (guint)n);
        if (all->len > most && most < 1 << 20)
            return sim_words_fail(error, "is larger than %zu KiB; take a smaller one", most >> 10);
        if (all->len > most)
            return sim_words_fail(error, "is larger than %zu MiB; take a smaller one", most >> 20);
    }
    *len = all->len;
    g_byte_array_append(all, (const guint8 *)"", 1);
    *text = (char *)g_byte_array_free(g_steal_pointer(&all), FALSE);
    return true;
}

bool
sim_files_read(const char *path, size_t most, char **text, size_t *len, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return sim_words_fail(error, "cannot be read: %s", g_strerror(errno));
    struct stat status;
    bool good = fstat(fd, &status) == 0;
    if (good && S_ISDIR(status.st_mode))
        good = sim_words_fail(error, "is a folder, not a file; name a file in it");
    else if (!good)
        sim_words_fail(error, "cannot be read: %s", g_strerror(errno));
    good = good && read_all(fd, most, text, len, error);
    close(fd);
    return good;
}

bool
sim_files_check_text(const char *text, size_t len, size_t most_line, unsigned *line, GError **error)
{
    const char *end = text + len;
    *line = 1;
    for (const char *p = text; p < end; (*line)++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((stop ? stop : end) - p);
        if (n > most_line)
            return sim_words_fail(error, "the line is longer than %zu bytes; break it up",
                                  most_line);
        if (memchr(p, '\0', n))
            return sim_words_fail(error, "a NUL byte: this is not a text file");
        if (!g_utf8_validate(p, (gssize)n, NULL))
            return sim_words_fail(error, "not UTF-8: this is not a text file");
        for (size_t i = 0; i < n; i++)
            if ((unsigned char)p[i] < ' ' && p[i] != '\t' && p[i] != '\r')
                return sim_words_fail(error, "a control character: this is not a text file");
        p += n + 1;
    }
    return true;
}

void
sim_named_file_free(gpointer self)
{
    SimNamedFile *file = self;
    g_free(file->name);
    g_free(file->digest);
    g_free(file);
}

/* Each name once. */
static void
record_file(const SimFiles *files, const char *name, const char *text, size_t len)
{
    for (guint i = 0; files->named && i < files->named->len; i++) {
        const SimNamedFile *other = files->named->pdata[i];
        if (strcmp(other->name, name) == 0)
            return;
    }
    if (!files->named)
        return;
    SimNamedFile *file = g_new0(SimNamedFile, 1);
    file->name = g_strdup(name);
    file->digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, len);
    g_ptr_array_add(files->named, file);
}

bool
sim_files_read_named(const SimFiles *files, const char *name, char **text, size_t *len,
                     GError **error)
{
    g_autofree char *quoted = sim_words_quote(name);
    if (!*name)
        return sim_words_fail(error, "the name of a file is missing; write it behind the word");
    g_autofree char *path =
        g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(files->folder, name, NULL);
    g_autofree char *all = NULL;
    size_t n = 0;
    if (!sim_files_read(path, MOST_BYTES, &all, &n, error)) {
        g_prefix_error(error, "%s ", quoted);
        return false;
    }
    unsigned line;
    if (!sim_files_check_text(all, n, MOST_LINE, &line, error)) {
        g_prefix_error(error, "%s line %u: ", quoted, line);
        return false;
    }
    record_file(files, name, all, n);
    *text = g_steal_pointer(&all);
    *len = n;
    return true;
}

/* A time with its unit, or a plain number of seconds in any notation. */
static bool
read_cell(const char *cell, double *seconds, GError **error)
{
    char *end;
    double plain = g_ascii_strtod(cell, &end);
    if (end != cell && !*end && isfinite(plain)) {
        if (plain < 0 || plain > (double)(SIM_VALUE_LONGEST / ROLL_SECOND))
            return sim_words_fail(error, "%g s is out of range; it is from 0 to 10000 years",
                                  plain);
        *seconds = plain;
        return true;
    }
    RollTime time;
    if (!sim_value_time(cell, &time, error))
        return false;
    *seconds = (double)time / ROLL_SECOND;
    return true;
}

static bool
read_rows(char *text, GArray *values, unsigned *row, GError **error)
{
    *row = 0;
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        ++*row;
        line[strcspn(line, ",;\t\r#")] = '\0';
        char *cell = g_strstrip(line);
        if (!*cell)
            continue;
        double seconds;
        bool header = values->len == 0 && !strpbrk(cell, "0123456789");
        if (header)
            continue;
        if (!read_cell(cell, &seconds, error))
            return false;
        g_array_append_val(values, seconds);
    }
    return true;
}

static int
compare_values(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

bool
sim_files_read_values(const SimFiles *files, const char *name, const double **values,
                      size_t *n_values, GError **error)
{
    g_autofree char *text = NULL;
    size_t len;
    if (!sim_files_read_named(files, name, &text, &len, error))
        return false;
    g_autofree char *quoted = sim_words_quote(name);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(double));
    unsigned row;
    if (!read_rows(text, all, &row, error)) {
        g_prefix_error(error, "%s line %u: ", quoted, row);
        return false;
    }
    if (all->len == 0)
        return sim_words_fail(error, "%s has no values; write one number on each line", quoted);
    *n_values = all->len;
    double *sorted = (double *)(void *)g_array_free(g_steal_pointer(&all), FALSE);
    qsort(sorted, *n_values, sizeof *sorted, compare_values);
    g_ptr_array_add(files->owned, sorted);
    *values = sorted;
    return true;
}
