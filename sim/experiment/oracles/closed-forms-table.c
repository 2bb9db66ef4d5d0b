/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records that end otherwise than by their expiry: pushed out of a full table, kept by a timer that
 * calls reset, or found dead by being asked. */
#include "sim/experiment/oracles/closed-forms.h"

#include <math.h>

/* Erlang's recursion: B(k) = a B(k-1) / (k + a B(k-1)), B(0) = 1. */
double
sim_exact_erlang_b(unsigned places, double load)
{
    double blocked = 1;
    for (unsigned k = 1; k <= places; k++)
        blocked = load * blocked / (k + load * blocked);
    return blocked;
}

/* E - A with A the age of the last REGISTER, Exp(lambda) cut at a fixed refresh interval. */
double
sim_exact_outlives(const SimExactPower *power)
{
    double left = exp(-power->lambda * power->from);
    return power->expiry - (1 / power->lambda - power->from * left / (1 - left));
}

/* It is evicted if that many others come within its stay: each of the next events, an arrival or
 * its own departure, is an arrival with probability N / (N + 1). */
double
sim_exact_evicted(unsigned places, double present)
{
    return pow(present / (present + 1), places);
}

double
sim_exact_reached(double there, unsigned devices)
{
    return 1 - pow(1 - there, devices);
}

/* Each call or registration begins an interval that is the lesser of the timer and Exp(calls), and
 * ends in a registration with probability exp(-calls timer). */
double
sim_exact_timer_rate(const SimExactTimer *timer)
{
    double survives = exp(-timer->calls * timer->timer);
    return timer->calls * survives / (1 - survives);
}

/* Calls see time averages (Wolff, Operations Research, 1982): the mean age E[X^2] / (2 E[X]) of
 * that interval, X = min(T, Exp(k)). */
double
sim_exact_timer_age(const SimExactTimer *timer)
{
    double survives = exp(-timer->calls * timer->timer);
    return 1 / timer->calls - timer->timer * survives / (1 - survives);
}

double
sim_exact_timer_cost(const SimExactTimer *timer)
{
    return timer->per_register * sim_exact_timer_rate(timer) +
           timer->per_age * timer->calls * sim_exact_timer_age(timer);
}

/* At the best timer a call costs what a registration does, and what is saved by waiting for it:
 * per_age T = per_register + cost(T) / calls (Rose, Wireless Networks 2, 1996). The left side grows
 * faster than the right one, so halving finds where they cross. */
double
sim_exact_best_timer(const SimExactTimer *timer)
{
    double low = 0;
    double high = timer->per_register / timer->per_age;
    SimExactTimer at = *timer;
    for (int i = 0; i < 200; i++) {
        at.timer = high;
        if (at.per_age * high > at.per_register + sim_exact_timer_cost(&at) / at.calls)
            break;
        high *= 2;
    }
    for (int i = 0; i < 200; i++) {
        at.timer = (low + high) / 2;
        if (at.per_age * at.timer > at.per_register + sim_exact_timer_cost(&at) / at.calls)
            high = at.timer;
        else
            low = at.timer;
    }
    return high;
}

/* The first question comes U[0, P] after the failure: E min(D, U + w) with w = (n - 1) P + wait. */
double
sim_exact_qualified(double delta, double period, unsigned misses, double wait)
{
    double rest = (misses - 1) * period + wait;
    return (1 - exp(-delta * rest) * (1 - exp(-delta * period)) / (delta * period)) / delta;
}
