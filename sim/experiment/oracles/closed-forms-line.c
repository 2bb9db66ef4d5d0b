/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed forms of lines that lose packets and of NATs; docs/method.md has them in words. */
#include "sim/experiment/oracles/closed-forms.h"

#include <math.h>

#define COPIES 11

double
sim_exact_fails_directed(double up, double down)
{
    return pow(1 - (1 - up) * (1 - down), COPIES);
}

double
sim_exact_fresh_directed(double up, double down)
{
    return sim_exact_fails_directed(up, down) - pow(up, COPIES);
}

double
sim_exact_burst_lapse(double works, double down, double refresh, double expiry)
{
    double rate = 1 / works + 1 / down;
    double share = down / (works + down);
    double lapse = share * (1 - exp(-rate * refresh));
    double wait = 0.5;
    for (double at = wait; at < expiry - refresh; at += wait) {
        lapse *= share + (1 - share) * exp(-rate * wait);
        wait = fmin(2 * wait, 4);
    }
    return lapse;
}

double
sim_exact_idle(double idle, double from, double to)
{
    double a = fmax(from, idle);
    double over = to > idle ? ((to - idle) * (to - idle) - (a - idle) * (a - idle)) / 2 : 0;
    return over / ((to * to - from * from) / 2);
}
