/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The closed forms of full tables, of a timer that calls reset and of questions, each against a
 * plain simulation of its definition. */
#include "sim/experiment/oracles/closed-forms.h"
#include "tests/oracles/drawn.h"

#define MOST_PLACES 64

/* Arrivals at a loss system, one after another; stays are a sum of an exponential and a fixed time,
 * as the form does not ask for their law. One batch of arrivals is one cycle. */
static void
test_erlang(void)
{
    static const struct {
        unsigned places;
        double load;
        double fixed;
    } cases[] = {{15, 13, 0}, {15, 9, 0.5}, {40, 35, 0.8}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double until[MOST_PLACES] = {0};
        double now = 0;
        Ratio blocked = {0};
        for (int batch = 0; batch < 2000; batch++) {
            double lost = 0;
            for (int arrival = 0; arrival < 1000; arrival++) {
                now += exponential(rand, 1 / cases[i].load);
                unsigned place = 0;
                while (place < cases[i].places && until[place] > now)
                    place++;
                if (place == cases[i].places)
                    lost++;
                else
                    until[place] =
                        now + cases[i].fixed + exponential(rand, 1 - cases[i].fixed + 1e-12);
            }
            add(&blocked, lost, 1000);
        }
        check("blocked", &blocked, sim_exact_erlang_b(cases[i].places, cases[i].load));
    }
}

static void
test_outlives(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(12);
    SimExactPower form = {1 / 60.0, 50, 50, 100};
    Ratio outlives = {0};
    for (int i = 0; i < 200000; i++)
        add(&outlives, form.expiry - fmod(exponential(rand, 60), form.from), 1);
    check("outlives", &outlives, sim_exact_outlives(&form));
}

/* How many come while a phone stays. */
static void
test_evicted(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(13);
    Ratio evicted = {0};
    for (int i = 0; i < 400000; i++) {
        double leaves = exponential(rand, 1);
        unsigned came = 0;
        for (double at = exponential(rand, 1 / 10.0); at < leaves && came < 20; came++)
            at += exponential(rand, 1 / 10.0);
        add(&evicted, came == 20, 1);
    }
    check("evicted", &evicted, sim_exact_evicted(20, 10));
}

/* One interval after another; each is ended by a call, or by the timer at the price of a REGISTER.
 */
static void
test_timer(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(14);
    SimExactTimer form = {1 / 600.0, 567, 200, 1};
    Ratio registers = {0};
    Ratio age = {0};
    Ratio cost = {0};
    for (int i = 0; i < 600000; i++) {
        double call = exponential(rand, 600);
        bool called = call < form.timer;
        double length = fmin(call, form.timer);
        add(&registers, !called, length);
        if (called)
            add(&age, call, 1);
        add(&cost, called ? form.per_age * call : form.per_register, length);
    }
    check("registers", &registers, sim_exact_timer_rate(&form));
    check("age", &age, sim_exact_timer_age(&form));
    check("cost", &cost, sim_exact_timer_cost(&form));
}

static void
test_reached(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(16);
    Ratio reached = {0};
    for (int i = 0; i < 200000; i++) {
        bool any = false;
        for (int device = 0; device < 3; device++)
            any = happens(rand, 0.3) || any;
        add(&reached, any, 1);
    }
    check("reached", &reached, sim_exact_reached(0.3, 3));
}

static void
test_best_timer(void)
{
    for (double per_register = 10; per_register < 1e5; per_register *= 10) {
        SimExactTimer form = {1 / 600.0, 0, per_register, 1};
        double best = sim_exact_best_timer(&form);
        form.timer = best;
        double least = sim_exact_timer_cost(&form);
        for (double factor = 0.5; factor < 2; factor *= 1.03) {
            form.timer = factor * best;
            g_assert_cmpfloat(sim_exact_timer_cost(&form), >=, least);
        }
        form.timer = best;
        g_assert_cmpfloat(
            fabs(best / (per_register + sim_exact_timer_cost(&form) / form.calls) - 1), <, 1e-9);
    }
}

static void
test_qualified(void)
{
    static const struct {
        double off;
        double period;
        unsigned misses;
    } cases[] = {{3600, 600, 2}, {100, 60, 1}, {200, 60, 5}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(15);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Ratio stale = {0};
        for (int cycle = 0; cycle < 200000; cycle++) {
            double at = between(rand, 0, cases[i].period);
            for (unsigned miss = 1; miss < cases[i].misses; miss++)
                at += cases[i].period;
            add(&stale, fmin(exponential(rand, cases[i].off), at + 3), 1);
        }
        check("stale", &stale,
              sim_exact_qualified(1 / cases[i].off, cases[i].period, cases[i].misses, 3));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/closed-forms/erlang", test_erlang);
    g_test_add_func("/closed-forms/outlives", test_outlives);
    g_test_add_func("/closed-forms/evicted", test_evicted);
    g_test_add_func("/closed-forms/timer", test_timer);
    g_test_add_func("/closed-forms/reached", test_reached);
    g_test_add_func("/closed-forms/best-timer", test_best_timer);
    g_test_add_func("/closed-forms/qualified", test_qualified);
    return g_test_run();
}
