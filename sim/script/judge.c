/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An expectation names what matters to it; the rest of an answer is free. */
#include "sim/script/judge.h"

#include "sim/experiment/config.h"
#include "sim/script/player.h"

typedef struct {
    SimPlayer *player;
    const SimAnswer *answer; /* to what was sent last */
    size_t n_seen;           /* events that were expected already */
} Judge;

/* Every parameter that is expected is there with its value, and the URI is the same text. */
static bool
is_listed(const char *expected, RollText uri, RollText params)
{
    SimListed want;
    if (!sim_listed_read(roll_text(expected), &want) || !roll_text_equal(want.uri, uri))
        return false;
    RollText rest = want.params;
    while (rest.len) {
        const char *next = memchr(rest.ptr + 1, ';', rest.len - 1);
        size_t n = next ? (size_t)(next - rest.ptr) : rest.len;
        RollText one = {rest.ptr + 1, n - 1};
        rest = (RollText){rest.ptr + n, rest.len - n};
        const char *equals = memchr(one.ptr, '=', one.len);
        RollText name = {one.ptr, equals ? (size_t)(equals - one.ptr) : one.len};
        RollText wanted = {one.ptr + name.len + !!equals, one.len - name.len - !!equals};
        RollText value;
        if (!sim_listed_param(params, name, &value) || !roll_text_equal(wanted, value))
            return false;
    }
    return true;
}

/* As many as expected, and each of them, in any order. */
static bool
is_list(const SimStep *step, const SimAnswer *answer)
{
    bool taken[SIM_ANSWER_LISTED] = {false};
    if (answer->n_listed != step->n_contacts)
        return false;
    for (size_t i = 0; i < step->n_contacts; i++) {
        size_t j = 0;
        while (j < answer->n_listed &&
               (taken[j] ||
                !is_listed(step->contacts[i], answer->listed[j].uri, answer->listed[j].params)))
            j++;
        if (j == answer->n_listed)
            return false;
        taken[j] = true;
    }
    return true;
}

static bool
has_header(const SimAnswer *answer, const char *line)
{
    const char *colon = strchr(line, ':');
    g_autofree char *name = g_strstrip(g_strndup(line, (gsize)(colon - line)));
    g_autofree char *wanted = g_strstrip(g_strdup(colon + 1));
    RollText value;
    for (size_t i = 0; sim_answer_header(answer, name, i, &value); i++)
        if (roll_text_equal(value, roll_text(wanted)))
            return true;
    return false;
}

static bool
is_answer(const SimStep *step, const SimAnswer *answer)
{
    RollText value;
    if (answer->status != step->status)
        return false;
    if (step->min_expires && answer->min_expires != g_ascii_strtoll(step->min_expires, NULL, 10))
        return false;
    for (size_t i = 0; i < step->n_headers; i++)
        if (!has_header(answer, step->headers[i]))
            return false;
    for (size_t i = 0; i < step->n_without; i++)
        if (sim_answer_header(answer, step->without[i], 0, &value))
            return false;
    return !step->lists || is_list(step, answer);
}

static char *
show_answer(const SimPlayer *player, const SimAnswer *answer)
{
    RollText sent = sim_player_sent(player);
    GString *out = g_string_new("sent:\n");
    g_string_append_len(out, sent.ptr, (gssize)sent.len);
    g_string_append(out, answer->len ? "got:\n" : "got nothing\n");
    g_string_append_len(out, answer->bytes, (gssize)answer->len);
    return g_string_free(out, FALSE);
}

static char *
judge_lookup(const Judge *self, const SimStep *step)
{
    const RollLocation *found = NULL;
    size_t n = sim_player_lookup(self->player, step->who, &found);
    bool same = n == step->n_contacts;
    g_autoptr(GString) out = g_string_new(n ? "found" : "found none");
    for (size_t i = 0; i < n; i++) {
        RollTime left = found[i].expires_at - step->at;
        g_autofree char *params = g_strdup_printf(
            "%.*s;expires=%" G_GINT64_FORMAT ";q=%g", (int)found[i].params.len,
            found[i].params.ptr ? found[i].params.ptr : "",
            found[i].expires_at == ROLL_NEVER ? -1 : left / ROLL_SECOND, found[i].q / 1000.0);
        g_string_append_printf(out, " <%.*s>%s", (int)found[i].contact.len, found[i].contact.ptr,
                               params);
        same = same && is_listed(step->contacts[i], found[i].contact, roll_text(params));
    }
    return same ? NULL : g_string_free(g_steal_pointer(&out), FALSE);
}

/* The event came at this very time, and after those that were expected before. */
static char *
judge_event(Judge *self, const SimStep *step)
{
    const GArray *happened = sim_player_happened(self->player);
    char aor[ROLL_AOR_MAX] = "";
    sim_player_aor(self->player, step->who, aor);
    g_autoptr(GString) out = g_string_new("");
    for (size_t i = self->n_seen; i < happened->len; i++) {
        const SimHappened *event = &g_array_index(happened, SimHappened, i);
        g_string_append_printf(out, "%.6gs %s %s <%s>\n", (double)event->at / ROLL_SECOND,
                               sim_script_events[event->kind], event->aor, event->contact);
        if (event->at != step->at || (int)event->kind != step->event ||
            strcmp(event->aor, aor) != 0 ||
            (step->n_contacts &&
             !is_listed(step->contacts[0], roll_text(event->contact), (RollText){"", 0})))
            continue;
        self->n_seen = i + 1;
        return NULL;
    }
    return out->len ? g_string_free(g_steal_pointer(&out), FALSE) : g_strdup("nothing happened");
}

static char *
judge_step(Judge *self, const SimStep *step)
{
    sim_player_advance(self->player, step->at);
    if (step->kind == SIM_STEP_LOOKUP)
        return judge_lookup(self, step);
    if (step->kind == SIM_STEP_EVENT)
        return judge_event(self, step);
    return is_answer(step, self->answer) ? NULL : show_answer(self->player, self->answer);
}

static void
clear_judgement(void *judgement)
{
    g_free(((SimJudgement *)judgement)->got);
}

GArray *
sim_script_judge(const SimScenario *scenario, bool decoded)
{
    RollConfig config = sim_registrar_config(&scenario->registrar);
    g_autoptr(SimPlayer) player = sim_player_new(&config, scenario->registrar.domain, decoded);
    Judge self = {.player = player};
    GArray *judgements = g_array_new(FALSE, TRUE, sizeof(SimJudgement));
    g_array_set_clear_func(judgements, clear_judgement);
    for (size_t i = 0; i < scenario->script->steps->len; i++) {
        const SimStep *step = sim_script_step(scenario->script, i);
        if (step->kind == SIM_STEP_SEND || step->kind == SIM_STEP_AGAIN) {
            self.answer = sim_player_send(player, step);
            continue;
        }
        if (step->kind == SIM_STEP_CLOSE || step->kind == SIM_STEP_BREAK) {
            sim_player_end(player, step);
            continue;
        }
        SimJudgement judgement = {step, judge_step(&self, step)};
        g_array_append_val(judgements, judgement);
    }
    return judgements;
}
