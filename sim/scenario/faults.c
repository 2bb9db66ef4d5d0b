/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What goes wrong with the registrar itself: it crashes and comes back with some table or none, its
 * clock is set, and those who ask may read a copy that lags behind. */
#include "sim/scenario/readers.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

bool
sim_read_crash(SimReading *reading, void *object, const char *value, GError **error)
{
    static const char *const words[] = {"registrar", NULL};
    SimCut *event = object;
    int which;
    (void)reading;
    if (!sim_value_word(value, words, &which, error))
        return false;
    event->fault = SIM_FAULT_CRASH;
    return true;
}

bool
sim_read_table(SimReading *reading, void *object, const char *value, GError **error)
{
    static const char *const words[] = {"lost", "kept", "replica", "saved every", NULL};
    SimCut *event = object;
    const char *saved = sim_value_after(value, "saved");
    const char *every = saved ? sim_value_after(saved, "every") : NULL;
    g_autofree char *quoted = sim_words_quote(value);
    int which;
    (void)reading;
    if (every) {
        event->table = SIM_TABLE_SAVED;
        if (!sim_value_time(every, &event->save_every, error))
            return false;
        return event->save_every >= ROLL_SECOND ||
               sim_words_fail(error, "table %s: the least interval is 1s", quoted);
    }
    if (strcmp(value, "saved") == 0 || saved)
        return sim_words_fail(error, "saved how often? write for example: saved every 60s");
    if (!sim_value_word(value, words, &which, error))
        return false;
    event->table = (SimFaultTable)which;
    return true;
}

bool
sim_read_clock(SimReading *reading, void *object, const char *value, GError **error)
{
    SimCut *event = object;
    bool back = *value == '-';
    RollTime step;
    g_autofree char *quoted = sim_words_quote(value);
    (void)reading;
    if (!back && *value != '+')
        return sim_words_fail(error, "clock %s has no sign; did you mean \"+%s\"?", quoted, value);
    if (!sim_value_time(value + 1, &step, error))
        return false;
    if (step < ROLL_MILLISECOND || step > 365 * ROLL_DAY)
        return sim_words_fail(error, "clock %s is out of range: a step is from 1ms to 365d",
                              quoted);
    event->fault = SIM_FAULT_CLOCK;
    event->clock_step = back ? -step : step;
    return true;
}

bool
sim_read_replica_lag(SimReading *reading, void *object, const char *value, GError **error)
{
    SimRegistrarSpec *registrar = object;
    registrar->replica = strcmp(value, "none") != 0;
    return !registrar->replica ||
           sim_value_law(value, &reading->files, &registrar->replica_lag, error);
}
