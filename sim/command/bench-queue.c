/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall bench --suite queue`: the event queue beside other structures under the hold model: the
 * first event is popped and pushed again, later by the next of a list of increments. These were
 * recorded: a small town is simulated for a day, and each event it pushes tells how far ahead it
 * was and of which class.
 *
 * The events that are there at the start are drawn as they would be after an endless time: an
 * increment is under way with a chance in proportion to its length, and anywhere in it. As many
 * holds as there are events go by before the measurement, four million at most, for the memory to
 * get out of order. A span that is measured is longer than a revolution of the queue, so that each
 * has its share of what is done once in a revolution. Each structure is measured in a process of
 * its own, and all have to pop the same. */
#include "sim/command/bench-heaps.h"
#include "sim/command/bench.h"
#include "sim/command/command.h"
#include "sim/engine/queue.h"
#include "sim/engine/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* scenarios/town-day.ini with a twentieth of its phones. */
static const char TOWN[] =
    "[scenario]\n"
    "duration = %uh\n"
    "start = stationary\n"
    "[registrar]\n"
    "default-expires = 1h\n"
    "min-expires = 60s\n"
    "max-expires = 2h\n"
    "auth = digest\n"
    "purge-interval = 60s\n"
    "[network adsl]\n"
    "pool = 10.16.0.0/15\n"
    "address = changes every 24h\n"
    "delay = lognormal(15ms, 0.4)\n"
    "loss = 0.1%%\n"
    "[network office]\n"
    "pool = 10.32.0.0/18\n"
    "delay = uniform(2ms, 8ms)\n"
    "[network cafe]\n"
    "pool = 10.64.0.0/20\n"
    "address = keeps while on\n"
    "delay = lognormal(25ms, 0.6)\n"
    "loss = 1%%\n"
    "[network leased]\n"
    "pool = 198.18.0.0/22\n"
    "delay = 5ms\n"
    "[phones desk]\n"
    "count = 200\n"
    "profile = yealink\n"
    "network = office\n"
    "power = fails exp(357d), back after exp(121.3min)\n"
    "boot = uniform(30s, 90s)\n"
    "[phones adapters]\n"
    "count = 150\n"
    "profile = panasonic\n"
    "network = adsl\n"
    "power = fails exp(357d), back after exp(121.3min)\n"
    "notices = at refresh\n"
    "[phones softphones]\n"
    "count = 75\n"
    "profile = baresip\n"
    "network = office\n"
    "power = weekdays 08:00-18:00, spread 60min\n"
    "leaves = unregisters 95%%\n"
    "[phones mobiles]\n"
    "count = 50\n"
    "profile = linphone\n"
    "places = adsl for lognormal(8h, 0.5) 40%%, office for lognormal(4h, 0.5)"
    " 30%%, cafe for exp(40min) 30%%\n"
    "notices = 80%% after exp(10s)\n"
    "power = on exp(5d), off exp(30min)\n"
    "leaves = unregisters 70%%\n"
    "[phones trunks]\n"
    "count = 15\n"
    "profile = asterisk-chansip\n"
    "network = leased\n"
    "[calls]\n"
    "rate = 0.5/h per phone\n";

#define LANE (5 * ROLL_MILLISECOND)

enum { MOST_WARMUP = 4000000, LEAST_WARMUP = 200000, SPAN = 500000, MEMORY_FROM = 1000000 };

static const unsigned SIZES[] = {1000, 10000, 100000, 1000000, 10000000};

typedef struct {
    RollTime ahead;
    SimClass class;
} Increment;

/* @all: #Increment; @sums: double, of the increments up to each */
typedef struct {
    GArray *all;
    GArray *sums;
} Recorded;

/* What is found out about one structure with one population. */
typedef struct {
    double hold[SIM_FIGURES_RUNS]; /* ns */
    double bytes;
    uint64_t popped; /* digest of all that was popped, in its order */
} Cost;

static void
on_pushed(void *data, RollTime now, const SimEvent *event)
{
    Increment increment = {event->due - now, sim_event_class(event)};
    /* Not the start, when everything is pushed at once. */
    if (now > 0)
        g_array_append_val((GArray *)data, increment);
}

static bool
record(Recorded *out, unsigned hours)
{
    g_autofree char *text = g_strdup_printf(TOWN, hours);
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) scenario =
        sim_scenario_parse("town.ini", text, strlen(text), NULL, &error);
    out->all = g_array_new(FALSE, FALSE, sizeof(Increment));
    out->sums = g_array_new(FALSE, FALSE, sizeof(double));
    SimRunOptions options = {.link = SIM_LINK_DIRECT, .pushed = on_pushed, .pushed_data = out->all};
    g_autoptr(SimResult) result = scenario != NULL ? sim_run(scenario, &options, &error) : NULL;
    if (result == NULL) {
        sim_command_fail(error);
        return false;
    }
    double sum = 0;
    for (guint i = 0; i < out->all->len; i++) {
        sum += (double)g_array_index(out->all, Increment, i).ahead;
        g_array_append_val(out->sums, sum);
    }
    return true;
}

static void
clear(Recorded *recorded)
{
    g_clear_pointer(&recorded->all, g_array_unref);
    g_clear_pointer(&recorded->sums, g_array_unref);
}

static void *
buckets_create(const SimEventLoad *load)
{
    return sim_queue_new(0, load->per_second);
}

static void *
lanes_create(const SimEventLoad *load)
{
    SimQueue *self = sim_queue_new(0, load->per_second - load->lanes);
    sim_queue_add_lane(self, ROLL_T1);
    sim_queue_add_lane(self, LANE);
    return self;
}

static void
buckets_push(void *self, const SimEvent *event)
{
    sim_queue_push(self, *event);
}

static void
buckets_pop(void *self, SimEvent *out)
{
    sim_queue_pop(self, ROLL_NEVER, out);
}

static void
buckets_destroy(void *self)
{
    sim_queue_free(self);
}

static const SimEventSet buckets = {"buckets",    SIZE_MAX,    buckets_create,
                                    buckets_push, buckets_pop, buckets_destroy};
static const SimEventSet lanes = {"lanes",      SIZE_MAX,    lanes_create,
                                  buckets_push, buckets_pop, buckets_destroy};

/* What is left of an increment that is under way, and its class. */
static SimEvent
draw_start(const Recorded *recorded, const SimRandom *random, uint32_t i)
{
    const double *sums = (const double *)recorded->sums->data;
    size_t low = 0;
    size_t high = recorded->sums->len - 1;
    double at = sim_random_uniform(random, i, SIM_PURPOSE_START, 0, 0) * sums[high];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sums[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return (SimEvent){(RollTime)(sums[low] - at),
                      sim_order(g_array_index(recorded->all, Increment, low).class, i, 0), 0, 0};
}

/* An increment for one event; entities differ, so the order is total. */
static inline void
push_later(const SimEventSet *set, void *events, SimEvent *event, const Increment *increment)
{
    event->due += increment->ahead;
    event->order = sim_order(increment->class, sim_event_entity(event), 0);
    set->push(events, event);
}

/* @at: (inout): the increment whose turn it is. Returns: digest of what was popped */
static uint64_t
hold(const SimEventSet *set, void *events, const Recorded *recorded, guint *at, size_t rounds)
{
    const Increment *all = (const Increment *)recorded->all->data;
    uint64_t popped = 0;
    for (size_t i = 0; i < rounds; i++) {
        SimEvent event;
        set->pop(events, &event);
        popped = (popped ^ (uint64_t)event.due ^ event.order) * UINT64_C(0x9e3779b97f4a7c15);
        push_later(set, events, &event, &all[*at]);
        *at = *at + 1 < recorded->all->len ? *at + 1 : 0;
    }
    return popped;
}

/* It reads all there is, so that afterwards none of it is new to a process that was forked. */
static SimEventLoad
make_load(const Recorded *recorded, size_t size)
{
    double in_lanes = 0;
    double mean = 0;
    double n = recorded->all->len;
    for (guint i = 0; i < recorded->all->len; i++) {
        RollTime ahead = g_array_index(recorded->all, Increment, i).ahead;
        in_lanes += (ahead == ROLL_T1 || ahead == LANE) / n;
        mean = MAX(mean, g_array_index(recorded->sums, double, i) / n);
    }
    double per_second = (double)size * ROLL_SECOND / mean;
    return (SimEventLoad){size, per_second, per_second * in_lanes};
}

/* Bytes that are resident now. */
static double
resident(void)
{
    g_autofree char *text = NULL;
    unsigned long pages = 0;
    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        sscanf(text, "%*u %lu", &pages);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void *
fill(const SimEventSet *set, const Recorded *recorded, const SimEventLoad *load)
{
    SimRandom random = sim_random_new(1, 0);
    void *events = set->create(load);
    for (uint32_t i = 0; i < load->size; i++) {
        SimEvent event = draw_start(recorded, &random, i);
        set->push(events, &event);
    }
    return events;
}

static void
measure(const SimEventSet *set, const Recorded *recorded, size_t size, Cost *out)
{
    SimEventLoad load = make_load(recorded, size);
    double before = resident();
    void *events = fill(set, recorded, &load);
    guint at = 0;
    out->popped = hold(set, events, recorded, &at, CLAMP(size, LEAST_WARMUP, MOST_WARMUP));
    for (size_t run = 0; run < SIM_FIGURES_RUNS; run++) {
        double began = sim_run_cpu();
        out->popped ^= hold(set, events, recorded, &at, SPAN);
        out->hold[run] = 1e9 * (sim_run_cpu() - began) / SPAN;
    }
    out->bytes = (resident() - before) / (double)size;
    set->destroy(events);
}

/* In a process of its own, so that none finds the memory another one has left. */
static bool
measure_apart(const SimEventSet *set, const Recorded *recorded, size_t size, Cost *out)
{
    int ends[2];
    int status;
    if (pipe(ends) != 0)
        return false;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        Cost cost;
        measure(set, recorded, size, &cost);
        _exit(write(ends[1], &cost, sizeof cost) == sizeof cost ? 0 : 1);
    }
    close(ends[1]);
    bool good = child > 0 && read(ends[0], out, sizeof *out) == sizeof *out;
    close(ends[0]);
    return child > 0 && waitpid(child, &status, 0) == child && good && status == 0;
}

static void
report(SimFigures *out, const char *name, unsigned size, Cost *cost, double ours)
{
    double hold = sim_figures_median(cost->hold, SIM_FIGURES_RUNS);
    sim_figures_add(out, hold, "ns", "queue-%s-%u", name, size);
    if (!isnan(ours))
        sim_figures_add(out, hold / ours, "x", "queue-%s-%u-ratio", name, size);
    if (size >= MEMORY_FROM)
        sim_figures_add(out, cost->bytes, "B", "queue-%s-%u-memory", name, size);
}

static bool
compare(SimFigures *out, const Recorded *recorded, unsigned size)
{
    static const SimEventSet *const sets[] = {
        &buckets,           &lanes,           &sim_bench_heap2,    &sim_bench_heap4,
        &sim_bench_pairing, &sim_bench_gtree, &sim_bench_gsequence};
    uint64_t popped = 0;
    double ours = NAN;
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        Cost cost;
        if (size > sets[i]->most)
            continue;
        if (!measure_apart(sets[i], recorded, size, &cost)) {
            fprintf(stderr, "rollcall: %s of %u events: the process failed\n", sets[i]->name, size);
            return false;
        }
        if (i == 0)
            popped = cost.popped;
        if (cost.popped != popped) {
            fprintf(stderr, "rollcall: %s pops other events than %s\n", sets[i]->name,
                    sets[0]->name);
            return false;
        }
        report(out, sets[i]->name, size, &cost, ours);
        if (i == 0)
            ours = sim_figures_median(cost.hold, SIM_FIGURES_RUNS);
    }
    return true;
}

bool
sim_bench_queue(SimFigures *out, const SimBenchOptions *options)
{
    Recorded recorded = {0};
    bool good = record(&recorded, 24);
    for (size_t i = 0; good && i < G_N_ELEMENTS(SIZES) && SIZES[i] <= options->most; i++)
        good = compare(out, &recorded, SIZES[i]);
    clear(&recorded);
    return good;
}

bool
sim_bench_hold(SimFigures *out, const SimBenchOptions *options)
{
    enum { SIZE = 10000, HOURS = 2 };
    Recorded recorded = {0};
    bool good = record(&recorded, HOURS);
    if (good) {
        SimEventLoad load = make_load(&recorded, SIZE);
        void *events = fill(&lanes, &recorded, &load);
        guint at = 0;
        double began = sim_run_cpu();
        hold(&lanes, events, &recorded, &at, options->most);
        sim_figures_add(out, 1e9 * (sim_run_cpu() - began) / options->most, "ns", "hold");
        lanes.destroy(events);
    }
    clear(&recorded);
    return good;
}
