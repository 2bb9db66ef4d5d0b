/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The world without a run: what happens to devices, read off its queue and what it tells. */
#include "sim/model/world.h"

#include <math.h>
#include <string.h>

typedef struct {
    RollTime at;
    SimChange change;
    uint32_t id;
    uint32_t was;
    uint32_t address;
} Told;

typedef struct {
    SimScenario *scenario;
    SimQueue *queue;
    SimWorld *world;
    GArray *told; /* Told */
    RollTime now;
} Fixture;

static void
on_change(void *data, RollTime now, SimChange change, uint32_t id, uint32_t was,
          const SimAction *action)
{
    Fixture *self = data;
    (void)action;
    Told told = {now, change, id, was, self->world ? self->world->devices[id].address : 0};
    g_array_append_val(self->told, told);
}

/* A world of `[scenario] start = all-on` with a duration of 1000 days, and @text. */
static Fixture *
fixture_new(const char *text)
{
    g_autoptr(GError) error = NULL;
    Fixture *self = g_new0(Fixture, 1);
    g_autofree char *whole =
        g_strconcat("[scenario]\nduration = 1000d\nstart = all-on\n", text, NULL);
    self->scenario = sim_scenario_parse("t.ini", whole, strlen(whole), NULL, &error);
    g_assert_no_error(error);
    self->queue = sim_queue_new(0, 1);
    self->told = g_array_new(FALSE, FALSE, sizeof(Told));
    self->world = sim_world_new(self->scenario, self->queue, on_change, self);
    sim_world_start(self->world, 0);
    return self;
}

static void
fixture_free(Fixture *self)
{
    sim_world_free(self->world);
    sim_queue_free(self->queue);
    g_array_unref(self->told);
    sim_scenario_free(self->scenario);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fixture, fixture_free)

/* Lets the world go on until @until, and forgets what was told before. */
static void
go_on(Fixture *self, RollTime until)
{
    SimEvent event;
    g_array_set_size(self->told, 0);
    while (sim_queue_pop(self->queue, until, &event))
        sim_world_handle(self->world, &event);
}

static unsigned
count(const Fixture *self, SimChange change, RollTime from, RollTime to)
{
    unsigned n = 0;
    for (guint i = 0; i < self->told->len; i++) {
        const Told *told = &g_array_index(self->told, Told, i);
        n += told->change == change && told->at >= from && told->at <= to;
    }
    return n;
}

#define LAN "[network lan]\npool = 10.0.0.0/16\n"
#define DESK "[phones desk]\ncount = 1000\nnetwork = lan\n"

static void
test_ups_spares(void)
{
    g_autoptr(Fixture) self = fixture_new(LAN DESK "ups = 40% for 10min\n"
                                                   "[event e]\nat = 1h\ncut = power of lan\n"
                                                   "back = 5min\n");
    go_on(self, ROLL_DAY);
    unsigned off = count(self, SIM_CHANGE_OFF, ROLL_HOUR, ROLL_HOUR);
    g_assert_cmpuint(off, >, 540);
    g_assert_cmpuint(off, <, 660);
    g_assert_cmpuint(count(self, SIM_CHANGE_OFF, 0, ROLL_DAY), ==, off);
    RollTime back = ROLL_HOUR + 5 * ROLL_MINUTE;
    g_assert_cmpuint(count(self, SIM_CHANGE_ON, back, back), ==, off);
}

static void
test_ups_runs_out(void)
{
    g_autoptr(Fixture) self = fixture_new(LAN DESK "ups = 40% for 10min\n"
                                                   "[event e]\nat = 1h\ncut = power of lan\n"
                                                   "back = 20min\n");
    go_on(self, ROLL_DAY);
    RollTime out = ROLL_HOUR + 10 * ROLL_MINUTE;
    RollTime back = ROLL_HOUR + 20 * ROLL_MINUTE;
    unsigned late = count(self, SIM_CHANGE_OFF, out, out);
    g_assert_cmpuint(late, >, 340);
    g_assert_cmpuint(late, <, 460);
    g_assert_cmpuint(count(self, SIM_CHANGE_OFF, ROLL_HOUR, ROLL_HOUR), ==, 1000 - late);
    g_assert_cmpuint(count(self, SIM_CHANGE_ON, back, back), ==, 1000);
}

/* When the last one was back, counted from the cut at 1 h; and the mean of all. */
static double
restoration(const char *back, unsigned replication, double *mean)
{
    g_autofree char *text = g_strdup_printf(LAN DESK "[event e]\nat = 1h\ncut = power of lan\n"
                                                     "back = %s\n[registrar]\n",
                                            back);
    g_autoptr(Fixture) self = fixture_new(text);
    self->world->random = sim_random_new(1, replication);
    go_on(self, 100 * ROLL_DAY);
    g_assert_cmpuint(count(self, SIM_CHANGE_ON, 0, 100 * ROLL_DAY), ==, 1000);
    double last = 0, sum = 0;
    for (guint i = 0; i < self->told->len; i++) {
        const Told *told = &g_array_index(self->told, Told, i);
        if (told->change != SIM_CHANGE_ON)
            continue;
        last = (double)(told->at - ROLL_HOUR);
        sum += last;
    }
    *mean = sum / 1000;
    return last;
}

static void
test_one_duration(void)
{
    double mean[3], sum;
    double first = restoration("beta(2, 3) within 3h", 1, &mean[0]);
    g_assert_cmpfloat(first, <=, 3 * (double)ROLL_HOUR);
    g_assert_cmpfloat(mean[0] / (3 * (double)ROLL_HOUR), >, 0.38);
    g_assert_cmpfloat(mean[0] / (3 * (double)ROLL_HOUR), <, 0.42);
    /* Drawn once: twice the median moves every device alike, another replication differs. */
    double one = restoration("uniform within lognormal(2h, 0.8)", 1, &mean[1]);
    double two = restoration("uniform within lognormal(4h, 0.8)", 1, &mean[2]);
    g_assert_cmpfloat_with_epsilon(two / one, 2, 1e-6);
    g_assert_cmpfloat_with_epsilon(mean[2] / mean[1], 2, 1e-6);
    g_assert_cmpfloat_with_epsilon(mean[1] / one, 0.5, 0.03);
    double other = restoration("uniform within lognormal(2h, 0.8)", 2, &sum);
    g_assert_cmpfloat(fabs(other / one - 1), >, 0.05);
}

static void
test_repeats(void)
{
    g_autoptr(Fixture) self = fixture_new(LAN DESK "[event e]\nat = 1h\ncut = power of lan, 50%\n"
                                                   "back = 10min\nrepeats = 2h\n");
    RollTime hour = ROLL_HOUR;
    go_on(self, 24 * hour);
    unsigned both = 0;
    for (RollTime at = hour; at <= 23 * hour; at += 2 * hour) {
        unsigned n = count(self, SIM_CHANGE_OFF, at, at);
        g_assert_cmpuint(n, >, 400);
        g_assert_cmpuint(n, <, 600);
    }
    /* Each time others: 12 times one half misses nobody for long. */
    for (uint32_t id = 0; id < 1000; id++)
        both += self->world->devices[id].restorations > 0;
    g_assert_cmpuint(both, >=, 990);
    g_assert_cmpuint(count(self, SIM_CHANGE_OFF, 0, 24 * hour), ==,
                     count(self, SIM_CHANGE_ON, 0, 24 * hour));
}

static void
test_surge(void)
{
    g_autoptr(Fixture) self = fixture_new(LAN DESK "boot = 1s\nsurge = 2min\n"
                                                   "[event e]\nat = 1h\ncut = power of lan\n"
                                                   "back = 10min\n");
    go_on(self, 70 * ROLL_MINUTE);
    double sum = 0, most = 0;
    for (uint32_t id = 0; id < 1000; id++) {
        double wait = (double)(self->world->phones[id].wake - 70 * ROLL_MINUTE) / ROLL_SECOND;
        g_assert_cmpfloat(wait, >=, 1);
        g_assert_cmpfloat(wait, <, 121);
        sum += wait;
        most = MAX(most, wait);
    }
    g_assert_cmpfloat_with_epsilon(sum / 1000, 61, 4);
    g_assert_cmpfloat(most, >, 115);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/world/power/ups-spares-who-is-back-in-time", test_ups_spares);
    g_test_add_func("/world/power/ups-runs-out", test_ups_runs_out);
    g_test_add_func("/world/power/one-duration-for-each-event", test_one_duration);
    g_test_add_func("/world/power/an-event-repeats", test_repeats);
    g_test_add_func("/world/power/surge-puts-off-the-first-register", test_surge);
    return g_test_run();
}
