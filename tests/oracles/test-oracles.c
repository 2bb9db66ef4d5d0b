/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The simulator against closed forms, on both links: within four standard errors, and with a
 * standard error of at most 1 % of the value, so that the comparison has power. The closed forms
 * are first held against a plain simulation of their own definition, which shares no line with the
 * simulator. */
#include "tests/oracles/closed-forms.h"
#include "tests/simulate.h"

#define Z_MOST 4.0
#define ERROR_MOST 0.01

/* Power-fail phones. @off_fixed: an off time that is the same each time, else exponential. */
typedef struct {
    const char *name;
    unsigned phones;
    unsigned hours;
    double on;
    double off;
    bool off_fixed;
    double expiry;
    double from;
    double to;
    double leaves;
} PowerCase;

static const PowerCase POWER[] = {
    {"fixed-refresh", 2000, 55, 4000, 3000, false, 3600, 1800, 1800, 0},
    {"long-on-short-expiry", 2000, 82, 20000, 7200, false, 600, 300, 300, 0},
    {"uniform-refresh", 2000, 55, 4000, 3000, false, 3600, 1800, 3240, 0},
    {"uniform-refresh-long-on", 2000, 82, 20000, 7200, false, 1200, 600, 1080, 0},
    {"off-600s", 2000, 33, 4000, 600, true, 3600, 1800, 1800, 0},
    {"off-2700s", 2000, 33, 4000, 2700, true, 3600, 1800, 1800, 0},
    {"off-9000s", 2000, 55, 4000, 9000, true, 3600, 1800, 1800, 0},
    {"softphone-90-percent", 4000, 110, 4000, 3000, false, 3600, 1800, 1800, 0.9},
    {"softphone-50-percent", 2000, 82, 8000, 6000, false, 1800, 1000, 1000, 0.5},
};

/* Phones on a line whose address changes. */
typedef struct {
    const char *name;
    unsigned phones;
    unsigned hours;
    double mean_change;
    double expiry;
    double refresh;
    double noticed;
} MoveCase;

static const MoveCase MOVES[] = {
    {"long-expiry", 1000, 82, 10000, 10800, 1800, 0},
    {"short-expiry", 1000, 82, 5000, 1200, 600, 0},
    {"noticed-70-percent", 2000, 110, 10000, 10800, 1800, 0.7},
    {"noticed-40-percent", 1500, 82, 4000, 3600, 1800, 0.4},
};

typedef struct {
    const void *which;
    SimLinkKind link;
} Task;

static char *
scenario_text(unsigned phones, unsigned hours, const char *address, const char *rest)
{
    return g_strdup_printf("[scenario]\n"
                           "title = oracle\n"
                           "duration = %uh\n"
                           "bin = %uh\n"
                           "seed = %u\n"
                           "[registrar]\n"
                           "domain = example.org\n"
                           "auth = none\n"
                           "min-expires = 1s\n"
                           "max-expires = none\n"
                           "max-bindings = 1000\n"
                           "[network net]\n"
                           "pool = 10.0.0.0/8\n"
                           "delay = 0s\n"
                           "%s\n"
                           "[phones p]\n"
                           "count = %u\n"
                           "network = net\n"
                           "boot = 0s\n"
                           "%s",
                           hours, hours, phones + hours, address, phones, rest);
}

static void
check(const SimResult *result, SimMetric metric, double exact)
{
    const SimEstimate *seen = &result->columns[0].metrics[metric];
    double z = (seen->value - exact) / seen->error;
    g_test_message("%s: simulated %.6g, exact %.6g, error %.2f %%, z = %.2f",
                   sim_metric_info(metric)->name, seen->value, exact, 100 * seen->error / exact, z);
    g_assert_cmpfloat(seen->error, <=, ERROR_MOST * exact);
    g_assert_cmpfloat(fabs(z), <=, Z_MOST);
}

static void
power_failures(gconstpointer data)
{
    const Task *task = data;
    const PowerCase *c = task->which;
    g_autofree char *off =
        c->off_fixed ? g_strdup_printf("%.0fs", c->off) : g_strdup_printf("exp(%.0fs)", c->off);
    g_autofree char *rest = g_strdup_printf("expires = %.0fs\n"
                                            "refresh = uniform(%.0fs, %.0fs)\n"
                                            "power = fails exp(%.0fs), back after %s\n"
                                            "leaves = unregisters %.0f%%\n",
                                            c->expiry, c->from, c->to, c->on, off, 100 * c->leaves);
    g_autofree char *text = scenario_text(c->phones, c->hours, "address = fixed", rest);
    g_auto(Simulated) run = simulate(text, task->link);
    double lambda = 1 / c->on;
    double cycle = c->on + c->off;
    double stale = c->off_fixed ? stale_per_cycle_fixed(lambda, c->off, c->from, c->expiry)
                                : stale_per_cycle(lambda, 1 / c->off, c->from, c->to, c->expiry);
    stale *= 1 - c->leaves;
    check(run.result, SIM_METRIC_STALE_SHARE, stale / cycle);
    if (stale < c->off)
        check(run.result, SIM_METRIC_ABSENT_SHARE, (c->off - stale) / cycle);
    check(run.result, SIM_METRIC_CORRECT_SHARE, c->on / cycle);
    check(run.result, SIM_METRIC_STALE_RECORD_RATE, stale / (stale + c->on));
    check(run.result, SIM_METRIC_REGISTER_RATE,
          c->phones * (register_rate(lambda, c->from, c->to, cycle) + c->leaves / cycle));
    g_assert_cmpint(run.result->columns[0].tallies[SIM_TALLY_MISSING], ==, 0);
    g_assert_cmpint(run.result->columns[0].tallies[SIM_TALLY_WRONG_ADDRESS], ==, 0);
}

static void
address_changes(gconstpointer data)
{
    const Task *task = data;
    const MoveCase *c = task->which;
    g_autofree char *address = g_strdup_printf("address = changes exp(%.0fs)", c->mean_change);
    g_autofree char *rest = g_strdup_printf("expires = %.0fs\n"
                                            "refresh = %.0fs\n"
                                            "power = always\n"
                                            "notices = %.0f%% at once\n",
                                            c->expiry, c->refresh, 100 * c->noticed);
    g_autofree char *text = scenario_text(c->phones, c->hours, address, rest);
    g_auto(Simulated) run = simulate(text, task->link);
    double mu = 1 / c->mean_change;
    check(run.result, SIM_METRIC_WRONG_ADDRESS_SHARE,
          wrong_address_share(mu, c->refresh, c->noticed));
    check(run.result, SIM_METRIC_REGISTER_RATE,
          c->phones * move_register_rate(mu, c->refresh, c->noticed));
    if (c->noticed > 0)
        return;
    /* The contact whose phone has moved, unnoticed, is stale too, and is counted as such. */
    check(run.result, SIM_METRIC_CONTACTS_PER_AOR, all_contacts(mu, c->refresh, c->expiry));
    check(run.result, SIM_METRIC_STALE_CONTACTS_PER_AOR, stale_contacts(mu, c->refresh, c->expiry));
}

/* A plain simulation of the definition: cycles of one phone, one after another. */
static double
uniform_of(GRand *rand)
{
    double u;
    do
        u = g_rand_double(rand);
    while (u == 0);
    return u;
}

static void
power_forms_equal_their_definition(gconstpointer data)
{
    enum { CYCLES = 400000 };
    const PowerCase *c = data;
    g_autoptr(GRand) rand = g_rand_new_with_seed(4);
    double sum = 0;
    double squares = 0;
    double sent = 0;
    for (int i = 0; i < CYCLES; i++) {
        double on = -c->on * log(uniform_of(rand));
        double off = c->off_fixed ? c->off : -c->off * log(uniform_of(rand));
        double last = 0;
        for (double next = 0; next <= on; sent++) {
            last = next;
            next += c->from + (c->to - c->from) * uniform_of(rand);
        }
        double stale = fmin(off, c->expiry - (on - last));
        sum += stale;
        squares += stale * stale;
    }
    double mean = sum / CYCLES;
    double error = sqrt((squares / CYCLES - mean * mean) / CYCLES);
    double exact = c->off_fixed ? stale_per_cycle_fixed(1 / c->on, c->off, c->from, c->expiry)
                                : stale_per_cycle(1 / c->on, 1 / c->off, c->from, c->to, c->expiry);
    g_assert_cmpfloat(fabs(mean - exact), <=, Z_MOST * error + 1e-9);
    double cycle = c->on + c->off;
    double rate = register_rate(1 / c->on, c->from, c->to, cycle);
    g_assert_cmpfloat(fabs(sent / CYCLES / cycle / rate - 1), <, 0.01);
}

/* Changes and refreshes of one phone, one after another: how long it stands under a wrong address
 * and, where no change is noticed, for how long each contact it left behind stays. */
static void
move_forms_equal_their_definition(gconstpointer data)
{
    enum { REFRESHES = 400000 };
    const MoveCase *c = data;
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    double wrong = 0;
    double whole = 0;
    double stale = 0;
    for (int i = 0; i < REFRESHES; i++) {
        double first_unnoticed = INFINITY;
        double at = 0;
        double length = c->refresh;
        for (;;) {
            at += -c->mean_change * log(uniform_of(rand));
            if (at >= c->refresh)
                break;
            if (uniform_of(rand) < c->noticed) {
                length = at;
                break;
            }
            first_unnoticed = fmin(first_unnoticed, at);
        }
        whole += length;
        if (first_unnoticed < length) {
            wrong += length - first_unnoticed;
            stale += c->expiry - first_unnoticed;
        }
    }
    double exact = wrong_address_share(1 / c->mean_change, c->refresh, c->noticed);
    g_assert_cmpfloat(fabs(wrong / whole / exact - 1), <, 0.01);
    g_assert_cmpfloat(
        fabs(REFRESHES / whole / move_register_rate(1 / c->mean_change, c->refresh, c->noticed) -
             1),
        <, 0.01);
    if (c->noticed == 0)
        g_assert_cmpfloat(
            fabs(stale / whole / stale_contacts(1 / c->mean_change, c->refresh, c->expiry) - 1), <,
            0.01);
}

static void
add(const char *form, const char *name, const void *which, GTestDataFunc test)
{
    static const char *const links[] = {[SIM_LINK_WIRE] = "wire", [SIM_LINK_DIRECT] = "direct"};
    for (SimLinkKind link = SIM_LINK_WIRE; link <= SIM_LINK_DIRECT; link++) {
        Task *task = g_new(Task, 1);
        *task = (Task){which, link};
        g_autofree char *path = g_strdup_printf("/oracles/%s/%s/%s", form, name, links[link]);
        g_test_add_data_func_full(path, task, test, g_free);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(POWER); i++) {
        g_autofree char *path = g_strdup_printf("/closed-forms/power/%s", POWER[i].name);
        g_test_add_data_func(path, &POWER[i], power_forms_equal_their_definition);
        add("power", POWER[i].name, &POWER[i], power_failures);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(MOVES); i++) {
        g_autofree char *path = g_strdup_printf("/closed-forms/moves/%s", MOVES[i].name);
        g_test_add_data_func(path, &MOVES[i], move_forms_equal_their_definition);
        add("moves", MOVES[i].name, &MOVES[i], address_changes);
    }
    return g_test_run();
}
