/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model keeps the plain names of texts.c; only what goes out is renamed, so that a difference
 * reads the same whichever run found it. */
#include "sim/fuzz/remote.h"

#include "sim/fuzz/counts.h"
#include "sim/script/compose.h"

#include <stdlib.h>
#include <string.h>

/* A datagram may be lost, and its answer too. */
enum { ATTEMPTS = 3 };

struct SimRemote {
    SimTarget *target;
    gint64 run;
    unsigned replay;
    gint64 started;
    char *suffix;
    GString *sent;
    GByteArray *got;
    SimAnswer answer;
};

SimRemote *
sim_remote_new(SimTarget *target)
{
    SimRemote *self = g_new0(SimRemote, 1);
    self->target = target;
    self->run = g_get_real_time() / G_TIME_SPAN_MILLISECOND;
    self->sent = g_string_new(NULL);
    self->got = g_byte_array_new();
    sim_remote_start(self);
    return self;
}

void
sim_remote_free(SimRemote *self)
{
    if (!self)
        return;
    g_free(self->suffix);
    g_string_free(self->sent, TRUE);
    g_byte_array_unref(self->got);
    g_free(self);
}

void
sim_remote_start(SimRemote *self)
{
    g_free(self->suffix);
    self->suffix = g_strdup_printf("-%" G_GINT64_MODIFIER "x-%u", self->run, ++self->replay);
    self->started = g_get_monotonic_time();
}

RollTime
sim_remote_now(const SimRemote *self)
{
    return g_get_monotonic_time() - self->started;
}

static void
make_fetch(SimFuzzStep *step)
{
    *step =
        (SimFuzzStep){.kind = SIM_STEP_SEND, .user = step->user, .number = step->number, .cseq = 1};
}

/* What ends within the time of a sequence would depend on the network. */
static void
lengthen(uint8_t *expires)
{
    if (*expires == SIM_FUZZ_ONE_SECOND)
        *expires = 0;
}

void
sim_remote_adapt(const SimRemote *self, SimFuzzSequence *sequence)
{
    sequence->setting = (SimFuzzSetting){0};
    for (size_t i = 0; i < sequence->n_steps; i++) {
        SimFuzzStep *step = &sequence->steps[i];
        step->at = 0;
        step->number = (uint8_t)i;
        step->method = 0;
        if (step->uri >= SIM_FUZZ_REQUEST_URIS_GOOD)
            step->uri = 0;
        /* Whether a port is part of an address of record is left to the registrar. */
        if (step->to == SIM_FUZZ_TO_WITH_PORT)
            step->to = 0;
        lengthen(&step->expires);
        for (size_t j = 0; j < step->n_contacts; j++)
            lengthen(&step->contacts[j].expires);
        /* A stream keeps no transaction, so neither a copy nor a merged request is known as one. */
        if (self->target->stream)
            step->from_tag = 0;
        if (step->kind == SIM_STEP_LOOKUP || (step->kind == SIM_STEP_AGAIN && self->target->stream))
            make_fetch(step);
    }
}

/* The user with the suffix of this sequence, and the domain that the server has, in capitals where
 * capitals stood. Returns: (transfer full): or %NULL for %NULL */
static char *
rename_uri(const SimRemote *self, const char *uri)
{
    if (!uri)
        return NULL;
    GString *out = g_string_new(NULL);
    for (const char *p = uri; *p;) {
        size_t n = strlen(SIM_FUZZ_DOMAIN);
        if (*p == '@')
            g_string_append(out, self->suffix);
        if (g_ascii_strncasecmp(p, SIM_FUZZ_DOMAIN, n) != 0) {
            g_string_append_c(out, *p++);
            continue;
        }
        bool same = strncmp(p, SIM_FUZZ_DOMAIN, n) == 0;
        g_autofree char *loud = g_ascii_strup(self->target->domain, -1);
        g_string_append(out, same ? self->target->domain : loud);
        p += n;
    }
    return g_string_free(out, FALSE);
}

/* Answers to what was asked before may come late. */
static bool
is_answer(SimRemote *self, const char *branch)
{
    RollText via;
    return sim_answer_read(&self->answer, (const char *)self->got->data, self->got->len) &&
           sim_answer_header(&self->answer, "Via", 0, &via) &&
           memmem(via.ptr, via.len, branch, strlen(branch));
}

static void
exchange(SimRemote *self, const char *branch)
{
    SimTarget *target = self->target;
    for (int i = 0; i < ATTEMPTS; i++) {
        target->class->send(target, self->sent->str, self->sent->len);
        while (target->class->receive(target, self->got))
            if (is_answer(self, branch))
                return;
    }
    sim_answer_read(&self->answer, "", 0);
}

const SimAnswer *
sim_remote_send(SimRemote *self, const SimFuzzStep *request)
{
    SimFuzzTexts texts;
    SimStep step;
    sim_fuzz_step(request, &texts, &step);
    g_autofree char *who = g_strconcat(step.who, self->suffix, NULL);
    g_autofree char *uri = rename_uri(self, step.uri);
    g_autofree char *to = rename_uri(self, step.to);
    g_autofree char *call_id = g_strconcat(step.call_id, self->suffix, NULL);
    g_autofree char *branch = g_strconcat(step.branch, self->suffix, ".", NULL);
    g_autofree char *transport = g_ascii_strdown(self->target->transport, -1);
    step.who = who;
    step.uri = uri;
    step.to = to;
    step.call_id = call_id;
    step.branch = branch;
    step.transport = transport;
    SimComposing open = {
        .domain = self->target->domain,
        .sent_by = self->target->sent_by,
        .cseq = request->cseq,
    };
    sim_script_compose(&step, &open, self->sent);
    exchange(self, branch);
    return &self->answer;
}

const char *
sim_remote_probe(SimRemote *self)
{
    SimFuzzStep fetch = {0};
    make_fetch(&fetch);
    sim_remote_start(self);
    switch (sim_remote_send(self, &fetch)->status) {
    case 0:
        return "does not answer";
    case 200:
        return NULL;
    case 401:
    case 407:
        return "asks for credentials; fuzz has none";
    default:
        return "refuses to list the contacts of a new user; is --domain right?";
    }
}
