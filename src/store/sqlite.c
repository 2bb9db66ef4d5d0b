/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The store of one server: a thread of its own writes. Whatever waits when it comes for more goes
 * into one transaction, so the cost of a commit, an fsync(), is shared by all that came while the
 * one before it was made: the more there is to do, the less each costs.
 *
 * If a transaction fails, it is rolled back, and all its batches are answered with the error; the
 * next one is tried as if nothing had been, for the disk may have room again. */
#include "sqlite.h"
#include "answers.h"
#include "store.h"

/* Pages of the log; above this it is copied into the file. 64 MiB: the same pages are often written
 * again before that, and the copying is fsync()ed, too. */
#define LOG_PAGES 32768

typedef struct {
    RollBatch *batch;
    RollStoreDone done;
    void *data;
} Job;

/* @busy guards @file, @mutex guards @waiting and @stop. */
typedef struct {
    RollStore base;
    RollSqlite *file;
    GMutex busy;
    GMutex mutex;
    GCond more;
    GQueue waiting;
    bool stop;
    int log_pages;
    RollAnswers *answers;
    GThread *writer;
} Store;

static bool
write_jobs(RollSqlite *file, const GQueue *jobs, GError **error)
{
    for (const GList *link = jobs->head; link; link = link->next) {
        const Job *job = link->data;
        for (size_t i = 0, n = roll_batch_count(job->batch); i < n; i++) {
            RollState state = roll_batch_get(job->batch, i);
            if (!roll_sqlite_write(file, &state, error))
                return false;
        }
    }
    return true;
}

static bool
write_all(RollSqlite *file, const GQueue *jobs, GError **error)
{
    if (roll_sqlite_execute(file, "BEGIN IMMEDIATE", error) && write_jobs(file, jobs, error) &&
        roll_sqlite_execute(file, "COMMIT", error))
        return true;
    /* Some failures have rolled back already. */
    if (!sqlite3_get_autocommit(file->db))
        roll_sqlite_execute(file, "ROLLBACK", NULL);
    return false;
}

static void
answer_all(Store *self, GQueue *jobs, const GError *error)
{
    Job *job;
    while ((job = g_queue_pop_head(jobs))) {
        roll_answers_put_done(self->answers, job->done, job->data,
                              error ? g_error_copy(error) : NULL);
        roll_batch_free(job->batch);
        g_free(job);
    }
}

/* Takes all jobs. Returns: false when there are none left and none will come. */
static bool
await(Store *self, GQueue *jobs)
{
    g_mutex_lock(&self->mutex);
    while (self->waiting.length == 0 && !self->stop)
        g_cond_wait(&self->more, &self->mutex);
    *jobs = self->waiting;
    g_queue_init(&self->waiting);
    g_mutex_unlock(&self->mutex);
    return jobs->length > 0;
}

/* After the answers: what is in the log is safe. If it cannot be copied now, then next time. */
static void
shorten_log(Store *self)
{
    if (self->log_pages < LOG_PAGES)
        return;
    self->log_pages = 0;
    sqlite3_wal_checkpoint_v2(self->file->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static gpointer
write_on(gpointer data)
{
    Store *self = data;
    GQueue jobs;
    while (await(self, &jobs)) {
        g_autoptr(GError) error = NULL;
        g_mutex_lock(&self->busy);
        write_all(self->file, &jobs, &error);
        answer_all(self, &jobs, error);
        shorten_log(self);
        g_mutex_unlock(&self->busy);
    }
    return NULL;
}

static int
note_log(void *data, sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    ((Store *)data)->log_pages = pages;
    return SQLITE_OK;
}

static void
write_batch(RollStore *base, RollBatch *batch, RollStoreDone done, void *data)
{
    Store *self = (Store *)base;
    Job job = {batch, done, data};
    g_mutex_lock(&self->mutex);
    g_queue_push_tail(&self->waiting, g_memdup2(&job, sizeof(job)));
    g_cond_signal(&self->more);
    g_mutex_unlock(&self->mutex);
}

static bool
load(RollStore *base, RollRecordVisitor visitor, void *data, GError **error)
{
    Store *self = (Store *)base;
    g_mutex_lock(&self->busy);
    bool good = roll_sqlite_read(self->file, visitor, data, error);
    g_mutex_unlock(&self->busy);
    return good;
}

static void
free_store(RollStore *base)
{
    Store *self = (Store *)base;
    g_mutex_lock(&self->mutex);
    self->stop = true;
    g_cond_signal(&self->more);
    g_mutex_unlock(&self->mutex);
    g_thread_join(self->writer);
    roll_answers_free(self->answers);
    roll_sqlite_close(self->file);
    g_mutex_clear(&self->busy);
    g_mutex_clear(&self->mutex);
    g_cond_clear(&self->more);
    g_free(self);
}

static const RollStoreClass CLASS = {
    .name = "sqlite", .free = free_store, .load = load, .write = write_batch};

RollStore *
roll_store_open_sqlite(const char *path, GError **error)
{
    RollSqlite *file = roll_sqlite_open(path, error);
    if (!file)
        return NULL;
    Store *self = g_new0(Store, 1);
    self->base.class = &CLASS;
    self->file = file;
    self->answers = roll_answers_new();
    g_mutex_init(&self->busy);
    g_mutex_init(&self->mutex);
    g_cond_init(&self->more);
    g_queue_init(&self->waiting);
    sqlite3_wal_hook(file->db, note_log, self);
    self->writer = g_thread_new("location-store", write_on, self);
    return &self->base;
}
