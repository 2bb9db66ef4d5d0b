/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A task is one observation of one case. Tasks share nothing but constants, so they may run on any
 * thread in any order; what they found is put together afterwards, in the order of the list. */
#include "sim/experiment/validate.h"

#include <math.h>

typedef struct {
    const SimOracle *oracle;
    const void *which;
    uint64_t seed;
    uint32_t replication;
    GArray *values; /* SimOracleValue; NULL if it failed */
    GError *error;
} Task;

typedef struct {
    const SimValidateOptions *options;
    GArray *tasks; /* Task */
    GMutex mutex;
    GCond changed;
    unsigned done;
} Batch;

static const SimOracle *const ORACLES[] = {
#define X(id) &sim_oracle_##id,
    SIM_ORACLES(X)
#undef X
};

void
sim_row_judge(SimRow *self)
{
    const SimOracleValue *value = &self->value;
    double off = value->seen - value->exact;
    bool equal = fabs(off) <= 1e-9 * fabs(value->exact);
    self->z = value->error == 0 && equal ? 0 : off / value->error;
    self->flaws = SIM_ROW_MET;
    /* Written so that what is not a number is a flaw. */
    if (!(fabs(self->z) <= SIM_ROW_MOST_Z))
        self->flaws |= SIM_ROW_FAR;
    if (!(value->error <= SIM_ROW_MOST_ERROR * fabs(value->exact)))
        self->flaws |= SIM_ROW_VAGUE;
}

static unsigned
points_of(const SimOracle *oracle)
{
    return MAX(oracle->n_points, 1);
}

static unsigned
replications_of(const SimOracle *oracle)
{
    return MAX(oracle->replications, 1);
}

/* Scenario, result and watch of one point; all NULL before they are made. */
typedef struct {
    SimScenario *scenario;
    SimResult *result;
    void *watch;
} Point;

static bool
run_point(Task *task, SimLinkKind link, unsigned point, Point *out)
{
    const SimOracle *oracle = task->oracle;
    g_autofree char *text = oracle->scenario(task->which, point);
    g_autofree char *path = g_strdup_printf("%s.ini", oracle->name);
    out->scenario = sim_scenario_parse(path, text, strlen(text), NULL, &task->error);
    if (out->scenario == NULL)
        return false;
    SimRunOptions options = {.link = link};
    out->scenario->seed = task->seed;
    out->scenario->replication = task->replication;
    out->watch = g_malloc0(oracle->watch_size);
    if (oracle->watch != NULL)
        oracle->watch(out->watch, task->which, &options);
    out->result = sim_run(out->scenario, &options, &task->error);
    return out->result != NULL;
}

static void
observe(Task *task, SimLinkKind link)
{
    unsigned n = points_of(task->oracle);
    g_autofree Point *points = g_new0(Point, n);
    g_autofree SimResult **results = g_new0(SimResult *, n);
    g_autofree void **watches = g_new0(void *, n);
    bool ran = true;
    for (unsigned i = 0; i < n && ran; i++) {
        ran = run_point(task, link, i, &points[i]);
        results[i] = points[i].result;
        watches[i] = points[i].watch;
    }
    if (ran) {
        SimOracleRun run = {results, watches};
        task->values = g_array_new(FALSE, TRUE, sizeof(SimOracleValue));
        task->oracle->observe(task->which, &run, task->values);
    }
    for (unsigned i = 0; i < n; i++) {
        g_clear_pointer(&points[i].result, sim_result_free);
        g_clear_pointer(&points[i].scenario, sim_scenario_free);
        g_free(points[i].watch);
    }
}

static void
run_task(void *data, void *user_data)
{
    Batch *batch = user_data;
    observe(data, batch->options->link);
    g_mutex_lock(&batch->mutex);
    batch->done++;
    g_cond_signal(&batch->changed);
    g_mutex_unlock(&batch->mutex);
}

/* Each case has chance of its own, which does not depend on what other oracles there are. */
static uint64_t
seed_of(const SimOracle *oracle, size_t which, uint64_t seed)
{
    return seed ^ (uint64_t)g_str_hash(oracle->name) << 32 ^ (uint64_t)which << 24;
}

static void
add_tasks(GArray *tasks, const SimOracle *oracle, uint64_t seed)
{
    for (size_t i = 0; i < oracle->n_cases; i++)
        for (unsigned r = 0; r < replications_of(oracle); r++) {
            const char *which = (const char *)oracle->cases + i * oracle->case_size;
            Task task = {oracle, which, seed_of(oracle, i, seed), r, NULL, NULL};
            g_array_append_val(tasks, task);
        }
}

static void
wait_for(Batch *batch, unsigned n)
{
    const SimValidateOptions *options = batch->options;
    for (unsigned done = 0; done < n;) {
        g_mutex_lock(&batch->mutex);
        while (batch->done == done)
            g_cond_wait(&batch->changed, &batch->mutex);
        done = batch->done;
        g_mutex_unlock(&batch->mutex);
        if (options->progress != NULL)
            options->progress(options->progress_data, done, n);
    }
}

static bool
run_tasks(GArray *tasks, const SimValidateOptions *options, GError **error)
{
    Batch batch = {.options = options};
    int threads = (int)CLAMP(options->threads, 1, 256);
    GThreadPool *pool = g_thread_pool_new(run_task, &batch, threads, TRUE, error);
    if (pool == NULL)
        return false;
    g_mutex_init(&batch.mutex);
    g_cond_init(&batch.changed);
    for (guint i = 0; i < tasks->len; i++)
        g_thread_pool_push(pool, &g_array_index(tasks, Task, i), NULL);
    wait_for(&batch, tasks->len);
    g_thread_pool_free(pool, FALSE, TRUE);
    g_mutex_clear(&batch.mutex);
    g_cond_clear(&batch.changed);
    for (guint i = 0; i < tasks->len; i++) {
        Task *task = &g_array_index(tasks, Task, i);
        if (task->values == NULL) {
            g_propagate_error(error, g_steal_pointer(&task->error));
            return false;
        }
    }
    return true;
}

/* Value @k of the @n observations of one case that begin at @first. */
static SimOracleValue
put_together(const Task *first, unsigned n, guint k)
{
    SimOracleValue out = g_array_index(first->values, SimOracleValue, k);
    double sum = 0;
    double squares = 0;
    if (n == 1)
        return out;
    for (unsigned r = 0; r < n; r++)
        sum += g_array_index(first[r].values, SimOracleValue, k).seen;
    out.seen = sum / n;
    for (unsigned r = 0; r < n; r++) {
        double d = g_array_index(first[r].values, SimOracleValue, k).seen - out.seen;
        squares += d * d;
    }
    out.error = sqrt(squares / (n - 1.0) / n);
    return out;
}

static void
clear_row(void *data)
{
    g_free(((SimRow *)data)->parameters);
}

static void
clear_task(void *data)
{
    Task *task = data;
    g_clear_pointer(&task->values, g_array_unref);
    g_clear_error(&task->error);
}

static GArray *
collect_rows(const GArray *tasks)
{
    GArray *rows = g_array_new(FALSE, TRUE, sizeof(SimRow));
    g_array_set_clear_func(rows, clear_row);
    for (guint i = 0; i < tasks->len;) {
        const Task *first = &g_array_index(tasks, Task, i);
        unsigned n = replications_of(first->oracle);
        for (guint k = 0; k < first->values->len; k++) {
            SimRow row = {.oracle = first->oracle->name,
                          .parameters = first->oracle->parameters(first->which),
                          .value = put_together(first, n, k)};
            sim_row_judge(&row);
            g_array_append_val(rows, row);
        }
        i += n;
    }
    return rows;
}

static GArray *
validate(const SimOracle *const *oracles, size_t n, const SimValidateOptions *options,
         GError **error)
{
    g_autoptr(GArray) tasks = g_array_new(FALSE, TRUE, sizeof(Task));
    g_array_set_clear_func(tasks, clear_task);
    for (size_t i = 0; i < n; i++)
        add_tasks(tasks, oracles[i], options->seed);
    return run_tasks(tasks, options, error) ? collect_rows(tasks) : NULL;
}

static bool
is_wanted(const SimOracle *oracle, const char *only)
{
    if (only == NULL)
        return true;
    if (strchr(only, '*') != NULL)
        return g_pattern_match_simple(only, oracle->name);
    return strstr(oracle->name, only) != NULL;
}

GArray *
sim_validate(const SimValidateOptions *options, GError **error)
{
    const SimOracle *wanted[G_N_ELEMENTS(ORACLES)];
    size_t n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(ORACLES); i++)
        if (is_wanted(ORACLES[i], options->only))
            wanted[n++] = ORACLES[i];
    return validate(wanted, n, options, error);
}

GArray *
sim_validate_one(const SimOracle *oracle, const SimValidateOptions *options, GError **error)
{
    return validate(&oracle, 1, options, error);
}
