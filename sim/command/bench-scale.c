/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall bench --suite scale`: the whole simulation on the direct link from ten thousand to ten
 * million phones, beside a loop that does nothing but take the events of the same phones out of
 * time buckets and put them back (tests/bench/bare-loop.c).
 *
 * Each size is simulated by a process of its own, whose largest resident set the kernel tells.
 * After an hour, when all phones have come and the first have refreshed, five spans of simulated
 * time are measured one after the other. */
#include "sim/command/bench.h"
#include "sim/command/command.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char SCENARIO[] =
    "[scenario]\n"
    "title = bench\n"
    "warmup = 1h\n"
    "duration = %" G_GUINT64_FORMAT "s\n"
    "start = all-on\n"
    "bin = 1h\n"
    "[registrar]\n"
    "domain = example.org\n"
    "auth = none\n" SIM_BENCH_PHONES "power = fails exp(8h), back after exp(2h)\n";

static const unsigned SIZES[] = {10000, 100000, 1000000, 10000000};

enum { WARMUP_S = 3600, LEAST_EVENTS = 1000000 };

/* Of one size; @base: bytes that a run of one phone takes. */
typedef struct {
    double event[SIM_FIGURES_RUNS]; /* ns */
    double per_registration;        /* events */
    double bytes;
} Cost;

/* What the process that simulates writes down at the end of each span. */
typedef struct {
    RollTime span;
    RollTime next;
    size_t n;
    double cpu[SIM_FIGURES_RUNS + 1];
    uint64_t events[SIM_FIGURES_RUNS + 1];
} Watch;

static bool
on_progress(void *data, RollTime now, uint64_t events)
{
    Watch *self = data;
    if (now < self->next || self->n > SIM_FIGURES_RUNS)
        return true;
    self->cpu[self->n] = sim_run_cpu();
    self->events[self->n++] = events;
    self->next += self->span;
    return true;
}

/* Seconds of simulated time in which about a million things happen, from six minutes to a day. */
static uint64_t
span_of(unsigned phones)
{
    double events_a_second = 4.2 * phones * 0.8 / 1800;
    return (uint64_t)CLAMP(ceil(LEAST_EVENTS / events_a_second), 360, 86400);
}

static bool
simulate(unsigned phones, Cost *out)
{
    uint64_t span = span_of(phones);
    uint64_t duration = WARMUP_S + (SIM_FIGURES_RUNS + 1) * span;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf(SCENARIO, duration, phones);
    g_autoptr(SimScenario) scenario =
        sim_scenario_parse("scale.ini", text, strlen(text), NULL, &error);
    Watch watch = {.span = (RollTime)span * ROLL_SECOND, .next = WARMUP_S * ROLL_SECOND};
    SimRunOptions options = {
        .link = SIM_LINK_DIRECT, .progress = on_progress, .progress_data = &watch};
    g_autoptr(SimResult) result = scenario != NULL ? sim_run(scenario, &options, &error) : NULL;
    if (result == NULL) {
        sim_command_fail(error);
        return false;
    }
    for (size_t i = 0; i < SIM_FIGURES_RUNS && i + 1 < watch.n; i++)
        out->event[i] = 1e9 * (watch.cpu[i + 1] - watch.cpu[i]) /
                        (double)(watch.events[i + 1] - watch.events[i]);
    out->per_registration =
        (double)(result->events - watch.events[0]) / (double)result->registrations;
    return true;
}

/* In a process of its own. */
static bool
measure(unsigned phones, Cost *out)
{
    int ends[2];
    int status;
    struct rusage usage;
    if (pipe(ends) != 0)
        return false;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        Cost cost = {0};
        bool good = simulate(phones, &cost) && write(ends[1], &cost, sizeof cost) == sizeof cost;
        _exit(good ? 0 : 1);
    }
    close(ends[1]);
    bool good = child > 0 && read(ends[0], out, sizeof *out) == sizeof *out;
    close(ends[0]);
    if (child < 0 || wait4(child, &status, 0, &usage) < 0)
        return false;
    out->bytes = 1024.0 * (double)usage.ru_maxrss;
    return good && status == 0;
}

/* ns for an event of the bare loop; NaN without its program. */
static double
run_bare(const char *program, unsigned phones)
{
    g_autofree char *n = g_strdup_printf("%u", phones);
    g_autofree char *hours = g_strdup_printf("%g", (double)(WARMUP_S + span_of(phones)) / 3600);
    char *command[] = {(char *)program, n, hours, NULL};
    g_autofree char *out = NULL;
    int status;
    double cost = NAN;
    if (g_spawn_sync(NULL, command, NULL, 0, NULL, NULL, &out, NULL, &status, NULL) && status == 0)
        sscanf(out, "%*s %lf", &cost);
    return cost;
}

static bool
measure_bare(const char *program, unsigned phones, double costs[SIM_FIGURES_RUNS])
{
    if (program == NULL)
        return false;
    for (size_t i = 0; i < SIM_FIGURES_RUNS; i++)
        costs[i] = run_bare(program, phones);
    if (!isnan(costs[0]))
        return true;
    fprintf(stderr, "rollcall: %s does not run: no ratios to the bare loop\n", program);
    return false;
}

static void
report(SimFigures *out, unsigned phones, Cost *cost, double event)
{
    double registration = event * cost->per_registration;
    sim_figures_add(out, event, "ns", "scale-%u-event", phones);
    sim_figures_add(out, registration, "ns", "scale-%u-registration", phones);
    sim_figures_add(out, 1e9 / registration, "/s", "scale-%u-registrations", phones);
    sim_figures_add(out, cost->bytes / phones, "B/phone", "scale-%u-memory", phones);
}

bool
sim_bench_scale(SimFigures *out, const SimBenchOptions *options)
{
    double first = NAN;
    Cost one;
    g_autofree char *bare_loop = sim_bench_program(options, "bare-loop");
    if (!measure(1, &one))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(SIZES) && SIZES[i] <= options->most; i++) {
        Cost cost;
        double bare[SIM_FIGURES_RUNS];
        unsigned phones = SIZES[i];
        bool beside = measure_bare(bare_loop, phones, bare);
        if (!measure(phones, &cost)) {
            fprintf(stderr, "rollcall: the run of %u phones failed\n", phones);
            return false;
        }
        cost.bytes -= one.bytes;
        double event = sim_figures_median(cost.event, SIM_FIGURES_RUNS);
        report(out, phones, &cost, event);
        if (beside) {
            double floor = sim_figures_median(bare, SIM_FIGURES_RUNS);
            sim_figures_add(out, floor, "ns", "scale-%u-bare-event", phones);
            sim_figures_add(out, event / floor, "x", "scale-%u-event-ratio", phones);
        }
        if (phones == 100000)
            first = event;
        if (phones > 100000)
            sim_figures_add(out, event / first, "x", "scale-%u-growth", phones);
    }
    return true;
}
