/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tries plainer sequences one after the other and keeps each that still shows a difference, until
 * no single change helps any more. It may well end with another difference than it began with. */
#include "sim/fuzz/differ.h"

#include <string.h>

/* Keeps @tried if it shows a difference, up to the step that does. */
static bool
keep(SimDiffer *self, SimFuzzSequence *sequence, const SimFuzzSequence *tried)
{
    if (memcmp(sequence, tried, sizeof *sequence) == 0)
        return false;
    int found = sim_differ_find(self, tried);
    if (found < 0)
        return false;
    *sequence = *tried;
    sequence->n_steps = (size_t)found + 1;
    return true;
}

/* A copy without a request makes no sense. */
static bool
is_sound(const SimFuzzSequence *sequence)
{
    for (size_t i = 0; i < sequence->n_steps; i++) {
        bool sent = sequence->steps[i].kind != SIM_STEP_AGAIN;
        for (size_t j = 0; j < i; j++)
            sent = sent || (sequence->steps[j].kind == SIM_STEP_SEND &&
                            sequence->steps[j].user == sequence->steps[i].user);
        if (!sent)
            return false;
    }
    return true;
}

static bool
drop_steps(SimDiffer *self, SimFuzzSequence *sequence, size_t span)
{
    bool dropped = false;
    for (size_t i = 0; i + span <= sequence->n_steps;) {
        SimFuzzSequence tried = *sequence;
        tried.n_steps -= span;
        memmove(&tried.steps[i], &tried.steps[i + span],
                (tried.n_steps - i) * sizeof tried.steps[0]);
        memset(&tried.steps[tried.n_steps], 0, span * sizeof tried.steps[0]);
        if (is_sound(&tried) && keep(self, sequence, &tried))
            dropped = true;
        else
            i++;
    }
    return dropped;
}

static bool
drop_contacts(SimDiffer *self, SimFuzzSequence *sequence, size_t i)
{
    bool dropped = false;
    for (size_t j = 0; j < sequence->steps[i].n_contacts;) {
        SimFuzzSequence tried = *sequence;
        SimFuzzStep *step = &tried.steps[i];
        step->n_contacts--;
        memmove(&step->contacts[j], &step->contacts[j + 1],
                (step->n_contacts - j) * sizeof step->contacts[0]);
        if (keep(self, sequence, &tried))
            dropped = true;
        else
            j++;
        if (i >= sequence->n_steps)
            return dropped;
    }
    return dropped;
}

/* Sets one byte of @sequence to 0. */
static bool
clear_byte(SimDiffer *self, SimFuzzSequence *sequence, const uint8_t *byte)
{
    SimFuzzSequence tried = *sequence;
    ((uint8_t *)&tried)[byte - (const uint8_t *)sequence] = 0;
    return keep(self, sequence, &tried);
}

static bool
simplify_fields(SimDiffer *self, SimFuzzSequence *sequence, size_t i)
{
    const SimFuzzStep *step = &sequence->steps[i];
    const uint8_t *const bytes[] = {
        &step->method,   &step->uri,     &step->to,      &step->to_tag,
        &step->from_tag, &step->call_id, &step->require, &step->expires,
    };
    bool simpler = false;
    for (size_t j = 0; j < G_N_ELEMENTS(bytes) && i < sequence->n_steps; j++)
        simpler |= clear_byte(self, sequence, bytes[j]);
    for (size_t j = 0; j < step->n_contacts && i < sequence->n_steps; j++) {
        simpler |= clear_byte(self, sequence, &step->contacts[j].uri);
        simpler |= clear_byte(self, sequence, &step->contacts[j].expires);
        simpler |= clear_byte(self, sequence, &step->contacts[j].q);
    }
    return simpler;
}

/* Earlier, and with a lower CSeq. */
static bool
simplify_numbers(SimDiffer *self, SimFuzzSequence *sequence, size_t i)
{
    bool simpler = false;
    RollTime least = i ? sequence->steps[i - 1].at : 0;
    SimFuzzSequence tried = *sequence;
    tried.steps[i].at = least;
    simpler |= keep(self, sequence, &tried);
    for (uint32_t cseq = 1; i < sequence->n_steps && cseq < MIN(4, sequence->steps[i].cseq);
         cseq++) {
        tried = *sequence;
        tried.steps[i].cseq = cseq;
        if (keep(self, sequence, &tried))
            return true;
    }
    return simpler;
}

/* Everybody is the first user. */
static bool
merge_users(SimDiffer *self, SimFuzzSequence *sequence)
{
    SimFuzzSequence tried = *sequence;
    for (size_t i = 0; i < tried.n_steps; i++)
        tried.steps[i].user = 0;
    return keep(self, sequence, &tried);
}

static bool
simplify_setting(SimDiffer *self, SimFuzzSequence *sequence)
{
    const SimFuzzSetting *setting = &sequence->setting;
    const uint8_t *const bytes[] = {&setting->default_expires, &setting->min_expires,
                                    &setting->max_expires, &setting->max_bindings, &setting->purge};
    bool simpler = false;
    for (size_t i = 0; i < G_N_ELEMENTS(bytes); i++)
        simpler |= clear_byte(self, sequence, bytes[i]);
    return simpler;
}

bool
sim_differ_shrink(SimDiffer *self, SimFuzzSequence *sequence)
{
    int found = sim_differ_find(self, sequence);
    if (found < 0 || !sim_differ_is_alive(self))
        return false;
    sequence->n_steps = (size_t)found + 1;
    for (bool again = true; again;) {
        again = false;
        for (size_t span = 3; span > 0; span--)
            again |= drop_steps(self, sequence, span);
        again |= merge_users(self, sequence);
        again |= simplify_setting(self, sequence);
        for (size_t i = 0; i < sequence->n_steps; i++)
            again |= drop_contacts(self, sequence, i);
        for (size_t i = 0; i < sequence->n_steps; i++)
            again |= simplify_fields(self, sequence, i);
        for (size_t i = 0; i < sequence->n_steps; i++)
            again |= simplify_numbers(self, sequence, i);
    }
    return true;
}
