/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Targets under virtual time: a plug-in that is loaded, and the core as one that is built in. Each
 * rule gets a registrar of its own, so no rule can see what another one left behind. */
#include "sim/conform/target.h"

#include "sim/conform/core.h"

#include <gmodule.h>

G_DEFINE_QUARK(sim - target - error - quark, sim_target_error)

/* 2023-11-14 22:13:20 UTC: any instant will do, but always the same. */
enum { EPOCH = 1700000000 };

typedef struct {
    SimTarget base;
    const RollPlugin *plugin;
    GModule *module;
    void *registrar;
    RollTime now;
    GQueue *packets; /* of GBytes */
    GQueue *peers;   /* of RollEndpoint */
} VirtualTarget;

static void
take_packet(void *data, const RollPacket *packet)
{
    VirtualTarget *self = data;
    g_queue_push_tail(self->packets, g_bytes_new(packet->data, packet->len));
    g_queue_push_tail(self->peers, g_memdup2(&packet->peer, sizeof packet->peer));
}

static void
forget_packets(VirtualTarget *self)
{
    g_queue_clear_full(self->packets, (GDestroyNotify)g_bytes_unref);
    g_queue_clear_full(self->peers, g_free);
}

static void
close_registrar(VirtualTarget *self)
{
    if (self->registrar)
        self->plugin->close(self->registrar);
    self->registrar = NULL;
    forget_packets(self);
}

static const char *
virtual_prepare(SimTarget *base, const SimWish *wish)
{
    VirtualTarget *self = (VirtualTarget *)base;
    static const char *const numbers[] = {"+15550100", "+15550101", "+15550102", NULL};
    close_registrar(self);
    RollPluginSetup setup = {
        .domain = base->domain,
        .username = base->username,
        .password = base->password,
        .authenticate = wish->authenticate,
        .default_expires = 3600,
        .min_expires = wish->min_expires ? wish->min_expires : 60,
        .max_expires = wish->max_expires,
        .max_bindings = wish->max_bindings ? wish->max_bindings : 64,
        .service_route =
            wish->service_route ? "<sip:edge1.example.org;lr>, <sip:edge2.example.org;lr>" : NULL,
        .numbers = numbers,
        .epoch = EPOCH,
        .send = take_packet,
        .send_data = self,
    };
    base->authenticates = wish->authenticate;
    base->only_user = wish->authenticate;
    base->source = (RollEndpoint){{192, 0, 2, 10}, 4, ROLL_TRANSPORT_UDP, 5070};
    self->now = 0;
    self->registrar = self->plugin->open(&setup);
    return self->registrar ? NULL : "the plug-in cannot be set up so";
}

static void
virtual_send(SimTarget *base, const void *data, size_t len)
{
    VirtualTarget *self = (VirtualTarget *)base;
    RollPacket packet = {base->source, data, len};
    self->plugin->receive(self->registrar, self->now, &packet);
}

static bool
virtual_receive(SimTarget *base, GByteArray *out)
{
    VirtualTarget *self = (VirtualTarget *)base;
    g_autoptr(GBytes) packet = g_queue_pop_head(self->packets);
    g_autofree RollEndpoint *peer = g_queue_pop_head(self->peers);
    g_byte_array_set_size(out, 0);
    if (!packet)
        return false;
    base->went_to = *peer;
    gsize len;
    const void *data = g_bytes_get_data(packet, &len);
    g_byte_array_append(out, data, (guint)len);
    return true;
}

static bool
virtual_advance(SimTarget *base, RollTime span)
{
    /* A plug-in that is woken for nothing, again and again, must not hang the run. */
    enum { WAKES_MAX = 100000 };
    VirtualTarget *self = (VirtualTarget *)base;
    RollTime until = self->now + span, next;
    for (int i = 0; i < WAKES_MAX; i++) {
        next = self->plugin->next_wake(self->registrar);
        if (next > until)
            break;
        self->now = MAX(self->now, next);
        self->plugin->wake(self->registrar, self->now);
    }
    self->now = until;
    return true;
}

static void
virtual_free(SimTarget *base)
{
    VirtualTarget *self = (VirtualTarget *)base;
    close_registrar(self);
    g_queue_free(self->packets);
    g_queue_free(self->peers);
    if (self->module)
        g_module_close(self->module);
}

static const SimTargetClass VIRTUAL = {
    virtual_prepare, virtual_send, virtual_receive, virtual_advance, virtual_free,
};

SimTarget *
sim_target_new_for_plugin(const RollPlugin *plugin)
{
    VirtualTarget *self = g_new0(VirtualTarget, 1);
    self->base = (SimTarget){
        .class = &VIRTUAL,
        .transport = "UDP",
        .in_process = true,
        .sent_by = g_strdup("192.0.2.10:5070"),
        .domain = g_strdup("example.org"),
        .username = g_strdup("alice"),
        .password = g_strdup("secret"),
    };
    self->plugin = plugin;
    self->packets = g_queue_new();
    self->peers = g_queue_new();
    return &self->base;
}

SimTarget *
sim_target_new_core(void)
{
    SimTarget *self = sim_target_new_for_plugin(&sim_conform_core);
    self->complete = true;
    return self;
}

SimTarget *
sim_target_new_plugin(const char *path, GError **error)
{
    /* Without a slash the loader would look in the system's folders. */
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    GModule *module = g_module_open(whole, G_MODULE_BIND_LOCAL);
    if (!module) {
        g_set_error(error, SIM_TARGET_ERROR, SIM_TARGET_ERROR_PLUGIN, "%s", g_module_error());
        return NULL;
    }
    void *symbol = NULL;
    const RollPlugin *plugin = NULL;
    if (g_module_symbol(module, ROLL_PLUGIN_SYMBOL, &symbol))
        plugin = symbol;
    if (!plugin || plugin->abi != ROLL_PLUGIN_ABI) {
        g_set_error(error, SIM_TARGET_ERROR, SIM_TARGET_ERROR_PLUGIN,
                    plugin ? "%s: %s has another version than %d; build the plug-in against this "
                             "rollcall/plugin.h"
                           : "%s: no symbol %s; export it, see rollcall/plugin.h",
                    path, ROLL_PLUGIN_SYMBOL, ROLL_PLUGIN_ABI);
        g_module_close(module);
        return NULL;
    }
    SimTarget *self = sim_target_new_for_plugin(plugin);
    ((VirtualTarget *)self)->module = module;
    return self;
}

void
sim_target_free(SimTarget *self)
{
    if (!self)
        return;
    self->class->free(self);
    g_free(self->sent_by);
    g_free(self->domain);
    g_free(self->username);
    g_free(self->password);
    g_free(self);
}
