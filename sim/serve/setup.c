/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a configuration leaves out is decided here: listeners on this machine alone, its names as
 * domains, a database in the state directory, and no authentication only where no stranger comes.
 */
#include "sim/serve/setup.h"

#include "sim/experiment/config.h"
#include "sim/scenario/files.h"
#include "sim/scenario/words.h"
#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum { SIP_PORT = 5060, PASSWORD_MAX = 4096 };

static bool
is_loopback(const char *address)
{
    g_autoptr(GInetAddress) inet = g_inet_address_new_from_string(address);
    return inet != NULL && g_inet_address_get_is_loopback(inet);
}

static GArray *
list_listens(const SimServeSpec *spec)
{
    GArray *listens = g_array_new(FALSE, FALSE, sizeof(RollListen));
    for (guint i = 0; i < spec->listens->len; i++) {
        const SimListenSpec *from = &g_array_index(spec->listens, SimListenSpec, i);
        RollListen listen = {from->transport, from->address, from->port};
        g_array_append_val(listens, listen);
    }
    const RollListen otherwise[] = {{ROLL_TRANSPORT_UDP, "127.0.0.1", SIP_PORT},
                                    {ROLL_TRANSPORT_TCP, "127.0.0.1", SIP_PORT}};
    if (listens->len == 0)
        g_array_append_vals(listens, otherwise, G_N_ELEMENTS(otherwise));
    return listens;
}

/* The one that is named; else every name this machine may be called by. */
static GStrv
list_domains(const SimScenario *configuration, const GArray *listens)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    if (configuration->serve->domain_given) {
        g_strv_builder_add(names, configuration->registrar.domain);
        return g_strv_builder_end(names);
    }
    g_strv_builder_add_many(names, "localhost", "127.0.0.1", "[::1]", g_get_host_name(), NULL);
    for (guint i = 0; i < listens->len; i++) {
        const RollListen *listen = &g_array_index(listens, RollListen, i);
        g_autofree char *host = strchr(listen->address, ':')
                                    ? g_strdup_printf("[%s]", listen->address)
                                    : g_strdup(listen->address);
        g_strv_builder_add(names, host);
    }
    return g_strv_builder_end(names);
}

/* Strangers are asked who they are unless it is said that they need not be. */
static bool
choose_auth(const SimServeSpec *spec, const GArray *listens, RollConfig *config, GError **error)
{
    bool local = true;
    for (guint i = 0; i < listens->len; i++)
        local = local && is_loopback(g_array_index(listens, RollListen, i).address);
    if (!spec->auth_given)
        config->authenticate = spec->users != NULL || !local;
    if (!config->authenticate || spec->users != NULL)
        return true;
    return sim_words_fail(error, "who may register? Give `users` in [serve] (--users FILE), or say "
                                 "`auth = none` in [registrar] to let everybody");
}

/* Returns: false without chance, which cannot be done without. */
static bool
draw_key(uint8_t *key, size_t len, GError **error)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = getrandom(key + done, len - done, 0);
        if (n < 0 && errno != EINTR)
            return sim_words_fail(error, "no random numbers: %s; getrandom is needed",
                                  g_strerror(errno));
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static char *
state_path(GError **error)
{
    const char *given = g_getenv("STATE_DIRECTORY"); /* systemd's; the first of a list */
    g_autofree char *folder = given && *given
                                  ? g_strndup(given, strcspn(given, ":"))
                                  : g_build_filename(g_get_user_state_dir(), "rollcall", NULL);
    if (g_mkdir_with_parents(folder, 0700) == 0)
        return g_build_filename(folder, "location.db", NULL);
    sim_words_fail(error,
                   "the state directory %s cannot be made: %s; --store sqlite:FILE names "
                   "another place",
                   folder, g_strerror(errno));
    return NULL;
}

static RollStore *
open_redis(const SimServeSpec *spec, GError **error)
{
    g_autofree char *text = NULL;
    size_t len;
    if (spec->password_file &&
        !sim_files_read(spec->password_file, PASSWORD_MAX, &text, &len, error)) {
        g_prefix_error(error, "store-password-file %s ", spec->password_file);
        return NULL;
    }
    if (text != NULL)
        text[strcspn(text, "\r\n")] = '\0';
    char *colon = text != NULL ? strchr(text, ':') : NULL;
    if (colon != NULL)
        *colon = '\0';
    bool socket = spec->store_port == 0;
    RollRedisSettings settings = {
        .host = socket ? NULL : spec->store_path,
        .port = spec->store_port,
        .path = socket ? spec->store_path : NULL,
        .username = colon != NULL ? text : NULL,
        .password = colon != NULL ? colon + 1 : text,
    };
    return roll_store_open_redis(&settings);
}

/* Returns: false with @error set; %NULL in @out is memory. */
static bool
open_store(const SimServeSpec *spec, RollStore **out, GError **error)
{
    g_autofree char *path = NULL;
    *out = NULL;
    switch (spec->store) {
    case SIM_STORE_MEMORY:
        return true;
    case SIM_STORE_DEFAULT:
        path = state_path(error);
        if (path != NULL)
            *out = roll_store_open_sqlite(path, error);
        break;
    case SIM_STORE_SQLITE:
        *out = roll_store_open_sqlite(spec->store_path, error);
        break;
    case SIM_STORE_REDIS:
        *out = open_redis(spec, error);
        break;
    }
    return *out != NULL;
}

static RollServerConfig
server_config(const SimServeSpec *spec, const GArray *listens)
{
    RollServerConfig config = roll_server_config_default();
    config.listens = (const RollListen *)listens->data;
    config.n_listens = listens->len;
    config.write_back = spec->write_back;
    config.certificate = spec->certificate;
    config.private_key = spec->private_key;
    config.metrics = spec->metrics;
    config.metrics_port = spec->metrics_port;
    config.max_connections = spec->max_connections;
    config.max_connections_per_source = spec->max_per_source;
    config.idle_timeout = spec->idle_timeout;
    config.message_timeout = spec->message_timeout;
    config.rate = spec->rate;
    config.burst = spec->burst;
    config.limit_loopback = spec->limit_loopback;
    return config;
}

static bool
set_registrar(SimService *self, const SimScenario *configuration, const GArray *listens,
              RollConfig *out, GError **error)
{
    const RollConfig usual = roll_server_config_default().registrar;
    RollConfig config = sim_registrar_config(&configuration->registrar);
    config.epoch = 0;
    config.redirect = usual.redirect;
    config.stateless_challenges = usual.stateless_challenges;
    config.max_transactions = usual.max_transactions;
    if (!choose_auth(configuration->serve, listens, &config, error) ||
        !draw_key(config.key, sizeof config.key, error))
        return false;
    config.lookup = sim_users_lookup;
    config.lookup_data = self->users;
    *out = config;
    return true;
}

static bool
open_users(SimService *self, const SimServeSpec *spec, GError **error)
{
    if (spec->users != NULL)
        self->users = sim_users_new(spec->users, error);
    return spec->users == NULL || self->users != NULL;
}

bool
sim_service_open(SimService *self, const SimScenario *configuration, RollLogger log, void *log_data,
                 GError **error)
{
    const SimServeSpec *spec = configuration->serve;
    g_autoptr(GArray) listens = list_listens(spec);
    g_auto(GStrv) domains = list_domains(configuration, listens);
    RollServerConfig config = server_config(spec, listens);
    *self = (SimService){0};
    config.log = log;
    config.log_data = log_data;
    if (!open_users(self, spec, error) ||
        !set_registrar(self, configuration, listens, &config.registrar, error) ||
        !open_store(spec, &config.store, error)) {
        sim_service_close(self);
        return false;
    }
    config.registrar.domains = (const char *const *)domains;
    config.registrar.realm = domains[0];
    self->server = roll_server_new(&config, error);
    if (self->server == NULL)
        sim_service_close(self);
    return self->server != NULL;
}

void
sim_service_close(SimService *self)
{
    g_clear_pointer(&self->server, roll_server_free);
    g_clear_pointer(&self->users, sim_users_free);
}
