/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registrar in a shared object, as `rollcall conform --plugin` loads it. Yours would stand where
 * libroll does here. Built a second time with BROKEN it takes requests in any order, which section
 * 10.3 step 7 of RFC 3261 forbids: the harness has to find that. */
#include <rollcall/plugin.h>
#include <rollcall/rollcall.h>

typedef struct {
    RollRegistrar *registrar;
    RollOutbox *outbox;
    RollPluginSetup setup;
    char *username;
    char *password;
} Plugin;

static bool
find_secret(void *data, RollText realm, RollText username, RollAlgorithm algorithm, RollSecret *out)
{
    const Plugin *self = data;
    (void)realm, (void)algorithm;
    *out = (RollSecret){.password = roll_text(self->password)};
    return roll_text_equal(username, roll_text(self->username));
}

static void *
plugin_open(const RollPluginSetup *setup)
{
    Plugin *self = g_new0(Plugin, 1);
    const char *domains[] = {setup->domain, NULL};
    self->setup = *setup;
    self->username = g_strdup(setup->username);
    self->password = g_strdup(setup->password);
    self->outbox = roll_outbox_new();
    RollConfig config = roll_config_default();
    config.domains = domains;
    config.authenticate = setup->authenticate;
    config.lookup = find_secret;
    config.lookup_data = self;
    config.default_expires = setup->default_expires;
    config.min_expires = setup->min_expires;
    config.max_expires = setup->max_expires;
    config.max_bindings_per_aor = setup->max_bindings;
    config.service_route = setup->service_route;
    config.epoch = setup->epoch;
#ifdef BROKEN
    config.policy.lax_order = true;
#endif
    self->registrar = roll_registrar_new(&config);
    return self;
}

static void
plugin_close(void *data)
{
    Plugin *self = data;
    roll_registrar_free(self->registrar);
    roll_outbox_free(self->outbox);
    g_free(self->username);
    g_free(self->password);
    g_free(self);
}

static void
send_all(Plugin *self)
{
    for (size_t i = 0; i < roll_outbox_count(self->outbox); i++) {
        RollPacket packet = roll_outbox_get(self->outbox, i);
        self->setup.send(self->setup.send_data, &packet);
    }
    roll_outbox_clear(self->outbox);
}

static void
plugin_receive(void *data, RollTime now, const RollPacket *in)
{
    Plugin *self = data;
    roll_registrar_receive(self->registrar, now, in, self->outbox);
    send_all(self);
}

static RollTime
plugin_next_wake(const void *data)
{
    const Plugin *self = data;
    return roll_registrar_next_wake(self->registrar);
}

static void
plugin_wake(void *data, RollTime now)
{
    Plugin *self = data;
    roll_registrar_wake(self->registrar, now, self->outbox);
    send_all(self);
}

extern const RollPlugin rollcall_plugin;
const RollPlugin rollcall_plugin = {
    .abi = ROLL_PLUGIN_ABI,
    .name = "a sample",
    .open = plugin_open,
    .close = plugin_close,
    .receive = plugin_receive,
    .next_wake = plugin_next_wake,
    .wake = plugin_wake,
};
