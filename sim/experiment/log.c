/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows keep their memory from use to use, unless a burst has made one much larger than the
 * others. */
#include "sim/experiment/log.h"

#include <glib.h>

/* Entries of a window that is let go. */
enum { LARGE = 1 << 17, FIRST = 1024 };

void
sim_log_reserve(SimLogWindow *window)
{
    window->room = MAX(2 * window->room, FIRST);
    window->entries = g_renew(SimLogEntry, window->entries, window->room);
}

void
sim_log_wake(SimLog *self, RollTime now, RollTime next)
{
    SimLogWindow *window = self->window;
    if (next == self->next_wake)
        return;
    self->next_wake = next;
    if (window->n_wakes == window->wakes_room) {
        window->wakes_room = MAX(2 * window->wakes_room, FIRST);
        window->wakes = g_renew(SimLogWake, window->wakes, window->wakes_room);
    }
    window->wakes[window->n_wakes++] = (SimLogWake){now, self->event, next};
}

void
sim_log_open(SimLog *self, SimLogWindow *window)
{
    if (window->room > LARGE)
        sim_log_window_clear(window);
    window->n_entries = 0;
    window->n_wakes = 0;
    self->window = window;
}

void
sim_log_close(SimLog *self, RollTime end)
{
    self->window->end = end;
    self->window->own = self->own;
    self->window->common = self->common;
}

void
sim_log_window_clear(SimLogWindow *window)
{
    g_free(window->entries);
    g_free(window->wakes);
    *window = (SimLogWindow){0};
}
