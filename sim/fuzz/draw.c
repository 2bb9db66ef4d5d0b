/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mostly what a client would do, so that the table fills; now and then what no client should do. */
#include "sim/fuzz/counts.h"
#include "sim/fuzz/sequence.h"

#include <string.h>

#define JUST ROLL_MILLISECOND

typedef struct {
    const SimRandom *random;
    uint32_t which;
    uint32_t ordinal;
    uint32_t cseqs[SIM_FUZZ_CALL_IDS]; /* the highest so far */
} Draw;

static unsigned
draw(Draw *self, unsigned n)
{
    return (unsigned)(n * sim_random_uniform(self->random, self->which, SIM_PURPOSE_FUZZ,
                                             self->ordinal++, 0));
}

/* True one time in @n. */
static bool
rarely(Draw *self, unsigned n)
{
    return draw(self, n) == 0;
}

static uint8_t
draw_rare(Draw *self, unsigned odds, unsigned n)
{
    return rarely(self, odds) ? (uint8_t)draw(self, n) : 0;
}

/* The instant at which something ends that began with an earlier step, or one beside it. */
static RollTime
draw_edge(Draw *self, const SimFuzzSequence *sequence, size_t n)
{
    static const unsigned spans[] = {60, 61, 59, 300, 3600, 3599, 7200, 1, 32};
    RollTime start = n ? sequence->steps[draw(self, (unsigned)n)].at : 0;
    RollTime last = n ? sequence->steps[n - 1].at : 0;
    RollTime edge = start + spans[draw(self, G_N_ELEMENTS(spans))] * ROLL_SECOND +
                    ((int)draw(self, 3) - 1) * JUST;
    return edge > last ? edge : last;
}

static RollTime
draw_time(Draw *self, const SimFuzzSequence *sequence, size_t n)
{
    RollTime last = n ? sequence->steps[n - 1].at : 0;
    switch (draw(self, 8)) {
    case 0:
        return last + draw(self, 100) * ROLL_SECOND;
    case 1:
        return last + draw(self, 5000) * ROLL_MILLISECOND;
    case 2:
    case 3:
        return draw_edge(self, sequence, n);
    default:
        return last;
    }
}

static void
draw_contacts(Draw *self, SimFuzzStep *step)
{
    static const uint8_t often[] = {0, 1, 2, 4};
    unsigned n = draw(self, 8);
    step->n_contacts = (uint8_t)(n == 0 ? 0 : n < 5 ? 1 : n < 7 ? 2 : 2 + draw(self, 3));
    for (size_t i = 0; i < step->n_contacts; i++) {
        SimFuzzContact *contact = &step->contacts[i];
        contact->uri = rarely(self, 2) ? often[draw(self, G_N_ELEMENTS(often))]
                                       : (uint8_t)draw(self, SIM_FUZZ_STAR);
        contact->expires = draw_rare(self, 2, SIM_FUZZ_EXPIRIES);
        contact->q = draw_rare(self, 3, SIM_FUZZ_QS);
    }
    step->expires = draw_rare(self, 2, SIM_FUZZ_EXPIRIES_HEADER);
    if (!rarely(self, 10))
        return;
    /* All contacts go, or would, were it said right. */
    step->n_contacts = rarely(self, 6) ? (uint8_t)(1 + draw(self, 3)) : 1;
    SimFuzzContact *star = &step->contacts[draw(self, step->n_contacts)];
    *star = (SimFuzzContact){.uri = SIM_FUZZ_STAR};
    star->expires = rarely(self, 12) ? SIM_FUZZ_ZERO : 0;
    step->expires = rarely(self, 6) ? (uint8_t)draw(self, SIM_FUZZ_EXPIRIES_HEADER) : SIM_FUZZ_ZERO;
}

static void
draw_order(Draw *self, SimFuzzStep *step)
{
    step->call_id = draw_rare(self, 3, SIM_FUZZ_CALL_IDS);
    uint32_t *last = &self->cseqs[step->call_id];
    switch (draw(self, 8)) {
    case 0:
        step->cseq = *last ? *last : 1;
        break;
    case 1:
        step->cseq = 1 + draw(self, *last + 1);
        break;
    case 2:
        step->cseq = *last + 1 + draw(self, 100);
        break;
    default:
        step->cseq = *last + 1;
    }
    *last = MAX(*last, step->cseq);
}

static void
draw_request(Draw *self, SimFuzzStep *step)
{
    step->method = draw_rare(self, 40, SIM_FUZZ_METHODS);
    step->uri = draw_rare(self, 30, SIM_FUZZ_REQUEST_URIS);
    step->to = draw_rare(self, 4, SIM_FUZZ_TOS_GOOD);
    if (rarely(self, 40))
        step->to = (uint8_t)draw(self, SIM_FUZZ_TOS);
    step->to_tag = rarely(self, 6);
    step->from_tag = draw_rare(self, 6, SIM_FUZZ_TAGS);
    step->require = rarely(self, 50);
    draw_order(self, step);
    draw_contacts(self, step);
}

static bool
was_sent(const SimFuzzSequence *sequence, size_t n, unsigned user)
{
    for (size_t i = 0; i < n; i++)
        if (sequence->steps[i].kind == SIM_STEP_SEND && sequence->steps[i].user == user)
            return true;
    return false;
}

static void
draw_step(Draw *self, SimFuzzSequence *sequence, size_t n)
{
    SimFuzzStep *step = &sequence->steps[n];
    step->at = draw_time(self, sequence, n);
    step->number = (uint8_t)n;
    step->user = draw_rare(self, 3, SIM_FUZZ_USERS);
    unsigned kind = draw(self, 10);
    if (kind == 0 && was_sent(sequence, n, step->user)) {
        step->kind = SIM_STEP_AGAIN;
        return;
    }
    step->kind = kind == 1 ? SIM_STEP_LOOKUP : SIM_STEP_SEND;
    if (step->kind == SIM_STEP_SEND)
        draw_request(self, step);
}

void
sim_fuzz_draw(const SimRandom *random, uint32_t which, SimFuzzSequence *out)
{
    Draw self = {.random = random, .which = which};
    memset(out, 0, sizeof *out);
    out->setting = (SimFuzzSetting){
        .default_expires = draw_rare(&self, 4, SIM_FUZZ_SETTINGS),
        .min_expires = draw_rare(&self, 4, SIM_FUZZ_SETTINGS),
        .max_expires = draw_rare(&self, 4, SIM_FUZZ_SETTINGS),
        .max_bindings = draw_rare(&self, 4, SIM_FUZZ_SETTINGS),
        .purge = draw_rare(&self, 4, SIM_FUZZ_SETTINGS),
    };
    size_t n = 3 + draw(&self, SIM_FUZZ_STEPS - SIM_FUZZ_USERS - 3);
    for (size_t i = 0; i < n; i++)
        draw_step(&self, out, i);
    /* In the end everybody is looked up, so that nothing stays unseen. */
    for (unsigned user = 0; user < SIM_FUZZ_USERS; user++)
        out->steps[n + user] = (SimFuzzStep){
            .at = out->steps[n - 1].at, .kind = SIM_STEP_LOOKUP, .user = (uint8_t)user};
    out->n_steps = n + SIM_FUZZ_USERS;
}
