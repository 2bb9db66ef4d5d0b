/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The queue is a source of the context. An answer may ask again, or free the store and with it the
 * queue that the answer came out of: so each is taken out before it is given, and the source, which
 * GLib keeps while it is dispatched, owns what is touched after that. */
#include "answers.h"

typedef struct {
    RollStoreDone done;
    RollStoreFetched fetched;
    void *data;
    GError *error;
} Answer;

typedef struct {
    GSource source;
    GMutex mutex;
    GQueue waiting;
} Queue;

struct RollAnswers {
    Queue *queue;
};

static void
free_answer(void *data)
{
    Answer *answer = data;
    g_clear_error(&answer->error);
    g_free(answer);
}

static Answer *
take(Queue *queue)
{
    g_mutex_lock(&queue->mutex);
    Answer *answer = g_queue_pop_head(&queue->waiting);
    g_mutex_unlock(&queue->mutex);
    return answer;
}

static void
give(const Answer *answer)
{
    if (answer->done)
        answer->done(answer->data, answer->error);
    else if (answer->fetched)
        answer->fetched(answer->data, NULL, answer->error);
}

/* Only what was there when it began: who always asks again must not keep the others waiting. */
static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    (void)callback, (void)data;
    Queue *queue = (Queue *)source;
    g_source_set_ready_time(source, -1);
    g_mutex_lock(&queue->mutex);
    guint n = queue->waiting.length;
    g_mutex_unlock(&queue->mutex);
    while (n-- > 0 && !g_source_is_destroyed(source)) {
        Answer *answer = take(queue);
        give(answer);
        free_answer(answer);
    }
    g_mutex_lock(&queue->mutex);
    if (queue->waiting.length > 0 && !g_source_is_destroyed(source))
        g_source_set_ready_time(source, 0);
    g_mutex_unlock(&queue->mutex);
    return G_SOURCE_CONTINUE;
}

static void
finalize(GSource *source)
{
    Queue *queue = (Queue *)source;
    g_queue_clear_full(&queue->waiting, free_answer);
    g_mutex_clear(&queue->mutex);
}

static GSourceFuncs functions = {.dispatch = dispatch, .finalize = finalize};

RollAnswers *
roll_answers_new(void)
{
    RollAnswers *self = g_new0(RollAnswers, 1);
    self->queue = (Queue *)g_source_new(&functions, sizeof(Queue));
    g_mutex_init(&self->queue->mutex);
    g_queue_init(&self->queue->waiting);
    g_source_set_static_name(&self->queue->source, "answers of a store");
    g_source_attach(&self->queue->source, g_main_context_get_thread_default());
    return self;
}

void
roll_answers_free(RollAnswers *self)
{
    if (!self)
        return;
    g_source_destroy(&self->queue->source);
    g_source_unref(&self->queue->source);
    g_free(self);
}

static void
put(RollAnswers *self, Answer answer)
{
    Queue *queue = self->queue;
    g_mutex_lock(&queue->mutex);
    g_queue_push_tail(&queue->waiting, g_memdup2(&answer, sizeof(answer)));
    g_source_set_ready_time(&queue->source, 0);
    g_mutex_unlock(&queue->mutex);
}

void
roll_answers_put_done(RollAnswers *self, RollStoreDone done, void *data, GError *error)
{
    put(self, (Answer){.done = done, .data = data, .error = error});
}

void
roll_answers_put_failed(RollAnswers *self, RollStoreFetched fetched, void *data, GError *error)
{
    put(self, (Answer){.fetched = fetched, .data = data, .error = error});
}
