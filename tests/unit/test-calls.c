/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/simulate.h"

#include <math.h>

/* @registrar, @phones, @calls: more lines of these groups. */
static char *
scenario(const char *registrar, const char *phones, const char *calls)
{
    return g_strdup_printf("[scenario]\n"
                           "duration = 14d\n"
                           "seed = 2\n"
                           "[registrar]\n"
                           "auth = none\n"
                           "%s\n"
                           "[network lan]\n"
                           "pool = 10.0.0.0/24\n"
                           "[phones desk]\n"
                           "count = 20\n"
                           "network = lan\n"
                           "expires = 2h\n"
                           "%s\n"
                           "[calls]\n"
                           "%s\n",
                           registrar, phones, calls);
}

static int64_t
tally(const Simulated *run, SimTally which)
{
    return run->result->columns[0].tallies[which];
}

static double
metric(const Simulated *run, SimMetric which)
{
    return run->result->columns[0].metrics[which].value;
}

/* The failure falls into a period uniformly; then one more, and the wait for the last answer. */
static void
a_dead_record_is_found_by_asking(gconstpointer link)
{
    g_autofree char *text =
        scenario("qualify = 60s, 2 misses", "power = fails exp(8h), back after 2h", "");
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    g_assert_cmpint(tally(&run, SIM_TALLY_STALE_ENDED), >, 300);
    g_assert_cmpfloat(fabs(metric(&run, SIM_METRIC_STALE_LIFE) - (30 + 60 + 3)), <, 5);
}

static void
who_answers_is_asked_once_a_period_and_stays(gconstpointer link)
{
    g_autofree char *text = scenario("qualify = 60s, 1 miss", "", "");
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    g_assert_cmpint(tally(&run, SIM_TALLY_CORRECT), ==, 20 * 14 * ROLL_DAY);
    g_assert_cmpfloat(fabs(metric(&run, SIM_METRIC_QUALIFY_RATE) - 20.0 / 60), <, 1e-3);
}

/* Three copies, each lost with its answer at 1 - 0.5^2: the first question fails at 0.75^3. */
static void
packets_lost_cost_records_of_phones_that_are_there(gconstpointer link)
{
    g_autofree char *text = scenario("qualify = 60s, 1 miss", "", "");
    char *pool = strstr(text, "[phones");
    g_autofree char *lossy = g_strdup_printf("%.*sloss = 50%%\n%s", (int)(pool - text), text, pool);
    g_auto(Simulated) run = simulate(lossy, GPOINTER_TO_INT(link));
    /* A record lives for half a period until it is first asked, a whole one for each question that
     * is answered, and until the answer to the last one is waited for in vain. */
    double p = pow(0.75, 3);
    double copies = (1 - p) / 0.25;
    double life = 30 + 60 * (1 / p - 1) + 3;
    g_assert_cmpfloat(metric(&run, SIM_METRIC_MISSING_SHARE), >, 0.5);
    double asked = metric(&run, SIM_METRIC_QUALIFY_RATE) / metric(&run, SIM_METRIC_TABLE_SIZE);
    g_assert_cmpfloat(fabs(asked / (copies / p / life) - 1), <, 0.1);
}

static void
a_call_in_vain_removes_the_record_after_timer_b(gconstpointer link)
{
    g_autofree char *text = scenario("", "power = fails exp(8h), back after 2h",
                                     "rate = 3600/h per phone\nfailed-records = removed\n");
    memcpy(strstr(text, "14d"), "2d ", 3);
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    /* A call every second: the first one in vain comes after 1 s on average. */
    g_assert_cmpint(tally(&run, SIM_TALLY_STALE_ENDED), >, 50);
    g_assert_cmpfloat(fabs(metric(&run, SIM_METRIC_STALE_LIFE) - 33), <, 0.5);
}

/* A call that was in vain must not remove what was registered since. */
static void
a_record_refreshed_meanwhile_stays(gconstpointer link)
{
    g_autofree char *text = scenario("", "power = fails exp(1h), back after 2s\nboot = 1s",
                                     "rate = 3600/h per phone\nfailed-records = removed\n");
    memcpy(strstr(text, "14d"), "1d ", 3);
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    g_assert_cmpint(tally(&run, SIM_TALLY_CALL_DEAD), >, 100);
    g_assert_cmpint(tally(&run, SIM_TALLY_MISSING), ==, 0);
}

static void
note_call(void *data, const SimTrace *trace, const char *name)
{
    (void)name;
    GArray *times = data;
    if (trace->kind == SIM_TRACE_CALL)
        g_array_append_val(times, trace->at);
}

static void
calls_keep_to_the_hours_of_their_pattern(gconstpointer link)
{
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(RollTime));
    g_autofree char *text =
        scenario("", "", "rate = 1/h per phone\npattern = daily 0, mon-tue 09:00-10:30 1\n");
    SimRunOptions options = {
        .link = GPOINTER_TO_INT(link), .trace = note_call, .trace_data = times};
    g_auto(Simulated) run = simulate_with(text, &options);
    g_assert_cmpfloat(fabs(times->len / (14.0 * 24 * 20) - 1), <, 0.1);
    g_assert_cmpint(tally(&run, SIM_TALLY_CALL_REACHED), ==, times->len);
    for (guint i = 0; i < times->len; i++) {
        RollTime at = g_array_index(times, RollTime, i) % (7 * ROLL_DAY);
        g_assert_cmpint(at / ROLL_DAY, <=, 1);
        g_assert_cmpint(at % ROLL_DAY, >=, 9 * ROLL_HOUR);
        g_assert_cmpint(at % ROLL_DAY, <=, 10 * ROLL_HOUR + 30 * ROLL_MINUTE);
    }
}

/* REGISTERs of a phone that is called at rate k and puts its timer T off at each call:
 * 1/E[min(T, Exp(k))] by renewal theory, less those that calls stand in for. */
static void
a_call_puts_the_refresh_off(gconstpointer link)
{
    const double t = 1800;
    const double k = 2.0 / 3600;
    g_autofree char *text = scenario("max-expires = none",
                                     "refresh = 30min\n"
                                     "refresh-after-call = yes",
                                     "rate = 2/h per phone\n");
    char *expires = strstr(text, "2h\n");
    memcpy(expires, "9d\n", 3);
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    double rate = 20 * k * exp(-k * t) / (1 - exp(-k * t));
    g_assert_cmpfloat(fabs(metric(&run, SIM_METRIC_REGISTER_RATE) / rate - 1), <, 0.05);
    double age = 1 / k - t * exp(-k * t) / (1 - exp(-k * t));
    g_assert_cmpfloat(fabs(metric(&run, SIM_METRIC_KNOWN_AGE) / age - 1), <, 0.05);
}

/* Calls come more often than the refresh interval, yet the record is renewed before it ends. */
static void
a_refresh_is_never_put_off_past_the_end_of_the_record(gconstpointer link)
{
    g_autofree char *text =
        scenario("", "refresh = 90%\nrefresh-after-call = yes", "rate = 60/h per phone\n");
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    g_assert_cmpint(tally(&run, SIM_TALLY_MISSING), ==, 0);
    double slowest = 20 / (0.9 * 7200);
    g_assert_cmpfloat(metric(&run, SIM_METRIC_REGISTER_RATE), <, slowest);
}

static void
add(const char *name, GTestDataFunc test)
{
    g_autofree char *wire = g_strdup_printf("/calls/%s/wire", name);
    g_autofree char *direct = g_strdup_printf("/calls/%s/direct", name);
    g_test_add_data_func(wire, GINT_TO_POINTER(SIM_LINK_WIRE), test);
    g_test_add_data_func(direct, GINT_TO_POINTER(SIM_LINK_DIRECT), test);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("a-dead-record-is-found-by-asking", a_dead_record_is_found_by_asking);
    add("who-answers-is-asked-once-a-period-and-stays",
        who_answers_is_asked_once_a_period_and_stays);
    add("packets-lost-cost-records-of-phones-that-are-there",
        packets_lost_cost_records_of_phones_that_are_there);
    add("a-call-in-vain-removes-the-record-after-timer-b",
        a_call_in_vain_removes_the_record_after_timer_b);
    add("a-record-refreshed-meanwhile-stays", a_record_refreshed_meanwhile_stays);
    add("calls-keep-to-the-hours-of-their-pattern", calls_keep_to_the_hours_of_their_pattern);
    add("a-call-puts-the-refresh-off", a_call_puts_the_refresh_off);
    add("a-refresh-is-never-put-off-past-the-end-of-the-record",
        a_refresh_is_never_put_off_past_the_end_of_the_record);
    return g_test_run();
}
