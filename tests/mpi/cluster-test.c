/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A campaign for tests/scenarios/cluster.t, with or without mpirun: `cluster-test MODE FOLDER`.
 *
 *   plain   prints the checksum of each sample, in the order of the tasks
 *   fail    the fourth task has a mistake
 *   again   one campaign is stopped while its tasks are under way, the next one is as plain
 *   beats   tasks without end, for longer than a rank may be silent
 *   nap     the same, but it is rank 0 that does not listen for so long
 *   stop    the last rank is stopped (SIGSTOP) while it has a task, then as plain
 *   deaf    all ranks are
 *   kill    the last rank is killed
 *   help    ends where the command line is read, as --help does
 *
 * Each process writes its number into FOLDER/pid-RANK, so that rank 0 knows whom to stop. */
#include "tests/campaign.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

typedef struct {
    Campaign campaign;
    const char *mode;
    const char *folder;
    bool struck;
    unsigned idled;
} Owner;

enum { PATIENCE = 3 };

static void
on_signal(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static void
write_pid(const char *folder)
{
    const char *rank = g_getenv("OMPI_COMM_WORLD_RANK");
    g_autofree char *name = g_strdup_printf("pid-%s", rank != NULL ? rank : "0");
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *pid = g_strdup_printf("%d", (int)getpid());
    g_assert_true(g_file_set_contents(path, pid, -1, NULL));
}

static void
strike(const Owner *self, int rank, int signal_number)
{
    g_autofree char *name = g_strdup_printf("pid-%d", rank);
    g_autofree char *path = g_build_filename(self->folder, name, NULL);
    g_autofree char *pid = NULL;
    g_assert_true(g_file_get_contents(path, &pid, NULL, NULL));
    g_assert_no_errno(kill(atoi(pid), signal_number));
}

/* When all ranks have been heard of and each has a task again. */
static void
strike_once(Owner *self)
{
    int ranks = (int)sim_cluster_size();
    if (self->struck)
        return;
    self->struck = true;
    if (strcmp(self->mode, "stop") == 0)
        strike(self, ranks, SIGSTOP);
    if (strcmp(self->mode, "kill") == 0)
        strike(self, ranks, SIGKILL);
    for (int rank = 1; strcmp(self->mode, "deaf") == 0 && rank <= ranks; rank++)
        strike(self, rank, SIGSTOP);
}

static bool
on_idle(void *data, unsigned under_way)
{
    Owner *self = data;
    if (sim_cluster_size() > 0 && under_way == sim_cluster_size())
        strike_once(self);
    return !interrupted;
}

static void
on_lost(void *data, const SimTask *task, int rank)
{
    (void)data;
    (void)task;
    printf("lost rank %d\n", rank);
}

static const char *const LONGER[] = {"scenario.duration=6d", NULL};
static const char *const ENDLESS[] = {"scenario.duration=500000d", NULL};
static const char *const WRONG[] = {"phones.desk.expires=soon", NULL};

/* Half a second longer than the patience, or at once. */
static bool
endless_idle(void *data, unsigned under_way)
{
    Owner *self = data;
    bool waits = strcmp(self->mode, "again") != 0;
    if (under_way < sim_cluster_size())
        return true;
    if (strcmp(self->mode, "nap") == 0 && self->idled == 0) {
        self->idled = 10 * PATIENCE;
        g_usleep((PATIENCE + 1) * G_USEC_PER_SEC);
    }
    return waits && self->idled++ < 10 * PATIENCE + 5;
}

static void
run_endless(Owner *self)
{
    g_autoptr(GError) error = NULL;
    campaign_fill(&self->campaign, 8, ENDLESS);
    SimPoolOptions options = campaign_options(&self->campaign, 2);
    options.idle = endless_idle;
    options.lost = on_lost;
    options.patience = PATIENCE;
    options.data = self;
    bool good = sim_pool_run(&options, &error);
    printf("stopped %d %s\n", good, error != NULL ? error->message : "-");
}

static int
run_whole(Owner *self)
{
    g_autoptr(GError) error = NULL;
    campaign_fill(&self->campaign, 8, LONGER);
    if (strcmp(self->mode, "fail") == 0)
        self->campaign.tasks[3].changes = WRONG;
    SimPoolOptions options = campaign_options(&self->campaign, 2);
    options.idle = on_idle;
    options.lost = on_lost;
    options.patience = PATIENCE;
    options.data = self;
    bool good = sim_pool_run(&options, &error);
    for (unsigned i = 0; good && i < self->campaign.n; i++)
        printf("%u %s\n", i, self->campaign.sums[i]);
    if (!good)
        printf("%s\n", error != NULL ? error->message : "interrupted");
    campaign_clear(&self->campaign);
    return good ? 0 : 5;
}

static int
run(const char *mode, const char *folder)
{
    Owner owner = {.mode = mode, .folder = folder};
    g_autoptr(GError) error = NULL;
    write_pid(folder);
    if (!sim_cluster_begin(&error)) {
        fprintf(stderr, "rollcall: %s\n", error->message);
        return 2;
    }
    signal(SIGTERM, on_signal);
    if (strcmp(mode, "help") == 0)
        exit(0);
    printf("ranks %u\n", sim_cluster_size());
    gint64 start = g_get_monotonic_time();
    static const char *const endless[] = {"again", "beats", "nap", NULL};
    if (g_strv_contains(endless, mode))
        run_endless(&owner);
    int code = run_whole(&owner);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("busy %ld of %ld ms\n",
           (long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
               (long)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000,
           (long)(g_get_monotonic_time() - start) / 1000);
    fflush(stdout);
    sim_cluster_end(code);
    return code;
}

int
main(int argc, char **argv)
{
    return argc == 3 ? run(argv[1], argv[2]) : 2;
}
