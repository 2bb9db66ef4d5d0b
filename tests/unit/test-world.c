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
        double wait = (double)(self->world->phones[id].timer - 70 * ROLL_MINUTE) / ROLL_SECOND;
        g_assert_cmpfloat(wait, >=, 1);
        g_assert_cmpfloat(wait, <, 121);
        sum += wait;
        most = MAX(most, wait);
    }
    g_assert_cmpfloat_with_epsilon(sum / 1000, 61, 4);
    g_assert_cmpfloat(most, >, 115);
}

#define LEASED "[network wifi]\npool = 10.1.0.0/16\naddress = leased\nlease = 1h\n"

static void
test_lease_in_time(void)
{
    /* The last renewal was at 1 h 30 min. */
    g_autoptr(Fixture) self =
        fixture_new(LEASED "[phones p]\ncount = 100\nnetwork = wifi\n"
                           "[event e]\nat = 100min\ncut = power of wifi\nback = 49min\n");
    go_on(self, ROLL_DAY);
    g_assert_cmpuint(count(self, SIM_CHANGE_ON, 149 * ROLL_MINUTE, 149 * ROLL_MINUTE), ==, 100);
    g_assert_cmpuint(count(self, SIM_CHANGE_ADDRESS, 0, ROLL_DAY), ==, 0);
}

static void
test_lease_runs_out(void)
{
    g_autoptr(Fixture) self =
        fixture_new(LEASED "[phones p]\ncount = 100\nnetwork = wifi\n"
                           "[event e]\nat = 100min\ncut = power of wifi\nback = 51min\n");
    g_autofree uint32_t *had = g_new0(uint32_t, 100);
    unsigned same = 0;
    for (uint32_t id = 0; id < 100; id++)
        had[id] = self->world->devices[id].address;
    go_on(self, ROLL_DAY);
    RollTime end = 150 * ROLL_MINUTE;
    g_assert_cmpuint(count(self, SIM_CHANGE_ADDRESS, end, end), ==, 100);
    g_assert_cmpuint(count(self, SIM_CHANGE_ADDRESS, 0, ROLL_DAY), ==, 200);
    for (uint32_t id = 0; id < 100; id++)
        same += had[id] == self->world->devices[id].address;
    g_assert_cmpuint(same, <=, 1);
}

static void
test_lease_sticks(void)
{
    g_autoptr(Fixture) self =
        fixture_new(LEASED "assign = sticky\n[phones p]\ncount = 100\nnetwork = wifi\n"
                           "[event e]\nat = 100min\ncut = power of wifi\nback = 10h\n");
    g_autofree uint32_t *had = g_new0(uint32_t, 100);
    for (uint32_t id = 0; id < 100; id++)
        had[id] = self->world->devices[id].address;
    go_on(self, 11 * ROLL_HOUR);
    g_assert_cmpuint(self->world->devices[5].address, ==, 0);
    go_on(self, ROLL_DAY);
    for (uint32_t id = 0; id < 100; id++)
        g_assert_cmpuint(had[id], ==, self->world->devices[id].address);
}

/* Six addresses, ten devices: `count` in the group that @which network counts. */
static unsigned
with_address(const Fixture *self)
{
    unsigned n = 0;
    for (uint32_t id = 0; id < self->scenario->n_phones; id++)
        n += self->world->devices[id].address != 0;
    return n;
}

static void
test_exhausted(void)
{
    g_autoptr(Fixture) self =
        fixture_new("[network inn]\npool = 10.2.0.0/29\naddress = leased\nlease = 1h\n"
                    "[phones p]\ncount = 10\nnetwork = inn\nboot = 1s\n"
                    "[event e]\nat = 100min\ncut = power of inn, 40%\nback = 10d\n");
    go_on(self, 99 * ROLL_MINUTE);
    g_assert_cmpuint(with_address(self), ==, 6);
    for (uint32_t id = 0; id < 10; id++) {
        g_assert_true(self->world->devices[id].on);
        g_assert_cmpint(self->world->phones[id].state, ==,
                        id < 6 ? SIM_PHONE_BOOTING : SIM_PHONE_OFF);
    }
    go_on(self, 149 * ROLL_MINUTE);
    unsigned gone = 0, waiting = 0;
    for (uint32_t id = 0; id < 10; id++) {
        const SimDevice *device = &self->world->devices[id];
        gone += !device->on && device->address != 0;
        waiting += device->on && device->address == 0;
    }
    g_assert_cmpuint(with_address(self), ==, 6);
    g_assert_cmpuint(gone, >, 0);
    g_assert_cmpuint(waiting, >, 0);
    /* At 2 h 30 min the leases end; who waits asks every 64 s. */
    go_on(self, 150 * ROLL_MINUTE);
    g_assert_cmpuint(with_address(self), ==, 6 - gone);
    go_on(self, 150 * ROLL_MINUTE + 66 * ROLL_SECOND);
    g_assert_cmpuint(with_address(self), ==, 6 - gone + MIN(gone, waiting));
    for (uint32_t id = 0; id < 10; id++)
        if (self->world->devices[id].on && self->world->devices[id].address != 0)
            g_assert_cmpint(self->world->phones[id].state, ==, SIM_PHONE_BOOTING);
}

static void
test_release(void)
{
    g_autoptr(Fixture) self =
        fixture_new(LEASED "release = yes\n[phones p]\ncount = 100\nnetwork = wifi\nlinger = 2s\n"
                           "leaves = unregisters 50%\npower = on 1h, off 10h\n");
    go_on(self, 10 * ROLL_HOUR);
    RollTime soon = ROLL_HOUR + 2 * ROLL_SECOND;
    unsigned released = count(self, SIM_CHANGE_ADDRESS, soon, soon);
    g_assert_cmpuint(released, >, 30);
    g_assert_cmpuint(released, <, 70);
    g_assert_cmpuint(count(self, SIM_CHANGE_ADDRESS, 2 * ROLL_HOUR, 2 * ROLL_HOUR), ==,
                     100 - released);
    g_assert_cmpuint(count(self, SIM_CHANGE_ADDRESS, 0, 10 * ROLL_HOUR), ==, 100);
}

static void
test_lease_elsewhere(void)
{
    g_autoptr(Fixture) self = fixture_new(
        LEASED LAN "[phones p]\ncount = 1\nplaces = wifi for 40min 50%, lan for 40min 50%\n");
    SimDevice *device = &self->world->devices[0];
    RollTime first = 0;
    while (device->place == 0)
        go_on(self, first += ROLL_SECOND);
    while (device->place == 1)
        go_on(self, first += ROLL_SECOND);
    go_on(self, first + 39 * ROLL_MINUTE);
    uint32_t address = device->address;
    g_assert_cmpint(sim_world_holder(self->world, address), ==, 0);
    /* Away from 40 to 80; renewed at 30, so it is its own until 90, but it is not there. */
    go_on(self, first + 79 * ROLL_MINUTE);
    g_assert_cmpuint(device->address, !=, address);
    g_assert_cmpint(sim_world_holder(self->world, address), ==, -1);
    go_on(self, first + 81 * ROLL_MINUTE);
    g_assert_cmpuint(device->address, ==, address);
    go_on(self, first + 119 * ROLL_MINUTE);
    g_assert_cmpuint(device->address, ==, address);
}

static void
test_renumbering(void)
{
    g_autoptr(Fixture) self =
        fixture_new("[network isp]\npool = 10.0.0.0/16\n"
                    "address = changes every 24h at 04:00, spread 30min\nassign = oldest\n"
                    "[phones p]\ncount = 1000\nnetwork = isp\npower = on exp(3h), off exp(3h)\n");
    g_autofree RollTime *last = g_new0(RollTime, 1000);
    double sum = 0;
    go_on(self, 10 * ROLL_DAY);
    for (RollTime day = 0; day < 10 * ROLL_DAY; day += ROLL_DAY)
        g_assert_cmpuint(count(self, SIM_CHANGE_ADDRESS, day + 4 * ROLL_HOUR,
                               day + 4 * ROLL_HOUR + 30 * ROLL_MINUTE),
                         ==, 1000);
    g_assert_cmpuint(count(self, SIM_CHANGE_ADDRESS, 0, 10 * ROLL_DAY), ==, 10000);
    for (guint i = 0; i < self->told->len; i++) {
        const Told *told = &g_array_index(self->told, Told, i);
        if (told->change != SIM_CHANGE_ADDRESS)
            continue;
        g_assert_cmpint(told->at - last[told->id], >, 3 * ROLL_HOUR);
        last[told->id] = told->at;
        sum += (double)(told->at % ROLL_DAY - 4 * ROLL_HOUR) / ROLL_MINUTE;
    }
    g_assert_cmpfloat_with_epsilon(sum / 10000, 15, 0.4);
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
    g_test_add_func("/world/lease/back-in-time-for-the-same-address", test_lease_in_time);
    g_test_add_func("/world/lease/runs-out-after-the-last-renewal", test_lease_runs_out);
    g_test_add_func("/world/lease/sticky-gives-the-former-one", test_lease_sticks);
    g_test_add_func("/world/lease/a-pool-that-is-too-small", test_exhausted);
    g_test_add_func("/world/lease/released-at-an-orderly-shutdown", test_release);
    g_test_add_func("/world/lease/kept-for-who-is-elsewhere", test_lease_elsewhere);
    g_test_add_func("/world/address/renumbered-at-an-hour", test_renumbering);
    return g_test_run();
}
