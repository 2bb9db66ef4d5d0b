/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compared are the status, Min-Expires, the listed contacts with expiry and q, and what a lookup
 * finds. Seconds are whole in an answer, so what is left of an expiry may be rounded either way;
 * over the network the request and its answer take time besides. */
#include "sim/fuzz/differ.h"

#include "sim/script/player.h"
#include <string.h>

#define SLACK ROLL_SECOND
#define SLACK_REMOTE (2 * ROLL_SECOND)

/* Either @player or @remote is there, and @config with the latter. */
struct SimDiffer {
    SimPlayer *player;
    SimRemote *remote;
    ModelConfig config;
    Model *model;
    uint64_t n_messages;
    GString *answers[SIM_FUZZ_STEPS]; /* the first to each request, by its number */
};

static RollConfig
make_config(const SimFuzzSetting *setting)
{
    ModelConfig model = sim_fuzz_config(setting);
    RollConfig config = roll_config_default();
    config.default_expires = (uint32_t)model.default_expires;
    config.min_expires = (uint32_t)model.min_expires;
    config.max_expires = (uint32_t)model.max_expires;
    config.max_bindings_per_aor = model.max_bindings;
    config.purge_interval = sim_fuzz_purge(setting) * ROLL_SECOND;
    config.max_aors = 16;
    config.max_transactions = 4 * SIM_FUZZ_STEPS;
    config.nonce_limit = 4;
    return config;
}

static SimDiffer *
new_differ(void)
{
    SimDiffer *self = g_new0(SimDiffer, 1);
    self->model = g_new0(Model, 1);
    for (size_t i = 0; i < SIM_FUZZ_STEPS; i++)
        self->answers[i] = g_string_new(NULL);
    return self;
}

SimDiffer *
sim_differ_new(bool decoded)
{
    SimDiffer *self = new_differ();
    RollConfig config = make_config(&(SimFuzzSetting){0});
    self->player = sim_player_new(&config, SIM_FUZZ_DOMAIN, decoded);
    return self;
}

SimDiffer *
sim_differ_new_remote(SimRemote *remote, const ModelConfig *config)
{
    SimDiffer *self = new_differ();
    self->remote = remote;
    self->config = *config;
    self->config.domain = SIM_FUZZ_DOMAIN;
    return self;
}

void
sim_differ_draw(const SimDiffer *self, const SimRandom *random, uint32_t which,
                SimFuzzSequence *out)
{
    sim_fuzz_draw(random, which, out);
    if (self->remote)
        sim_remote_adapt(self->remote, out);
}

void
sim_differ_free(SimDiffer *self)
{
    if (!self)
        return;
    sim_player_free(self->player);
    g_free(self->model);
    for (size_t i = 0; i < SIM_FUZZ_STEPS; i++)
        g_string_free(self->answers[i], TRUE);
    g_free(self);
}

bool
sim_differ_is_alive(SimDiffer *self)
{
    return !self->remote || !sim_remote_probe(self->remote);
}

uint64_t
sim_differ_messages(const SimDiffer *self)
{
    return self->n_messages;
}

static bool
same_contact(const ModelBinding *binding, RollTime now, RollTime slack, const SimListed *listed)
{
    RollTime left = binding->expires_at - now;
    int q = listed->q < 0 ? 1000 : listed->q;
    return roll_text_equal(listed->uri, roll_text(binding->uri)) && q == binding->q &&
           listed->expires >= 1 && listed->expires * ROLL_SECOND + slack > left &&
           listed->expires * ROLL_SECOND - slack < left;
}

/* Each contact of the one is one of the other; what is listed differs from one another. */
static bool
same_contacts(const ModelAnswer *expected, RollTime slack, const SimAnswer *answer)
{
    if (answer->n_listed != expected->n_bindings)
        return false;
    for (size_t i = 0; i < expected->n_bindings; i++) {
        size_t j = 0;
        while (j < answer->n_listed &&
               !same_contact(&expected->bindings[i], expected->at, slack, &answer->listed[j]))
            j++;
        if (j == answer->n_listed)
            return false;
    }
    return true;
}

static bool
same_answer(const ModelAnswer *expected, RollTime slack, const SimAnswer *answer)
{
    int64_t min_expires = expected->status == 423 ? expected->min_expires : -1;
    return answer->status == expected->status && answer->min_expires == min_expires &&
           (expected->status != 200 || same_contacts(expected, slack, answer));
}

/* The step whose request is sent: itself, or the last one of the same user. */
static const SimFuzzStep *
find_request(const SimFuzzSequence *sequence, size_t i)
{
    const SimFuzzStep *step = &sequence->steps[i];
    for (size_t j = i + 1; j-- > 0;)
        if (sequence->steps[j].kind == SIM_STEP_SEND && sequence->steps[j].user == step->user)
            return &sequence->steps[j];
    return NULL;
}

static const ModelAnswer *
ask_model(SimDiffer *self, RollTime now, const SimFuzzStep *request)
{
    SimFuzzTexts texts;
    SimStep unused;
    ModelRequest asked;
    sim_fuzz_step(request, &texts, &unused);
    sim_fuzz_request(request, &texts, &asked);
    return model_receive(self->model, now, &asked);
}

static bool
same_remotely(SimDiffer *self, const SimFuzzSequence *sequence, size_t i)
{
    const SimFuzzStep *request = find_request(sequence, i);
    const SimAnswer *answer = sim_remote_send(self->remote, request);
    self->n_messages++;
    return same_answer(ask_model(self, sim_remote_now(self->remote), request), SLACK_REMOTE,
                       answer);
}

static bool
same_request(SimDiffer *self, const SimFuzzSequence *sequence, size_t i)
{
    const SimFuzzStep *step = &sequence->steps[i];
    const SimFuzzStep *request = find_request(sequence, i);
    SimFuzzTexts texts;
    SimStep sent;
    sim_fuzz_step(step, &texts, &sent);
    const SimAnswer *answer = sim_player_send(self->player, &sent);
    const ModelAnswer *expected = ask_model(self, step->at, request);
    GString *first = self->answers[request->number];
    self->n_messages++;
    if (!same_answer(expected, SLACK, answer))
        return false;
    if (expected->repeats)
        return roll_text_equal((RollText){first->str, first->len},
                               (RollText){answer->bytes, answer->len});
    g_string_truncate(first, 0);
    g_string_append_len(first, answer->bytes, (gssize)answer->len);
    return true;
}

static bool
same_lookup(SimDiffer *self, const SimFuzzStep *step)
{
    ModelBinding expected[MODEL_MOST_BINDINGS];
    const RollLocation *found = NULL;
    sim_player_advance(self->player, step->at);
    size_t n = model_lookup(self->model, step->at, sim_fuzz_aor(step->user), expected);
    size_t n_found = sim_player_lookup(self->player, sim_fuzz_user(step->user), &found);
    if (n_found != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t j = 0;
        while (j < n &&
               (!roll_text_equal(found[j].contact, roll_text(expected[i].uri)) ||
                found[j].expires_at != expected[i].expires_at || found[j].q != expected[i].q))
            j++;
        if (j == n || (i > 0 && found[i].q > found[i - 1].q))
            return false;
    }
    return true;
}

static ModelConfig
config_of(const SimDiffer *self, const SimFuzzSequence *sequence)
{
    return self->remote ? self->config : sim_fuzz_config(&sequence->setting);
}

static void
start(SimDiffer *self, const SimFuzzSequence *sequence)
{
    RollConfig config = make_config(&sequence->setting);
    ModelConfig model = config_of(self, sequence);
    if (self->remote)
        sim_remote_start(self->remote);
    else
        sim_player_start(self->player, &config);
    model_start(self->model, &model);
}

static bool
same_step(SimDiffer *self, const SimFuzzSequence *sequence, size_t i)
{
    if (self->remote)
        return same_remotely(self, sequence, i);
    if (sequence->steps[i].kind == SIM_STEP_LOOKUP)
        return same_lookup(self, &sequence->steps[i]);
    return same_request(self, sequence, i);
}

int
sim_differ_find(SimDiffer *self, const SimFuzzSequence *sequence)
{
    start(self, sequence);
    for (size_t i = 0; i < sequence->n_steps; i++)
        if (!same_step(self, sequence, i))
            return (int)i;
    return -1;
}

/* What is listed or found, as a script has it. */
static char *
show_binding(const ModelBinding *binding, RollTime now)
{
    RollTime left = binding->expires_at - now;
    char q[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(q, sizeof q, "%g", binding->q / 1000.0);
    return g_strdup_printf("<%s>;expires=%" G_GINT64_FORMAT "%s%s", binding->uri,
                           (left + ROLL_SECOND - 1) / ROLL_SECOND,
                           binding->q == 1000 ? "" : ";q=", binding->q == 1000 ? "" : q);
}

static void
write_bindings(SimStep *step, const ModelBinding *bindings, size_t n, RollTime now, GString *out)
{
    g_autoptr(GPtrArray) shown = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(shown, show_binding(&bindings[i], now));
    step->contacts = (const char *const *)shown->pdata;
    step->n_contacts = n;
    sim_step_write(step, out);
    g_string_append_c(out, '\n');
}

static void
write_step(SimDiffer *self, const SimFuzzSequence *sequence, size_t i, GString *out)
{
    const SimFuzzStep *step = &sequence->steps[i];
    SimFuzzTexts texts;
    SimStep written;
    sim_fuzz_step(step, &texts, &written);
    if (step->kind == SIM_STEP_LOOKUP) {
        ModelBinding found[MODEL_MOST_BINDINGS];
        size_t n = model_lookup(self->model, step->at, sim_fuzz_aor(step->user), found);
        write_bindings(&written, found, n, step->at, out);
        return;
    }
    sim_step_write(&written, out);
    g_string_append_c(out, '\n');
    const ModelAnswer *answer = ask_model(self, step->at, find_request(sequence, i));
    g_autofree char *brief = g_strdup_printf("%" G_GINT64_FORMAT, answer->min_expires);
    SimStep expect = {.at = step->at, .kind = SIM_STEP_EXPECT, .status = answer->status};
    expect.lists = answer->status == 200;
    expect.min_expires = answer->status == 423 ? brief : NULL;
    write_bindings(&expect, answer->bindings, answer->n_bindings, answer->at, out);
}

char *
sim_differ_write(SimDiffer *self, const SimFuzzSequence *sequence, const char *title)
{
    ModelConfig config = config_of(self, sequence);
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "[scenario]\ntitle = %s\n\n[registrar]\n", title);
    g_string_append_printf(out, "default-expires = %us\nmin-expires = %us\n",
                           (unsigned)config.default_expires, (unsigned)config.min_expires);
    if (config.max_expires)
        g_string_append_printf(out, "max-expires = %us\n", (unsigned)config.max_expires);
    g_string_append_printf(out, "max-bindings = %zu\npurge-interval = %us\n\n[script]\n",
                           config.max_bindings, sim_fuzz_purge(&sequence->setting));
    start(self, sequence);
    for (size_t i = 0; i < sequence->n_steps; i++)
        write_step(self, sequence, i, out);
    return g_string_free(out, FALSE);
}
