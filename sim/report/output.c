/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * g_file_set_contents() would do most of this, but its messages name the temporary file. */
#include "sim/report/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static bool
fail(GError **error, const char *what, const char *path)
{
    int code = errno;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot %s %s: %s", what, path,
                g_strerror(code));
    return false;
}

bool
sim_output_directory(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0777) != 0)
        return fail(error, "make folder", path);
    return true;
}

/* All of it, on the disk. Leaves the reason in errno. */
static bool
fill(int fd, const char *content, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, content, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        content += n;
        len -= (size_t)n;
    }
    return fsync(fd) == 0;
}

bool
sim_output_write(const char *path, const char *content, gssize len, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(beside, O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail(error, "write", path);

    bool filled = fill(fd, content, len < 0 ? strlen(content) : (size_t)len);
    int why = errno;
    /* A full disk may show only when the file is closed (NFS). */
    if (close(fd) != 0 && filled) {
        filled = false;
        why = errno;
    }
    if (filled && g_rename(beside, path) == 0)
        return true;
    if (!filled)
        errno = why;
    fail(error, "write", path);
    g_unlink(beside);
    return false;
}

bool
sim_output_move(const char *from, const char *to, GError **error)
{
    int fd = g_open(from, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fail(error, "read", from);
    bool synced = fsync(fd) == 0;
    int why = errno;
    close(fd);
    if (synced && g_rename(from, to) == 0)
        return true;
    if (!synced)
        errno = why;
    return fail(error, "write", to);
}

char *
sim_output_read(const char *path, GError **error)
{
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, error) ? text : NULL;
}

char *
sim_output_scratch(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, ".drawing-XXXXXX", NULL);
    if (g_mkdtemp_full(path, 0777) == NULL) {
        fail(error, "make a folder in", dir);
        return NULL;
    }
    return g_steal_pointer(&path);
}

void
sim_output_discard(const char *dir)
{
    g_autoptr(GDir) listing = g_dir_open(dir, 0, NULL);
    const char *name;
    while (listing != NULL && (name = g_dir_read_name(listing)) != NULL) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(dir);
}
