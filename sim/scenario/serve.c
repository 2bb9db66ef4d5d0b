/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading and checking of `[serve]`. */
#include "sim/scenario/serve.h"

#include "sim/scenario/readers.h"
#include "sim/scenario/values.h"
#include "sim/scenario/where.h"
#include "sim/scenario/words.h"
#include <string.h>

static void
clear_listen(gpointer data)
{
    g_free(((SimListenSpec *)data)->address);
}

SimServeSpec *
sim_serve_spec_new(void)
{
    SimServeSpec *self = g_new0(SimServeSpec, 1);
    self->listens = g_array_new(FALSE, TRUE, sizeof(SimListenSpec));
    g_array_set_clear_func(self->listens, clear_listen);
    return self;
}

void
sim_serve_spec_free(SimServeSpec *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->listens);
    g_free(self->users);
    g_free(self->store_path);
    g_free(self->password_file);
    g_free(self->certificate);
    g_free(self->private_key);
    g_free(self->metrics);
    g_free(self);
}

/* `ADDRESS:PORT`, `[ADDRESS]:PORT`; the address is for the caller to judge. */
static bool
cut_port(const char *text, char **address, uint16_t *port)
{
    guint64 number;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text ||
        !g_ascii_string_to_unsigned(colon + 1, 10, 0, UINT16_MAX, &number, NULL))
        return false;
    bool bracketed = text[0] == '[' && colon[-1] == ']' && colon - text > 2;
    *address = bracketed ? g_strndup(text + 1, (gsize)(colon - text) - 2)
                         : g_strndup(text, (gsize)(colon - text));
    *port = (uint16_t)number;
    return true;
}

static bool
read_address(const char *text, const char *example, char **address, uint16_t *port, GError **error)
{
    g_autofree char *quoted = sim_words_quote(text);
    g_autofree char *found = NULL;
    if (!cut_port(text, &found, port))
        return sim_words_fail(error, "%s is no address with a port; an example is: %s", quoted,
                              example);
    if (!g_hostname_is_ip_address(found))
        return sim_words_fail(error,
                              "%s: an IP address is needed, 0.0.0.0 for all; an example is: %s",
                              quoted, example);
    *address = g_steal_pointer(&found);
    return true;
}

bool
sim_read_listen(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    static const char *const names[] = {"udp", "tcp", "tls", NULL};
    static const RollTransport transports[] = {ROLL_TRANSPORT_UDP, ROLL_TRANSPORT_TCP,
                                               ROLL_TRANSPORT_TLS};
    SimServeSpec *serve = object;
    const char *colon = strchr(value, ':');
    g_autofree char *name = g_strndup(value, colon ? (gsize)(colon - value) : strlen(value));
    int which;
    if (!sim_value_word(name, names, &which, error))
        return false;
    SimListenSpec listen = {.transport = transports[which]};
    if (!read_address(colon ? colon + 1 : "", "udp:127.0.0.1:5060", &listen.address, &listen.port,
                      error))
        return false;
    g_array_append_val(serve->listens, listen);
    return true;
}

bool
sim_read_store(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimServeSpec *serve = object;
    const char *rest;
    g_clear_pointer(&serve->store_path, g_free);
    if (strcmp(value, "memory") == 0) {
        serve->store = SIM_STORE_MEMORY;
        return true;
    }
    rest = g_str_has_prefix(value, "sqlite:") ? value + 7 : NULL;
    if (rest != NULL && *rest) {
        serve->store = SIM_STORE_SQLITE;
        serve->store_path = g_strdup(rest);
        return true;
    }
    rest = g_str_has_prefix(value, "redis:") ? value + 6 : NULL;
    serve->store = SIM_STORE_REDIS;
    serve->store_port = 0;
    if (rest != NULL && strchr(rest, '/') != NULL)
        serve->store_path = g_strdup(rest);
    else if (rest != NULL && cut_port(rest, &serve->store_path, &serve->store_port))
        return true;
    if (serve->store_path != NULL)
        return true;
    g_autofree char *quoted = sim_words_quote(value);
    return sim_words_fail(error,
                          "%s is no store; it is memory, sqlite:FILE, redis:HOST:PORT or "
                          "redis:/path/of/socket",
                          quoted);
}

bool
sim_read_metrics(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimServeSpec *serve = object;
    g_clear_pointer(&serve->metrics, g_free);
    return strcmp(value, "none") == 0 ||
           read_address(value, "127.0.0.1:9090", &serve->metrics, &serve->metrics_port, error);
}

bool
sim_read_source_rate(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimServeSpec *serve = object;
    serve->rate = 0;
    return strcmp(value, "none") == 0 || sim_value_rate(value, &serve->rate, error);
}

/* What of [registrar] only a simulation can do. */
static bool
check_registrar(const char *path, const SimSection *registrar, GError **error)
{
    static const char *const simulated[] = {"qualify", "replica-lag", "nat-ping"};
    for (size_t i = 0; registrar && i < G_N_ELEMENTS(simulated); i++) {
        const SimEntry *entry = sim_section_find(registrar, simulated[i]);
        if (entry == NULL)
            continue;
        sim_words_fail(error, "%s is for simulated registrars only; leave it out", entry->key);
        return sim_where_entry(error, path, entry);
    }
    return true;
}

bool
sim_serve_check(const SimServeSpec *self, const char *path, const SimSection *registrar,
                GError **error)
{
    if (!check_registrar(path, registrar, error))
        return false;
    for (guint i = 0; i < self->listens->len; i++) {
        const SimListenSpec *listen = &g_array_index(self->listens, SimListenSpec, i);
        if (listen->transport != ROLL_TRANSPORT_TLS || (self->certificate && self->private_key))
            continue;
        sim_words_fail(error, "a tls listener needs certificate and private-key");
        return sim_where_line(error, path, 0);
    }
    return true;
}
