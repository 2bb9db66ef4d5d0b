/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packets that are lost, each by itself and in each direction with the same probability: what Timer
 * E and Timer F make of it (RFC 3261 section 17.1.2.2), and what soft state without them would. */
#include "sim/experiment/oracles/oracle.h"

#define MOST_PHONES 4000

/* @share_unheard: whether that is frequent enough to be counted. */
typedef struct {
    unsigned phones;
    double hours;
    double loss;
    double refresh;
    double expiry;
    bool share_unheard;
} Loss;

static char *
loss_parameters(const void *which)
{
    const Loss *c = which;
    return g_strdup_printf("loss %g%% E %g s R %g s", 100 * c->loss, c->expiry, c->refresh);
}

/* Before it nothing counts. */
static double
settling(const Loss *c)
{
    return 4 * c->expiry;
}

static char *
loss_scenario(const Loss *c, const char *auth, const char *lines)
{
    g_autofree char *loss = g_strdup_printf("loss = %g%%", 100 * c->loss);
    SimOracleWorld world = {.phones = c->phones,
                            .hours = c->hours,
                            .warmup = settling(c),
                            .auth = auth,
                            .network = loss};
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = %gs\n"
                           "refresh = %gs\n"
                           "%s",
                           c->expiry, c->refresh, lines);
}

/* What becomes of transactions from @begin on, by phone modulo batches.
 * @heard: by phone: a copy of the request under way has arrived */
typedef struct {
    RollTime begin;
    double ended[SIM_ORACLE_BATCHES];
    double unheard[SIM_ORACLE_BATCHES];
    double failed_but_heard[SIM_ORACLE_BATCHES];
    double granted[SIM_ORACLE_BATCHES];
    double lapsed[SIM_ORACLE_BATCHES];
    bool heard[MOST_PHONES];
} Watch;

static void
count(Watch *self, const SimTrace *trace)
{
    unsigned batch = trace->phone % SIM_ORACLE_BATCHES;
    bool heard = self->heard[trace->phone];
    switch (trace->kind) {
    case SIM_TRACE_ARRIVED:
        self->granted[batch] += trace->code == 200 && !heard;
        break;
    case SIM_TRACE_RECEIVED:
        self->ended[batch]++;
        break;
    case SIM_TRACE_GAVE_UP:
        self->ended[batch]++;
        self->unheard[batch] += !heard;
        self->failed_but_heard[batch] += heard;
        break;
    case SIM_TRACE_EXPIRED:
        self->lapsed[batch]++;
        break;
    default:
        break;
    }
}

static void
on_trace(void *data, const SimTrace *trace, const char *name)
{
    Watch *self = data;
    (void)name;
    if (trace->at >= self->begin)
        count(self, trace);
    if (trace->kind == SIM_TRACE_SENT && trace->number == 0)
        self->heard[trace->phone] = false;
    else if (trace->kind == SIM_TRACE_ARRIVED)
        self->heard[trace->phone] = true;
}

static void
watch_transactions(void *watch, const void *which, SimRunOptions *options)
{
    ((Watch *)watch)->begin = (RollTime)(settling(which) * (double)ROLL_SECOND);
    options->trace = on_trace;
    options->trace_data = watch;
}

static void
add_share(GArray *values, const char *metric, const double *over, const double *under, double exact)
{
    SimOracleRatio ratio;
    memcpy(ratio.over, over, sizeof ratio.over);
    memcpy(ratio.under, under, sizeof ratio.under);
    sim_oracle_add_ratio(values, metric, &ratio, exact);
}

static const Loss TRANSACTION[] = {
    {4000, 2.5, 0.5, 60, 120, false},
    {4000, 2.2, 0.75, 60, 120, true},
    {4000, 1, 0.8, 60, 120, true},
};

static char *
transaction_scenario(const void *which, unsigned point)
{
    (void)point;
    return loss_scenario(which, "none", "retry = 30s\n");
}

static void
transaction_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Loss *c = which;
    const Watch *watch = run->watches[0];
    const SimResult *result = run->results[0];
    double fails = sim_exact_fails(c->loss);
    double unheard = sim_exact_unheard(c->loss);
    sim_oracle_add_metric(values, result, SIM_METRIC_INEFFECTIVE_ATTEMPTS, fails);
    sim_oracle_add_metric(values, result, SIM_METRIC_REGISTRATION_DELAY, sim_exact_delay(c->loss));
    add_share(values, "failed-but-refreshed", watch->failed_but_heard, watch->ended,
              fails - unheard);
    if (c->share_unheard)
        add_share(values, "never-arrived", watch->unheard, watch->ended, unheard);
}

const SimOracle sim_oracle_transaction = {
    .name = "loss-transaction",
    SIM_ORACLE_CASES(TRANSACTION),
    .parameters = loss_parameters,
    .scenario = transaction_scenario,
    .watch_size = sizeof(Watch),
    .watch = watch_transactions,
    .observe = transaction_observe,
};

/* A challenge each time: two transactions, both of which must succeed. */
static const Loss DIGEST[] = {{4000, 1.5, 0.5, 60, 120, false}, {4000, 1, 0.6, 60, 120, false}};

static char *
digest_scenario(const void *which, unsigned point)
{
    (void)point;
    return loss_scenario(which, "digest", "credentials = fresh\nretry = 30s\n");
}

static void
digest_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Loss *c = which;
    const SimResult *result = run->results[0];
    double succeeds = 1 - sim_exact_fails(c->loss);
    sim_oracle_add_metric(values, result, SIM_METRIC_INEFFECTIVE_ATTEMPTS, 1 - succeeds * succeeds);
    sim_oracle_add_metric(values, result, SIM_METRIC_REGISTRATION_DELAY,
                          2 * sim_exact_delay(c->loss));
}

const SimOracle sim_oracle_digest = {
    .name = "loss-digest",
    SIM_ORACLE_CASES(DIGEST),
    .parameters = loss_parameters,
    .scenario = digest_scenario,
    .observe = digest_observe,
};

/* Refreshes so late that few copies are left before the record lapses. No copy is sent at the very
 * instant of a lapse. */
static const Loss REFRESH_LOSS[] = {{4000, 2.5, 0.2, 59.8, 61, false},
                                    {4000, 8, 0.15, 89.7, 91, false}};

static void
lapse_observe(const SimOracleRun *run, SimExactRefresh exact, GArray *values)
{
    const Watch *watch = run->watches[0];
    add_share(values, "lapses-per-refresh", watch->lapsed, watch->granted, exact.lapse);
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_MISSING_SHARE, exact.missing);
}

static void
refresh_loss_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Loss *c = which;
    lapse_observe(run, sim_exact_refresh(c->loss, c->refresh, c->expiry), values);
}

const SimOracle sim_oracle_refresh_loss = {
    .name = "loss-late-refresh",
    SIM_ORACLE_CASES(REFRESH_LOSS),
    .parameters = loss_parameters,
    .scenario = transaction_scenario,
    .watch_size = sizeof(Watch),
    .watch = watch_transactions,
    .observe = refresh_loss_observe,
};

/* One packet each @refresh: Timer F comes before the first retransmission, and the next try when
 * the refresh would have been, whether it succeeded or not. */
static const Loss SOFT_STATE[] = {{4000, 3, 0.3, 100, 250, false},
                                  {4000, 3, 0.5, 100, 340, false},
                                  {4000, 3, 0.2, 100, 190, false}};

static char *
soft_state_scenario(const void *which, unsigned point)
{
    const Loss *c = which;
    g_autofree char *lines =
        g_strdup_printf("timeout = 400ms\nretry = %gs from sending\n", c->refresh);
    (void)point;
    return loss_scenario(c, "none", lines);
}

static void
soft_state_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Loss *c = which;
    lapse_observe(run, sim_exact_soft_state(c->loss, c->refresh, c->expiry), values);
}

const SimOracle sim_oracle_soft_state = {
    .name = "loss-soft-state",
    SIM_ORACLE_CASES(SOFT_STATE),
    .parameters = loss_parameters,
    .scenario = soft_state_scenario,
    .watch_size = sizeof(Watch),
    .watch = watch_transactions,
    .observe = soft_state_observe,
};
