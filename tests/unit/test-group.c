/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the keys of a group of phones say: how they refresh, retry, are off and on, move about, and
 * whose devices they are. */
#include "tests/unit/scenario-text.h"

/* A week in its order: what leads nowhere new is left out. */
static void
test_calendar(void)
{
    g_autofree char *text = compose(
        "", "[phones x]\ncount = 3\ncalendar = mon-fri 17:30 wifi, mon, wed, thu 08:00 lan, "
            "sat 10:00 wifi, spread 30min\n");
    static const struct {
        unsigned day;
        RollTime clock;
        unsigned network;
    } expected[] = {{0, 480 * ROLL_MINUTE, 0}, {0, 1050 * ROLL_MINUTE, 1},
                    {2, 480 * ROLL_MINUTE, 0}, {2, 1050 * ROLL_MINUTE, 1},
                    {3, 480 * ROLL_MINUTE, 0}, {3, 1050 * ROLL_MINUTE, 1}};
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(text, NULL, &error);
    g_assert_no_error(error);
    const SimGroup *g = &s->groups[1];
    g_assert_cmpuint(g->n_moves, ==, G_N_ELEMENTS(expected));
    g_assert_cmpint(g->spread, ==, 30 * ROLL_MINUTE);
    g_assert_cmpuint(g->n_places, ==, 2);
    for (size_t i = 0; i < g->n_moves; i++) {
        g_assert_cmpint(g->moves[i].at, ==, expected[i].day * ROLL_DAY + expected[i].clock);
        g_assert_cmpuint(g->places[g->moves[i].place].network, ==, expected[i].network);
    }
}

static void
test_people(void)
{
    g_autofree char *text =
        compose("q = 0.5\n", "[phones mobile]\ncount = 10\nnetwork = lan\naor-of = desk\n"
                             "q = 0.825\noutbound = yes\n[calls]\nfork = by q\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(text, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(s->groups[0].q, ==, 500);
    g_assert_true(s->groups[0].shared);
    g_assert_cmpint(s->groups[1].q, ==, 825);
    g_assert_cmpuint(s->groups[1].owner, ==, 1);
    g_assert_true(s->groups[1].outbound);
    g_assert_cmpuint(s->n_phones, ==, 1010);
    g_assert_cmpuint(s->n_aors, ==, 1000);
    g_assert_cmpint(s->call_fork, ==, SIM_FORK_BY_Q);
    g_assert_cmpuint(sim_scenario_owner(s, &s->groups[1], 1004), ==, 4);
}

static void
test_refresh(void)
{
    static const struct {
        const char *text;
        SimRefresh refresh;
    } cases[] = {
        {"30min", {{0, 30 * ROLL_MINUTE}, {0, 30 * ROLL_MINUTE}, 0, {0, 0}}},
        {"90%", {{0.9, 0}, {0.9, 0}, 0, {0, 0}}},
        {"expires", {{1, 0}, {1, 0}, 0, {0, 0}}},
        {"expires - 15s", {{1, -15 * ROLL_SECOND}, {1, -15 * ROLL_SECOND}, 0, {0, 0}}},
        {"50%+10s", {{0.5, 10 * ROLL_SECOND}, {0.5, 10 * ROLL_SECOND}, 0, {0, 0}}},
        {"uniform(50%, 90%)", {{0.5, 0}, {0.9, 0}, 0, {0, 0}}},
        {"uniform(50%, expires-32s), expires-5s up to 64s",
         {{0.5, 0}, {1, -32 * ROLL_SECOND}, 64, {1, -5 * ROLL_SECOND}}},
        {"expires-15s, 80% up to 30s",
         {{1, -15 * ROLL_SECOND}, {1, -15 * ROLL_SECOND}, 30, {0.8, 0}}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = g_strdup_printf("refresh = %s\n", cases[i].text);
        g_autoptr(SimScenario) s = parse_phones(line);
        const SimRefresh *got = &s->groups[0].refresh;
        const SimRefresh *expected = &cases[i].refresh;
        g_test_message("%s", cases[i].text);
        g_assert_cmpfloat(got->from.fraction, ==, expected->from.fraction);
        g_assert_cmpint(got->from.offset, ==, expected->from.offset);
        g_assert_cmpfloat(got->to.fraction, ==, expected->to.fraction);
        g_assert_cmpint(got->to.offset, ==, expected->to.offset);
        g_assert_cmpuint(got->short_up_to, ==, expected->short_up_to);
        g_assert_cmpfloat(got->short_point.fraction, ==, expected->short_point.fraction);
        g_assert_cmpint(got->short_point.offset, ==, expected->short_point.offset);
    }
}

static void
test_retry(void)
{
    static const struct {
        const char *text;
        SimRetryKind kind;
        RollTime base, cap;
        unsigned attempts;
    } cases[] = {
        {"none", SIM_RETRY_NONE, 0, 0, 0},
        {"30s", SIM_RETRY_LAW, 0, 0, 0},
        {"exp(1min), 10 times", SIM_RETRY_LAW, 0, 0, 10},
        {"doubling(20s, 30min)", SIM_RETRY_DOUBLING, 20 * ROLL_SECOND, 30 * ROLL_MINUTE, 0},
        {"linear(30s)", SIM_RETRY_LINEAR, 30 * ROLL_SECOND, ROLL_NEVER, 0},
        {"linear(30s, 5min), 1 time", SIM_RETRY_LINEAR, 30 * ROLL_SECOND, 5 * ROLL_MINUTE, 1},
        {"rfc5626(30s)", SIM_RETRY_RFC5626, 30 * ROLL_SECOND, 30 * ROLL_MINUTE, 0},
        {"rfc5626(60s, 60s), 3 times", SIM_RETRY_RFC5626, ROLL_MINUTE, ROLL_MINUTE, 3},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = g_strdup_printf("retry = %s\n", cases[i].text);
        g_autoptr(SimScenario) s = parse_phones(line);
        const SimRetry *got = &s->groups[0].retry;
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(got->kind, ==, cases[i].kind);
        g_assert_cmpint(got->base, ==, cases[i].base);
        g_assert_cmpint(got->cap, ==, cases[i].cap);
        g_assert_cmpuint(got->attempts, ==, cases[i].attempts);
    }
}

static void
test_hours(void)
{
    static const struct {
        const char *text;
        unsigned days;
        double from_h, to_h;
        RollTime spread;
    } cases[] = {
        {"weekdays 08:30-17:30, spread 30min", 0x1f, 8.5, 17.5, 30 * ROLL_MINUTE},
        {"daily 08:00-22:00", 0x7f, 8, 22, 0},
        {"weekends 00:00-24:00", 0x60, 0, 24, 0},
        {"mon,tue,fri 09:00-12:00", 0x13, 9, 12, 0},
        {"mon-wed, sun 09:00 - 12:00, spread 1h", 0x47, 9, 12, ROLL_HOUR},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = g_strdup_printf("power = %s\n", cases[i].text);
        g_autoptr(SimScenario) s = parse_phones(line);
        const SimPower *got = &s->groups[0].power;
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(got->kind, ==, SIM_POWER_HOURS);
        g_assert_cmpuint(got->days, ==, cases[i].days);
        g_assert_cmpint(got->from, ==, (RollTime)(cases[i].from_h * ROLL_HOUR));
        g_assert_cmpint(got->to, ==, (RollTime)(cases[i].to_h * ROLL_HOUR));
        g_assert_cmpint(got->spread, ==, cases[i].spread);
    }
}

static void
test_cycles(void)
{
    static const char *const texts[] = {"fails exp(7d), back after uniform(1h, 2h)",
                                        "on exp(7d), off uniform(1h, 2h)"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *line = g_strdup_printf("power = %s\n", texts[i]);
        g_autoptr(SimScenario) s = parse_phones(line);
        const SimPower *got = &s->groups[0].power;
        g_assert_cmpint(got->kind, ==, SIM_POWER_CYCLES);
        g_assert_cmpint(got->on.kind, ==, SIM_LAW_EXP);
        g_assert_cmpint(got->off.kind, ==, SIM_LAW_UNIFORM);
        g_assert_cmpfloat(got->off.b, ==, 7200);
    }
}

static void
test_habits(void)
{
    g_autoptr(SimScenario) s = parse_phones(
        "leaves = unregisters 95%  # most\nnotices = 70% after exp(10s)\nold-contact = removed\n"
        "credentials = reused\ncall-id = device\nwrong-password = 5%\nregisters = no\n"
        "start-spacing = 1s within 100s\nuser-agent = Desk\t2 ; new\nport = 5062\n");
    const SimGroup *g = &s->groups[0];
    g_assert_cmpfloat(g->leaves, ==, 0.95);
    g_assert_cmpfloat(g->notices, ==, 0.7);
    g_assert_cmpfloat(g->notice_after.a, ==, 10);
    g_assert_true(g->removes_old);
    g_assert_cmpint(g->credentials, ==, SIM_CREDENTIALS_REUSED);
    g_assert_cmpint(g->call_id, ==, SIM_CALL_ID_DEVICE);
    g_assert_cmpfloat(g->wrong_password, ==, 0.05);
    g_assert_false(g->registers);
    g_assert_cmpint(g->start_spacing, ==, 100 * ROLL_MILLISECOND);
    g_assert_cmpstr(g->user_agent, ==, "Desk 2");
    g_assert_cmpuint(g->port, ==, 5062);
}

static void
test_notices(void)
{
    static const struct {
        const char *text;
        double share, after;
    } cases[] = {{"at refresh", 0, 0},
                 {"at once", 1, 0},
                 {"after 5s", 1, 5},
                 {"70% at once", 0.7, 0},
                 {"70%  after exp(5s)", 0.7, 5}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = g_strdup_printf("notices = %s\n", cases[i].text);
        g_autoptr(SimScenario) s = parse_phones(line);
        g_assert_cmpfloat(s->groups[0].notices, ==, cases[i].share);
        g_assert_cmpfloat(s->groups[0].notice_after.a, ==, cases[i].after);
    }
}

static void
test_places(void)
{
    static const char text[] =
        "[scenario]\nduration = 1h\n[phones a]\ncount = 3\n"
        "places = lan for exp(10h) 40%, wifi for uniform(1h, 2h) 35%, lan for 12h 25%\n"
        "[network lan]\npool = 10.0.0.0/30\n[network wifi]\npool = 10.1.0.0/29\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(text, NULL, &error);
    g_assert_null(s);
    g_assert_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==,
                    "t.ini:7: the pool has 2 addresses, but 3 phones may be in [network lan]; take "
                    "a larger pool or fewer phones");
    g_clear_error(&error);
    g_autoptr(SimScenario) larger =
        parse(text, (const char *const[]){"network.lan.pool=10.0.0.0/29", NULL}, &error);
    g_assert_no_error(error);
    const SimGroup *g = &larger->groups[0];
    g_assert_cmpuint(g->n_places, ==, 3);
    g_assert_cmpuint(g->places[1].network, ==, 1);
    g_assert_cmpfloat(g->places[1].stay.b, ==, 7200);
    g_assert_cmpfloat_with_epsilon(g->places[1].weight, 0.35, 1e-9);
    g_assert_cmpfloat(g->places[2].stay.a, ==, 43200);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/group/refresh", test_refresh);
    g_test_add_func("/group/retry", test_retry);
    g_test_add_func("/group/power-by-hours", test_hours);
    g_test_add_func("/group/power-in-cycles", test_cycles);
    g_test_add_func("/group/habits", test_habits);
    g_test_add_func("/group/notices", test_notices);
    g_test_add_func("/group/places", test_places);
    g_test_add_func("/group/calendar", test_calendar);
    g_test_add_func("/group/several-devices-of-a-person", test_people);
    return g_test_run();
}
