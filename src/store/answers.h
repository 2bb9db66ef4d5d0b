/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Answers on their way to the one who asked: put in from any thread, given in the GMainContext that
 * was the default of the thread that made the queue, in the order they were put in. */
#pragma once

#include <rollcall/store.h>

typedef struct RollAnswers RollAnswers;

RollAnswers *roll_answers_new(void);

/** roll_answers_free: what was not given yet is dropped. To be called in the thread that made it,
 * or when no other uses its context. */
void roll_answers_free(RollAnswers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollAnswers, roll_answers_free)

/** roll_answers_put_done: @error: (transfer full): or %NULL. */
void roll_answers_put_done(RollAnswers *self, RollStoreDone done, void *data, GError *error);

/** roll_answers_put_failed: for a fetch. @error: (transfer full). */
void roll_answers_put_failed(RollAnswers *self, RollStoreFetched fetched, void *data,
                             GError *error);
