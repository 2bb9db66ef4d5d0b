/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line on stderr, redrawn in place. The clock here is the computer's: the run itself never
 * sees it. */
#include "sim/report/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define REDRAW (G_USEC_PER_SEC / 10)
#define BAR 24
#define WIPE "\r\033[K"

struct SimProgress {
    RollTime start;
    RollTime end;
    gint64 started;
    gint64 drawn;
    bool terminal;
    bool counting;
    unsigned before; /* runs that were done before */
};

SimProgress *
sim_progress_new(RollTime start, RollTime end)
{
    SimProgress *self = g_new0(SimProgress, 1);
    self->start = start;
    self->end = MAX(end, start + 1);
    self->started = g_get_monotonic_time();
    self->drawn = self->started;
    self->terminal = isatty(STDERR_FILENO);
    return self;
}

/* 75 as `1:15`, 7384 as `2:03:04`. */
static char *
clock_text(gint64 seconds)
{
    if (seconds >= 3600)
        return g_strdup_printf("%" G_GINT64_FORMAT ":%02d:%02d", seconds / 3600,
                               (int)(seconds / 60 % 60), (int)(seconds % 60));
    return g_strdup_printf("%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
}

static void
fill_bar(char bar[BAR + 1], double share)
{
    int full = (int)(share * BAR);
    for (int i = 0; i < BAR; i++)
        bar[i] = i < full ? '#' : '.';
    bar[BAR] = '\0';
}

static void
draw(const SimProgress *self, gint64 wall, RollTime now, uint64_t events)
{
    double share = (double)(now - self->start) / (double)(self->end - self->start);
    share = CLAMP(share, 0, 1);
    double spent = (double)(wall - self->started) / G_USEC_PER_SEC;
    char bar[BAR + 1];
    fill_bar(bar, share);
    /* Before time 0 a run only brings the table into equilibrium. */
    g_autofree char *simulated =
        now < 0 ? g_strdup("the settling in") : clock_text(now / ROLL_SECOND);
    g_autofree char *left =
        share > 0 ? clock_text((gint64)(spent / share - spent + 0.5)) : g_strdup("?");
    char speed[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(speed, sizeof speed, "%.2f", spent > 0 ? (double)events / spent / 1e6 : 0);
    fprintf(stderr, WIPE "[%s] %3d %%  at %s  %s M events/s  %s left", bar, (int)(share * 100),
            simulated, speed, left);
    fflush(stderr);
}

void
sim_progress_update(SimProgress *self, RollTime now, uint64_t events)
{
    if (!self->terminal)
        return;
    gint64 wall = g_get_monotonic_time();
    if (wall - self->drawn < REDRAW)
        return;
    self->drawn = wall;
    draw(self, wall, now, events);
}

void
sim_progress_runs(SimProgress *self, unsigned done, unsigned all, unsigned under_way)
{
    gint64 wall = g_get_monotonic_time();
    if (!self->counting)
        self->before = done;
    self->counting = true;
    if (!self->terminal || all == 0 || wall - self->drawn < REDRAW)
        return;
    self->drawn = wall;
    char bar[BAR + 1];
    fill_bar(bar, (double)done / all);
    double spent = (double)(wall - self->started) / G_USEC_PER_SEC;
    double each = done > self->before ? spent / (done - self->before) : 0;
    g_autofree char *left =
        each > 0 ? clock_text((gint64)(each * (all - done) + 0.5)) : g_strdup("?");
    fprintf(stderr, WIPE "[%s] %u of %u runs, %u under way  %s left", bar, done, all, under_way,
            left);
    fflush(stderr);
}

void
sim_progress_free(SimProgress *self)
{
    if (self->terminal && self->drawn != self->started) {
        fputs(WIPE, stderr);
        fflush(stderr);
    }
    g_free(self);
}
