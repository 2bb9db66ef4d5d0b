/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Makes a fuzz target an ordinary test: with -DFUZZ_REPLAY it gets a main() that gives every file
 * of a folder to LLVMFuzzerTestOneInput() and says so in TAP. Include it last. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef FUZZ_REPLAY
/* Gives a file, and every beginning of it if it is short, which costs little and finds much. */
static int
replay_file(const char *path)
{
    g_autofree char *text = NULL;
    size_t len;
    if (!g_file_get_contents(path, &text, &len, NULL))
        return 0;
    for (size_t n = len < 2048 ? 0 : len; n <= len; n++) {
        /* a copy of its own, so that the sanitizer sees a read past the end */
        g_autofree uint8_t *data = g_memdup2(text, n ? n : 1);
        LLVMFuzzerTestOneInput(data, n);
    }
    return 1;
}

static int
replay_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    int files = 0;
    int bad = 0;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        int good = replay_file(path);
        bad += !good;
        g_print("%s %d - %s\n", good ? "ok" : "not ok", ++files, name);
    }
    g_print("1..%d\n", files);
    return files == 0 || bad;
}
#endif
