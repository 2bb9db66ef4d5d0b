/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The load generator without sockets, against a registrar of a few lines that answers when it is
 * told to: when attempts leave, from when their delay counts, and what is sent again. */
#include "sim/load/load.h"
#include "sim/load/schedule.h"

#include <math.h>
#include <string.h>

#define MS ROLL_MILLISECOND

static void
test_fixed(void)
{
    SimSchedule schedule = sim_schedule_start(3, false, sim_random_new(1, 0));
    for (int64_t n = 0; n < 3000000; n++) {
        g_assert_cmpint(schedule.due, ==, n * 1000000 / 3);
        sim_schedule_step(&schedule);
    }
}

static void
test_poisson(void)
{
    SimSchedule schedule = sim_schedule_start(1000, true, sim_random_new(1, 0));
    SimSchedule same = schedule, other = sim_schedule_start(1000, true, sim_random_new(2, 0));
    const int n = 100000;
    int short_ones = 0;
    for (int i = 0; i < n; i++) {
        RollTime last = schedule.due;
        sim_schedule_step(&schedule);
        sim_schedule_step(&same);
        sim_schedule_step(&other);
        g_assert_cmpint(schedule.due, >=, last);
        g_assert_cmpint(schedule.due, ==, same.due);
        short_ones += schedule.due - last < MS;
    }
    g_assert_cmpint(schedule.due, !=, other.due);
    g_assert_cmpfloat(fabs((double)schedule.due / n / 1000 - 1), <, 0.02);
    /* 1 - 1/e of exponential gaps are below their mean. */
    g_assert_cmpfloat(fabs((double)short_ones / n - 0.632), <, 0.01);
}

static void
test_quantiles(void)
{
    static const double ps[] = {0.5, 0.9, 0.99, 0.999};
    SimDelays *delays = g_new0(SimDelays, 1);
    g_assert_true(isnan(sim_delays_mean(delays)));
    g_assert_cmpint(sim_delays_quantile(delays, 0.5), ==, 0);
    for (int i = 1; i <= 100000; i++)
        sim_delays_add(delays, 17 * i);
    for (size_t i = 0; i < G_N_ELEMENTS(ps); i++) {
        double exact = 17 * ceil(100000 * ps[i]);
        double told = (double)sim_delays_quantile(delays, ps[i]);
        g_assert_cmpfloat(told, >=, exact);
        g_assert_cmpfloat(told, <=, exact * (1 + 1.0 / 64));
    }
    g_assert_cmpint(sim_delays_quantile(delays, 1), ==, 1700000);
    g_assert_cmpfloat(sim_delays_mean(delays), ==, 17 * 50000.5);
    g_free(delays);
}

static void
test_edges(void)
{
    SimDelays *delays = g_new0(SimDelays, 1);
    sim_delays_add(delays, -5);
    g_assert_cmpint(sim_delays_quantile(delays, 1), ==, 0);
    sim_delays_add(delays, 63);
    g_assert_cmpint(sim_delays_quantile(delays, 0.5), ==, 0);
    g_assert_cmpint(sim_delays_quantile(delays, 0.51), ==, 63);
    sim_delays_add(delays, INT64_C(1) << 50);
    g_assert_cmpint(sim_delays_quantile(delays, 1), ==, (INT64_C(1) << 40) - 1);
    g_free(delays);
}

/* Answers after @service, but nothing comes back between @from and @to: what was asked before @to
 * is answered then, or, if it @loses, never. */
typedef struct {
    SimLoad *load;
    RollTime now;
    RollTime service;
    RollTime from;
    RollTime to;
    bool loses;
    bool refuses;
    GQueue answers;
    GArray *sent;
    uint32_t most;
} World;

typedef struct {
    RollTime due;
    char *text;
} Answer;

static void
append_line(GString *out, const char *text, const char *name)
{
    const char *line = strstr(text, name);
    g_assert_nonnull(line);
    g_string_append_len(out, line, strstr(line, "\r\n") + 2 - line);
}

static void
on_send(void *user_data, unsigned line, const char *data, size_t len)
{
    World *self = user_data;
    g_autofree char *text = g_strndup(data, len);
    g_array_append_val(self->sent, self->now);
    g_assert_cmpuint(line, ==, 0);
    bool stalled = self->now >= self->from && self->now < self->to;
    if ((stalled && self->loses) || g_str_has_prefix(text, "ACK"))
        return;
    bool proven = strstr(text, "\r\nAuthorization: ") != NULL;
    bool call = g_str_has_prefix(text, "INVITE");
    GString *out = g_string_new(self->refuses ? "SIP/2.0 403 Forbidden\r\n"
                                : call        ? "SIP/2.0 302 Moved\r\n"
                                : proven      ? "SIP/2.0 200 OK\r\n"
                                              : "SIP/2.0 401 Unauthorized\r\n");
    static const char *const same[] = {"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "};
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        append_line(out, text, same[i]);
    if (!proven && !call)
        g_string_append(out, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", "
                             "algorithm=MD5\r\n");
    g_string_append(out, "Content-Length: 0\r\n\r\n");
    Answer *answer = g_new(Answer, 1);
    *answer = (Answer){(stalled ? self->to : self->now) + self->service, g_string_free(out, FALSE)};
    g_queue_push_tail(&self->answers, answer);
}

static World *
world_new(uint32_t users, RollTime service)
{
    static const char *const lines[] = {"127.0.0.1:5999"};
    SimLoadPlan plan = {.users = users,
                        .domain = ROLL_TEXT("example.org"),
                        .transport = ROLL_TRANSPORT_UDP,
                        .expires = 3600,
                        .algorithm = ROLL_ALGORITHM_UNKNOWN,
                        .lines = lines,
                        .n_lines = 1,
                        .run = "0badcafe"};
    World *self = g_new0(World, 1);
    g_assert_true(sim_names_parse("u%d", false, &plan.user, NULL));
    g_assert_true(sim_names_parse("p%d", true, &plan.password, NULL));
    self->service = service;
    self->sent = g_array_new(FALSE, FALSE, sizeof(RollTime));
    self->load = sim_load_new(&plan, on_send, self);
    return self;
}

static void
free_answer(void *data)
{
    Answer *answer = data;
    g_free(answer->text);
    g_free(answer);
}

static void
world_free(World *self)
{
    sim_load_free(self->load);
    g_queue_clear_full(&self->answers, free_answer);
    g_array_unref(self->sent);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* Until the phase is over, without waiting. Answers come in the order they were asked for. */
static const SimLoadTally *
run_phase(World *self, const SimLoadPhase *phase)
{
    sim_load_begin(self->load, self->now, phase);
    while (!sim_load_over(self->load)) {
        Answer *next = g_queue_peek_head(&self->answers);
        RollTime wake = sim_load_next_wake(self->load);
        if (next && next->due <= wake) {
            g_queue_pop_head(&self->answers);
            self->now = MAX(self->now, next->due);
            sim_load_receive(self->load, self->now, next->text, strlen(next->text));
            free_answer(next);
            continue;
        }
        g_assert_cmpint(wake, !=, ROLL_NEVER);
        self->now = MAX(self->now, wake);
        sim_load_wake(self->load, self->now);
        self->most = MAX(self->most, sim_load_pending(self->load));
    }
    return sim_load_close(self->load, self->now);
}

/* 400 ms without an answer hold nothing up, and each of the forty that were due in them is late; a
 * closed loop would see one of these. */
static void
test_stall(void)
{
    g_autoptr(World) world = world_new(1000, MS);
    world->from = 4 * ROLL_SECOND;
    world->to = 4400 * MS;
    SimLoadPhase phase = {.rate = 100, .attempts = UINT64_MAX, .duration = 10 * ROLL_SECOND};
    phase.shares[SIM_LOAD_UNAUTHENTICATED] = 1;
    const SimLoadTally *tally = run_phase(world, &phase);
    g_assert_cmpuint(tally->total.effective, ==, 1000);
    g_assert_cmpuint(world->sent->len, ==, 1000);
    for (guint i = 0; i < 1000; i++)
        g_assert_cmpint(g_array_index(world->sent, RollTime, i), ==, (RollTime)i * 10 * MS);
    const SimDelays *delay = &tally->total.delay;
    g_assert_cmpint(delay->max, ==, 401 * MS);
    g_assert_cmpfloat(sim_delays_mean(delay), ==, (960 * 1000 + 40 * 206000) / 1000.0);
    g_assert_cmpint(sim_delays_quantile(delay, 0.96), <=, 1020);
    g_assert_cmpint(sim_delays_quantile(delay, 0.98), >=, 200 * MS);
}

/* One user has one attempt at a time, so those due during the stall leave after it. From when they
 * left they took a millisecond; from when they were due they took up to the whole stall. */
static void
test_omission(void)
{
    g_autoptr(World) world = world_new(1, MS);
    world->from = ROLL_SECOND;
    world->to = 1400 * MS;
    SimLoadPhase phase = {.rate = 100, .attempts = 300};
    phase.shares[SIM_LOAD_UNAUTHENTICATED] = 1;
    const SimLoadTally *tally = run_phase(world, &phase);
    g_assert_cmpuint(tally->total.effective, ==, 300);
    g_assert_cmpint(sim_delays_quantile(&tally->total.reply, 0.99), <=, 1020);
    g_assert_cmpint(sim_delays_quantile(&tally->total.delay, 0.9), >=, 130 * MS);
    g_assert_cmpint(tally->total.delay.max, ==, 401 * MS);
    g_assert_cmpuint(tally->waited, >=, 39);
    g_assert_cmpint(tally->lag.max, ==, 0);
    g_assert_cmpuint(tally->lag.n, ==, 300 - tally->waited);
}

static void
test_window(void)
{
    g_autoptr(World) world = world_new(50, MS);
    SimLoadPhase phase = {.window = 8, .attempts = 400};
    phase.shares[SIM_LOAD_REGISTER] = 1;
    const SimLoadTally *tally = run_phase(world, &phase);
    g_assert_cmpuint(world->most, ==, 8);
    g_assert_cmpuint(tally->total.effective, ==, 400);
    g_assert_cmpuint(tally->requests, ==, 800);
    g_assert_cmpuint(tally->statuses[401], ==, 400);
    /* Two rounds of 1 ms for each eight. */
    g_assert_cmpint(tally->end, ==, 100 * MS);
}

/* The nonce of the registration is used again. */
static void
test_refresh(void)
{
    g_autoptr(World) world = world_new(10, MS);
    SimLoadPhase phase = {.window = 1, .attempts = 10};
    phase.shares[SIM_LOAD_REGISTER] = 1;
    run_phase(world, &phase);
    phase = (SimLoadPhase){.rate = 100, .attempts = 30, .shares = {[SIM_LOAD_REFRESH] = 1}};
    const SimLoadTally *tally = run_phase(world, &phase);
    g_assert_cmpuint(tally->requests, ==, 30);
    g_assert_cmpuint(tally->kinds[SIM_LOAD_REFRESH].effective, ==, 30);
}

/* Timer E of RFC 3261 section 17.1.2.2, until Timer F. */
static void
test_silence(void)
{
    static const RollTime times[] = {0,     500,   1500,  3500,  7500, 11500,
                                     15500, 19500, 23500, 27500, 31500};
    g_autoptr(World) world = world_new(1, MS);
    world->to = ROLL_HOUR;
    world->loses = true;
    SimLoadPhase phase = {.rate = 1, .attempts = 1, .shares = {[SIM_LOAD_REGISTER] = 1}};
    const SimLoadTally *tally = run_phase(world, &phase);
    g_assert_cmpuint(world->sent->len, ==, G_N_ELEMENTS(times));
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        g_assert_cmpint(g_array_index(world->sent, RollTime, i), ==, times[i] * MS);
    g_assert_cmpint(tally->end, ==, 32 * ROLL_SECOND);
    g_assert_cmpuint(tally->total.timed_out, ==, 1);
    g_assert_cmpuint(tally->retransmissions, ==, 10);
    g_assert_cmpfloat(sim_load_tally_ineffective(tally), ==, 100);
    g_assert_cmpuint(tally->total.delay.n, ==, 0);
}

/* What was lost for a time is sent again and counts from the first request. */
static void
test_loss(void)
{
    g_autoptr(World) world = world_new(1000, MS);
    world->from = 2 * ROLL_SECOND;
    world->to = 3 * ROLL_SECOND;
    world->loses = true;
    SimLoadPhase phase = {.rate = 100, .attempts = 500, .shares = {[SIM_LOAD_REGISTER] = 1}};
    const SimLoadTally *tally = run_phase(world, &phase);
    g_assert_cmpuint(tally->total.effective, ==, 500);
    g_assert_cmpfloat(sim_load_tally_ineffective(tally), ==, 0);
    /* Those of the first half of it are lost twice. */
    g_assert_cmpuint(tally->retransmissions, >=, 149);
    g_assert_cmpint(tally->total.reply.max, >=, 1500 * MS);
    g_assert_cmpint(tally->total.reply.max, <=, 1510 * MS);
    g_assert_cmpint(tally->total.reply.max, ==, tally->total.delay.max);
    g_assert_cmpuint(tally->seconds->len, ==, 5);
    const SimLoadSecond *second = &g_array_index(tally->seconds, SimLoadSecond, 2);
    g_assert_cmpuint(second->started, ==, 100);
    g_assert_cmpuint(second->effective, <=, 1);
}

/* An attempt that takes longer than that has failed, and in a strict phase it is the last one. */
static void
test_threshold(void)
{
    g_autoptr(World) world = world_new(1000, MS);
    world->from = ROLL_SECOND;
    world->to = 1400 * MS;
    SimLoadPhase phase = {.rate = 100, .attempts = 500, .threshold = 200 * MS};
    phase.shares[SIM_LOAD_UNAUTHENTICATED] = 1;
    const SimLoadTally *tally = run_phase(world, &phase);
    /* 401 to 211 ms. */
    g_assert_cmpuint(tally->total.failed, ==, 21);
    g_assert_cmpuint(tally->total.timed_out, ==, 0);
    g_assert_cmpuint(tally->total.effective, ==, 479);
    world->from += world->now;
    world->to += world->now;
    phase.strict = true;
    tally = run_phase(world, &phase);
    g_assert_cmpuint(tally->total.started, ==, 141);
    g_assert_cmpuint(tally->total.failed, >, 0);
}

static void
test_refusal(void)
{
    g_autoptr(World) world = world_new(10, MS);
    SimLoadPhase phase = {.rate = 100, .attempts = 20};
    phase.shares[SIM_LOAD_REGISTER] = phase.shares[SIM_LOAD_LOOKUP] = 1;
    const SimLoadTally *tally = run_phase(world, &phase);
    g_assert_cmpuint(tally->total.effective, ==, 20);
    g_assert_cmpuint(tally->acks, ==, tally->kinds[SIM_LOAD_LOOKUP].started);
    g_assert_cmpuint(tally->acks, >, 0);
    g_assert_cmpuint(tally->acks, <, 20);
    world->refuses = true;
    tally = run_phase(world, &phase);
    g_assert_cmpuint(tally->total.failed, ==, 20);
    g_assert_cmpuint(tally->statuses[403], ==, 20);
    g_assert_cmpfloat(sim_load_tally_ineffective(tally), ==, 100);
}

/* Nothing that is no answer to us disturbs: another run's, another user's, no SIP. */
static void
test_foreign(void)
{
    static const char *const texts[] = {
        "",
        "SIP/2.0 200 OK",
        "SIP/2.0 200 OK\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKdeadbeef0000000000000001\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK0badcafe0000ffff00000001\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK0badcafe000\r\n\r\n",
        "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK0badcafe\r\n\r\n",
    };
    g_autoptr(World) world = world_new(1, MS);
    SimLoadPhase phase = {.rate = 1, .attempts = 1, .shares = {[SIM_LOAD_REGISTER] = 1}};
    sim_load_begin(world->load, 0, &phase);
    sim_load_wake(world->load, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        sim_load_receive(world->load, 0, texts[i], strlen(texts[i]));
    const SimLoadTally *tally = sim_load_tally(world->load);
    g_assert_cmpuint(tally->foreign, ==, G_N_ELEMENTS(texts));
    g_assert_cmpuint(tally->replies, ==, 0);
    g_assert_cmpuint(sim_load_pending(world->load), ==, 1);
    sim_load_abandon(world->load);
    g_assert_true(sim_load_over(world->load));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/load/schedule/fixed-does-not-drift", test_fixed);
    g_test_add_func("/load/schedule/poisson", test_poisson);
    g_test_add_func("/load/delays/quantiles-never-flatter", test_quantiles);
    g_test_add_func("/load/delays/edges", test_edges);
    g_test_add_func("/load/stall-holds-nothing-up", test_stall);
    g_test_add_func("/load/delay-counts-from-when-it-was-due", test_omission);
    g_test_add_func("/load/window", test_window);
    g_test_add_func("/load/refresh-uses-the-nonce-again", test_refresh);
    g_test_add_func("/load/silence-until-timer-f", test_silence);
    g_test_add_func("/load/lost-requests-are-sent-again", test_loss);
    g_test_add_func("/load/threshold-and-strict", test_threshold);
    g_test_add_func("/load/refusals-and-acks", test_refusal);
    g_test_add_func("/load/foreign-messages", test_foreign);
    return g_test_run();
}
