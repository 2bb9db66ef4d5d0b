/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An observer who asks the registrar, one address-of-record after the other, what it holds: a
 * REGISTER without Contact (RFC 3261 section 10.2.3). An answer that a registration may have
 * overtaken, or been overtaken by, tells nothing. */
#include "sim/experiment/live-parts.h"

#include <string.h>

/* Longer than any answer takes that still comes. */
#define PATIENCE (INT64_C(2) * G_GINT64_CONSTANT(1000000000))
#define SECOND_NS INT64_C(1000000000)
#define MOST_OPEN 256
enum { PROBES = 6, PROBE_MS = 500 };

static void
question_free(gpointer data)
{
    SimQuestion *self = data;
    if (self->bytes != NULL)
        g_byte_array_unref(self->bytes);
    g_free(self);
}

void
sim_live_open_verify(SimRun *self)
{
    self->live->questions = g_hash_table_new_full(NULL, NULL, NULL, question_free);
}

void
sim_live_close_verify(SimRun *self)
{
    g_clear_pointer(&self->live->questions, g_hash_table_unref);
}

static void
send_question(SimRun *self, SimQuestion *question)
{
    SimLive *live = self->live;
    uint32_t number = ++live->n_questions;
    sim_live_write_fetch(self->link, question->owner, number, question->proven, live->out);
    sim_net_send(live->net, 0, 0, live->out->data, live->out->len);
    g_hash_table_insert(live->questions, GUINT_TO_POINTER(number), question);
}

bool
sim_live_probe(SimRun *self, GError **error)
{
    SimLive *live = self->live;
    SimLiveReply reply;
    int64_t age;
    size_t len = 0;
    sim_live_write_fetch(self->link, 0, 0, false, live->out);
    for (int i = 0; i < PROBES; i++) {
        int64_t until = sim_live_wall() + PROBE_MS * INT64_C(1000000);
        sim_net_send(live->net, 0, 0, live->out->data, live->out->len);
        for (int64_t wall; (wall = sim_live_wall()) < until;) {
            sim_net_wait(live->net, until - wall);
            while ((len = sim_net_receive(live->net, live->buffer, &age)) > 0)
                if (sim_live_read(self->link, live->buffer, len, &reply))
                    return true;
        }
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                "%s does not answer a REGISTER for %s; is it running there?", live->options->name,
                sim_identity_domains(self->identity)[0]);
    return false;
}

static bool
is_quiet(const SimRun *self, uint32_t owner)
{
    const SimScenario *scenario = self->scenario;
    unsigned which = self->world->phones[owner].group;
    uint32_t i = owner - scenario->groups[which].first;
    bool quiet = self->live->waiting[owner] == SIM_LIVE_NONE;
    for (size_t g = 0; scenario->groups[which].shared && g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        if (group->owner == which + 1 && i < group->count)
            quiet = quiet && self->live->waiting[group->first + i] == SIM_LIVE_NONE;
    }
    return quiet;
}

/* The next phone with an address-of-record of its own of which nothing is under way; not more than
 * one round is looked through. */
static bool
find_owner(SimRun *self, uint32_t *out)
{
    SimLive *live = self->live;
    for (uint32_t tried = 0; tried < self->scenario->n_phones; tried++) {
        uint32_t id = live->next_owner;
        live->next_owner = (id + 1) % self->scenario->n_phones;
        if (sim_identity_group(self->identity, id)->owner != 0 || !is_quiet(self, id))
            continue;
        *out = id;
        return true;
    }
    return false;
}

static gboolean
is_forgotten(gpointer key, gpointer value, gpointer data)
{
    const SimQuestion *question = value;
    SimRun *self = data;
    (void)key;
    bool late = question->bytes == NULL && sim_live_wall() - question->asked_at > PATIENCE;
    self->live->seen.refused += late;
    return late;
}

int64_t
sim_live_ask(SimRun *self)
{
    SimLive *live = self->live;
    int64_t wall = sim_live_wall();
    uint32_t owner;
    if (live->options->verify <= 0)
        return INT64_MAX;
    if (wall < live->next_question)
        return live->next_question;
    /* What could not be asked in time is not asked later, all at once. */
    live->next_question = MAX(live->next_question, wall - SECOND_NS / 10) +
                          (int64_t)((double)SECOND_NS / live->options->verify);
    if (g_hash_table_size(live->questions) >= MOST_OPEN / 2)
        g_hash_table_foreach_remove(live->questions, is_forgotten, self);
    if (g_hash_table_size(live->questions) >= MOST_OPEN || !find_owner(self, &owner))
        return live->next_question;
    SimQuestion *question = g_new0(SimQuestion, 1);
    *question = (SimQuestion){.owner = owner, .touched = live->touched[owner], .asked_at = wall};
    send_question(self, question);
    return live->next_question;
}

void
sim_live_answered(SimRun *self, const SimLiveReply *reply, size_t len, int64_t age)
{
    SimQuestion *question =
        g_hash_table_lookup(self->live->questions, GUINT_TO_POINTER(reply->branch));
    if (question == NULL || question->bytes != NULL || question->owner != reply->phone) {
        self->live->seen.strays++;
        return;
    }
    question->bytes = g_byte_array_new();
    g_byte_array_append(question->bytes, self->live->buffer, (guint)len);
    sim_live_push(self, SIM_EVENT_LISTING, age, reply->phone, reply->branch);
}

/* With the same question again, as the challenge wants it. */
static void
prove(SimRun *self, const SimQuestion *old)
{
    SimQuestion *question = g_new0(SimQuestion, 1);
    *question = (SimQuestion){.owner = old->owner,
                              .touched = self->live->touched[old->owner],
                              .asked_at = sim_live_wall(),
                              .proven = true};
    send_question(self, question);
}

void
sim_live_handle_listing(SimRun *self, uint32_t number)
{
    SimLive *live = self->live;
    SimLiveReply reply;
    SimQuestion *question = g_hash_table_lookup(live->questions, GUINT_TO_POINTER(number));
    bool readable = sim_live_read(self->link, question->bytes->data, question->bytes->len, &reply);
    if (readable && reply.status == 401 && !question->proven) {
        if (is_quiet(self, question->owner))
            prove(self, question);
    } else if (!readable || reply.status != 200) {
        live->seen.refused++;
    } else {
        bool overtaken =
            live->touched[question->owner] != question->touched || !is_quiet(self, question->owner);
        live->seen.fetches++;
        live->seen.overtaken += overtaken;
        live->seen.disagreed += !overtaken && sim_live_compare(self, &reply);
    }
    g_hash_table_remove(live->questions, GUINT_TO_POINTER(number));
}
