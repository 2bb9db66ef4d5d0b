/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tasks of a campaign and the threads that do them; tests/scenarios/cluster.t has the ranks. */
#include "tests/campaign.h"

/* What takes minutes, so that a test which does not stop it is seen. */
static const char *const LONG[] = {"scenario.duration=500000d", NULL};

static void
threads_change_nothing(void)
{
    g_auto(Campaign) first = {0};
    campaign_fill(&first, 9, NULL);
    for (unsigned threads = 1; threads <= 4; threads *= 2) {
        g_autoptr(GError) error = NULL;
        g_auto(Campaign) campaign = {0};
        campaign_fill(&campaign, 9, NULL);
        Campaign *into = threads == 1 ? &first : &campaign;
        SimPoolOptions options = campaign_options(into, threads);
        g_assert_true(sim_pool_run(&options, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(into->done, ==, 9);
        for (unsigned i = 0; i < 9; i++)
            g_assert_cmpstr(into->sums[i], ==, first.sums[i]);
    }
    for (unsigned i = 1; i < 9; i++)
        g_assert_cmpstr(first.sums[i], !=, first.sums[i - 1]);
}

/* What the pool brings back is what the task says, and nothing else. */
static void
a_sample_is_that_of_its_run(void)
{
    static const char *const changes[] = {"phones.desk.expires=7min", "phones.desk.count=11", NULL};
    g_autoptr(GError) error = NULL;
    int stop = 0;
    g_auto(Campaign) campaign = {0};
    campaign_fill(&campaign, 2, changes);
    g_autoptr(SimScenario) file =
        sim_scenario_parse("campaign.ini", CAMPAIGN_TEXT, strlen(CAMPAIGN_TEXT), changes, &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(SimScenario) scenario = sim_scenario_vary(file, 0, &error);
        SimScenario *chosen = i == 0 ? file : scenario;
        SimRunOptions options = {.link = SIM_LINK_DIRECT};
        chosen->replication = i;
        g_autoptr(SimResult) result = sim_run(chosen, &options, &error);
        g_assert_no_error(error);
        g_autoptr(SimSample) sample = sim_task_run(&campaign.tasks[i], &stop, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(sample->fingerprint, ==, result->fingerprint);
        g_assert_cmpuint(sample->events, ==, result->events);
        g_assert_cmpuint(sim_sample_slice(sample, "all")->phones, ==, 11);
        g_assert_cmpuint(sample->n_tracks, ==, 2);
    }
}

/* An owner that knows its next two tasks only when the last ones are done. */
typedef struct {
    Campaign campaign;
    unsigned asked;
    unsigned dry;
} Adaptive;

static const SimTask *
adaptive_next(void *data)
{
    Adaptive *self = data;
    self->asked++;
    if (self->campaign.handed == self->campaign.done + 2 ||
        (self->campaign.handed % 2 == 0 && self->campaign.done < self->campaign.handed)) {
        self->dry++;
        return NULL;
    }
    return campaign_next(&self->campaign);
}

static void
an_owner_may_have_no_task_for_a_while(void)
{
    for (unsigned threads = 1; threads <= 4; threads++) {
        g_autoptr(GError) error = NULL;
        Adaptive adaptive = {0};
        campaign_fill(&adaptive.campaign, 8, NULL);
        SimPoolOptions options = campaign_options(&adaptive.campaign, threads);
        options.next = adaptive_next;
        options.data = &adaptive;
        g_assert_true(sim_pool_run(&options, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(adaptive.campaign.done, ==, 8);
        g_assert_true(threads == 1 || adaptive.dry >= 3);
        /* Not asked over and over while nothing has changed. */
        g_assert_cmpuint(adaptive.asked, <=, 8 + 8 + 1);
        campaign_clear(&adaptive.campaign);
    }
}

static void
no_task_at_all(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(Campaign) campaign = {0};
    SimPoolOptions options = campaign_options(&campaign, 2);
    g_assert_true(sim_pool_run(&options, &error));
    g_assert_no_error(error);
}

/* The one that fails comes second, and the others would take minutes. */
static void
a_task_that_fails_stops_the_others(void)
{
    static const char *const wrong[] = {"phones.desk.expires=soon", NULL};
    for (unsigned threads = 2; threads <= 3; threads++) {
        g_autoptr(GError) error = NULL;
        g_auto(Campaign) campaign = {0};
        campaign_fill(&campaign, 5, LONG);
        campaign.tasks[1].changes = wrong;
        SimPoolOptions options = campaign_options(&campaign, threads);
        g_assert_false(sim_pool_run(&options, &error));
        g_assert_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, "--set phones.desk.expires"));
        g_assert_cmpuint(campaign.done, ==, 0);
    }
}

static void
errors_keep_their_line(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(Campaign) campaign = {0};
    campaign_fill(&campaign, 1, NULL);
    campaign.tasks[0].path = "some/where.ini";
    campaign.tasks[0].text = "[scenario]\nduration = 2\n";
    SimPoolOptions options = campaign_options(&campaign, 1);
    g_assert_false(sim_pool_run(&options, &error));
    g_assert_cmpstr(error->message, ==,
                    "some/where.ini:2: \"2\" has no unit; did you mean \"2s\"?");
    g_clear_error(&error);
    campaign.handed = 0;
    campaign.tasks[0].text = CAMPAIGN_TEXT;
    campaign.tasks[0].variant = "short";
    g_assert_false(sim_pool_run(&options, &error));
    g_assert_cmpstr(
        error->message, ==,
        "some/where.ini has no [variant] short; rollcall run FILE --variant none leaves them out");
}

static bool
stopping_idle(void *data, unsigned under_way)
{
    const Campaign *campaign = data;
    g_assert_cmpuint(under_way, ==, 2);
    g_assert_cmpuint(campaign->handed, ==, 2);
    return false;
}

static void
idle_stops_everything(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(Campaign) campaign = {0};
    campaign_fill(&campaign, 5, LONG);
    SimPoolOptions options = campaign_options(&campaign, 2);
    options.idle = stopping_idle;
    g_assert_false(sim_pool_run(&options, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(campaign.done, ==, 0);
}

static bool
full_done(void *data, const SimTask *task, SimSample *sample, GError **error)
{
    Campaign *campaign = data;
    (void)task;
    campaign->done++;
    sim_sample_free(sample);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "the disk is full");
    return false;
}

static void
an_owner_that_fails_stops_everything(void)
{
    static const char *const brief[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Campaign) campaign = {0};
    campaign_fill(&campaign, 5, LONG);
    campaign.tasks[1].changes = brief;
    SimPoolOptions options = campaign_options(&campaign, 2);
    options.done = full_done;
    g_assert_false(sim_pool_run(&options, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    g_assert_cmpuint(campaign.done, ==, 1);
}

static void
count_beat(void *data)
{
    ++*(unsigned *)data;
}

static void
beats_come_while_it_runs(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(Campaign) campaign = {0};
    unsigned beats = 0;
    int stop = 0;
    static const char *const week[] = {"scenario.duration=7d", NULL};
    campaign_fill(&campaign, 1, week);
    g_autoptr(SimSample) sample =
        sim_task_run(&campaign.tasks[0], &stop, count_beat, &beats, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(beats, ==, sample->events / 4096);
    g_assert_cmpuint(beats, >, 1);
    stop = 1;
    g_assert_null(sim_task_run(&campaign.tasks[0], &stop, NULL, NULL, &error));
    g_assert_no_error(error);
}

static void
assert_same_task(const SimTask *a, const SimTask *b)
{
    g_assert_cmpstr(a->path, ==, b->path);
    g_assert_cmpstr(a->text, ==, b->text);
    g_assert_cmpstr(a->variant, ==, b->variant);
    guint n = a->changes != NULL ? g_strv_length((char **)a->changes) : 0;
    g_assert_cmpuint(g_strv_length((char **)b->changes), ==, n);
    for (guint i = 0; i < n; i++)
        g_assert_cmpstr(a->changes[i], ==, b->changes[i]);
    g_assert_cmpint(a->link, ==, b->link);
    g_assert_cmpuint(a->replication, ==, b->replication);
    g_assert_cmpuint(a->point, ==, b->point);
    for (size_t i = 0; i == 0 || a->tracks[i - 1] != SIM_N_METRICS; i++)
        g_assert_cmpint(a->tracks[i], ==, b->tracks[i]);
}

static void
a_task_goes_through_bytes(void)
{
    static const char *const changes[] = {"a.b=c", "", "latin \xe9 = \xff", NULL};
    static const SimMetric none[] = {SIM_N_METRICS};
    const SimTask tasks[] = {
        {"p\xe9.ini", CAMPAIGN_TEXT, "brief", changes, SIM_LINK_DIRECT, 4000000000, CAMPAIGN_TRACKS,
         9},
        {"", "", NULL, NULL, SIM_LINK_WIRE, 0, none, 0},
        {"x", "", "", changes + 2, SIM_LINK_WIRE, 1, none, UINT32_MAX},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
        g_autoptr(GBytes) bytes = sim_task_write(&tasks[i]);
        SimTask *read = sim_task_read(bytes);
        g_assert_nonnull(read);
        assert_same_task(&tasks[i], read);
        sim_task_free(read);
    }
}

/* Cut short, with a byte changed, or of chance: refused, or a task that can be written again. */
static void
hostile_bytes(void)
{
    g_auto(Campaign) campaign = {0};
    campaign_fill(&campaign, 2, LONG);
    g_autoptr(GBytes) good = sim_task_write(&campaign.tasks[1]);
    gsize len;
    const guint8 *data = g_bytes_get_data(good, &len);
    g_autofree guint8 *bad = g_malloc(len);
    g_autoptr(GRand) chance = g_rand_new_with_seed(1);
    unsigned refused = 0;
    enum { TRIES = 20000 };
    for (unsigned i = 0; i < TRIES; i++) {
        memcpy(bad, data, len);
        gsize n = i % 2 == 0 ? len : (gsize)g_rand_int_range(chance, 0, (gint32)len);
        for (unsigned k = 0; n > 0 && k < 1 + i % 3; k++)
            bad[g_rand_int_range(chance, (gint32)(n - MIN(n, 80)), (gint32)n)] ^=
                (guint8)g_rand_int_range(chance, 1, 256);
        g_autoptr(GBytes) bytes = g_bytes_new(bad, n);
        SimTask *task = sim_task_read(bytes);
        refused += task == NULL;
        if (task != NULL)
            g_bytes_unref(sim_task_write(task));
        sim_task_free(task);
    }
    g_assert_cmpuint(refused, >, TRIES / 4);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/workers/threads-change-nothing", threads_change_nothing);
    g_test_add_func("/workers/a-sample-is-that-of-its-run", a_sample_is_that_of_its_run);
    g_test_add_func("/workers/no-task-for-a-while", an_owner_may_have_no_task_for_a_while);
    g_test_add_func("/workers/no-task-at-all", no_task_at_all);
    g_test_add_func("/workers/a-task-that-fails-stops-the-others",
                    a_task_that_fails_stops_the_others);
    g_test_add_func("/workers/errors-keep-their-line", errors_keep_their_line);
    g_test_add_func("/workers/idle-stops-everything", idle_stops_everything);
    g_test_add_func("/workers/an-owner-that-fails-stops-everything",
                    an_owner_that_fails_stops_everything);
    g_test_add_func("/workers/beats-come-while-it-runs", beats_come_while_it_runs);
    g_test_add_func("/workers/a-task-goes-through-bytes", a_task_goes_through_bytes);
    g_test_add_func("/workers/hostile-bytes", hostile_bytes);
    return g_test_run();
}
