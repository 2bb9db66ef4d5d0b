/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The core as a plug-in: its own calls, with the outbox emptied after each. */
#include "sim/conform/core.h"

#include <rollcall/rollcall.h>

typedef struct {
    RollRegistrar *registrar;
    RollOutbox *outbox;
    RollPluginSend send;
    void *send_data;
    char *username;
    char *password;
    RollText numbers[16];
    size_t n_numbers;
} Core;

static bool
find_secret(void *data, RollText realm, RollText username, RollAlgorithm algorithm, RollSecret *out)
{
    const Core *self = data;
    (void)realm, (void)algorithm;
    *out = (RollSecret){.password = roll_text(self->password)};
    return roll_text_equal(username, roll_text(self->username));
}

static size_t
list_numbers(void *data, RollText aor, const RollText **numbers)
{
    const Core *self = data;
    (void)aor;
    *numbers = self->numbers;
    return self->n_numbers;
}

static RollConfig
configure(Core *self, const RollPluginSetup *setup)
{
    static const RollAlgorithm algorithms[] = {ROLL_ALGORITHM_SHA512_256, ROLL_ALGORITHM_SHA256,
                                               ROLL_ALGORITHM_MD5};
    RollConfig config = roll_config_default();
    config.authenticate = setup->authenticate;
    config.lookup = find_secret;
    config.lookup_data = self;
    memcpy(config.algorithms, algorithms, sizeof algorithms);
    config.n_algorithms = G_N_ELEMENTS(algorithms);
    config.default_expires = setup->default_expires;
    config.min_expires = setup->min_expires;
    config.max_expires = setup->max_expires;
    config.max_bindings_per_aor = setup->max_bindings;
    config.service_route = setup->service_route;
    config.numbers = list_numbers;
    config.numbers_data = self;
    config.epoch = setup->epoch;
    memcpy(config.key, "a key that is no secret at all!", sizeof config.key);
    return config;
}

static void *
core_open(const RollPluginSetup *setup)
{
    Core *self = g_new0(Core, 1);
    const char *domains[] = {setup->domain, NULL};
    self->send = setup->send;
    self->send_data = setup->send_data;
    self->username = g_strdup(setup->username);
    self->password = g_strdup(setup->password);
    self->outbox = roll_outbox_new();
    for (; setup->numbers && setup->numbers[self->n_numbers] &&
           self->n_numbers < G_N_ELEMENTS(self->numbers);
         self->n_numbers++)
        self->numbers[self->n_numbers] = roll_text(setup->numbers[self->n_numbers]);
    RollConfig config = configure(self, setup);
    config.domains = domains;
    self->registrar = roll_registrar_new(&config);
    return self;
}

static void
core_close(void *data)
{
    Core *self = data;
    roll_registrar_free(self->registrar);
    roll_outbox_free(self->outbox);
    g_free(self->username);
    g_free(self->password);
    g_free(self);
}

static void
core_decide(void *data, RollTime now, const RollRequest *request, RollReply *reply)
{
    Core *self = data;
    roll_registrar_register(self->registrar, now, request, reply);
}

static void
empty_outbox(Core *self)
{
    for (size_t i = 0; i < roll_outbox_count(self->outbox); i++) {
        RollPacket packet = roll_outbox_get(self->outbox, i);
        self->send(self->send_data, &packet);
    }
    roll_outbox_clear(self->outbox);
}

static void
core_receive(void *data, RollTime now, const RollPacket *in)
{
    Core *self = data;
    roll_registrar_receive(self->registrar, now, in, self->outbox);
    empty_outbox(self);
}

static RollTime
core_next_wake(const void *data)
{
    const Core *self = data;
    return roll_registrar_next_wake(self->registrar);
}

static void
core_wake(void *data, RollTime now)
{
    Core *self = data;
    roll_registrar_wake(self->registrar, now, self->outbox);
    empty_outbox(self);
}

const RollPlugin sim_conform_core = {
    .abi = ROLL_PLUGIN_ABI,
    .name = "the core",
    .open = core_open,
    .close = core_close,
    .decide = core_decide,
    .receive = core_receive,
    .next_wake = core_next_wake,
    .wake = core_wake,
};
