/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall serve`: the registrar core as a server, until it is told to stop. */
#include "sim/command/command.h"
#include "sim/scenario/words.h"
#include "sim/serve/log.h"
#include "sim/serve/setup.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static const char HELP[] =
    "Without any option it listens on udp and tcp 127.0.0.1:5060, lets everybody on this machine\n"
    "register, and keeps the records in SQLite in the state directory. What is not for a user's\n"
    "registration is answered as a redirect server: 302 with his contacts.\n\n"
    "SIGTERM and Ctrl-C stop it when all is written; SIGHUP reads users and certificate again.\n"
    "docs/serve.md tells all keys of [serve]; those of [registrar] are a scenario's.\n\n"
    "Examples:\n"
    "  rollcall serve\n"
    "  rollcall serve --listen udp:0.0.0.0:5060 --domain example.org --users users.htdigest\n"
    "  rollcall serve --config rollcall.conf --set serve.metrics=127.0.0.1:9090\n\n"
    "Exit: 0 stopped as it was told to, 2 bad input, or it could not begin.\n";

typedef struct {
    char *config;
    char **listens;
    char *domain;
    char *users;
    char *store;
    char **changes;
} Options;

static void
clear_options(Options *self)
{
    g_free(self->config);
    g_strfreev(self->listens);
    g_free(self->domain);
    g_free(self->users);
    g_free(self->store);
    g_strfreev(self->changes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

/* The state of the command while it runs. */
typedef struct {
    SimServerLog log;
    SimService service;
    bool certified;
    GMainLoop *loop;
} Command;

static void
write_log(void *data, RollLogLevel level, const char *event, const RollLogField *fields,
          size_t n_fields)
{
    const SimServerLog *log = data;
    if (level > log->least)
        return;
    g_autoptr(GString) line = g_string_new(NULL);
    sim_server_log_format(line, log->json, g_get_real_time(), level, event, fields, n_fields);
    fprintf(stderr, "%s\n", line->str);
}

static void
add_change(GStrvBuilder *changes, const char *key, const char *value)
{
    if (value == NULL)
        return;
    g_autofree char *change = g_strdup_printf("%s=%s", key, value);
    g_strv_builder_add(changes, change);
}

/* Options are short for --set, and go before the file. */
static GStrv
list_changes(const Options *options)
{
    g_autoptr(GStrvBuilder) changes = g_strv_builder_new();
    add_change(changes, "registrar.domain", options->domain);
    add_change(changes, "serve.users", options->users);
    add_change(changes, "serve.store", options->store);
    if (options->changes != NULL)
        g_strv_builder_addv(changes, (const char **)options->changes);
    return g_strv_builder_end(changes);
}

/* Listeners of the command line are lines of a text, as the key may be repeated. */
static SimScenario *
read_options(const Options *options, const char *const *changes, GError **error)
{
    g_autoptr(GString) text = g_string_new("[serve]\n");
    for (size_t i = 0; options->listens != NULL && options->listens[i] != NULL; i++)
        g_string_append_printf(text, "listen = %s\n", options->listens[i]);
    return sim_scenario_parse("command line", text->str, text->len, changes, error);
}

static SimScenario *
read_configuration(const Options *options, GError **error)
{
    g_auto(GStrv) changes = list_changes(options);
    if (options->config == NULL)
        return read_options(options, (const char *const *)changes, error);
    if (options->listens != NULL) {
        sim_words_fail(error, "--listen stands beside --config: say `listen` in the file");
        return NULL;
    }
    g_autoptr(SimScenario) read =
        sim_scenario_load(options->config, (const char *const *)changes, error);
    if (read == NULL || read->serve != NULL)
        return g_steal_pointer(&read);
    sim_words_fail(error,
                   "%s: no [serve] group: this is a scenario, not a server's configuration; add "
                   "[serve], or simulate it with rollcall run",
                   options->config);
    return NULL;
}

static gboolean
on_stop(gpointer data)
{
    Command *self = data;
    g_main_loop_quit(self->loop);
    return G_SOURCE_CONTINUE;
}

static void
report(Command *self, const char *what, bool good, const GError *error)
{
    RollLogField fields[] = {{"what", what}, {"reason", good ? "" : error->message}};
    write_log(&self->log, good ? ROLL_LOG_INFO : ROLL_LOG_ERROR,
              good ? "reloaded" : "reload-failed", fields, good ? 1 : 2);
}

static gboolean
on_reload(gpointer data)
{
    Command *self = data;
    if (self->service.users != NULL) {
        g_autoptr(GError) error = NULL;
        bool good = sim_users_reload(self->service.users, &error);
        report(self, "users", good, error);
    }
    if (self->certified) {
        g_autoptr(GError) error = NULL;
        bool good = roll_server_reload_certificate(self->service.server, &error);
        report(self, "certificate", good, error);
    }
    return G_SOURCE_CONTINUE;
}

static void
announce(const Command *self, const SimScenario *configuration)
{
    static const char *const transports[] = {"udp", "tcp", "tls"};
    const SimServeSpec *spec = configuration->serve;
    size_t n = MAX(spec->listens->len, 2u);
    for (size_t i = 0; i < n && (i < spec->listens->len || spec->listens->len == 0); i++) {
        const SimListenSpec *listen =
            spec->listens->len > 0 ? &g_array_index(spec->listens, SimListenSpec, i) : NULL;
        const char *address = listen != NULL ? listen->address : "127.0.0.1";
        g_autofree char *at = g_strdup_printf(strchr(address, ':') ? "%s:[%s]:%u" : "%s:%s:%u",
                                              transports[listen != NULL ? listen->transport : i],
                                              address, roll_server_port(self->service.server, i));
        RollLogField fields[] = {{"at", at}};
        write_log((void *)&self->log, ROLL_LOG_INFO, "listening", fields, 1);
    }
    if (roll_server_metrics_port(self->service.server) != 0) {
        g_autofree char *at = g_strdup_printf("http://%s:%u/metrics", spec->metrics,
                                              roll_server_metrics_port(self->service.server));
        RollLogField fields[] = {{"at", at}};
        write_log((void *)&self->log, ROLL_LOG_INFO, "metrics", fields, 1);
    }
    g_autofree char *records = g_strdup_printf("%zu", roll_server_count(self->service.server));
    RollLogField fields[] = {{"records", records}};
    write_log((void *)&self->log, ROLL_LOG_INFO, "ready", fields, 1);
}

static void
serve(Command *self, const SimScenario *configuration)
{
    self->loop = g_main_loop_new(NULL, FALSE);
    const struct {
        int signal;
        GSourceFunc then;
    } handlers[] = {{SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGHUP, on_reload}};
    guint ids[G_N_ELEMENTS(handlers)];
    for (size_t i = 0; i < G_N_ELEMENTS(handlers); i++)
        ids[i] = g_unix_signal_add(handlers[i].signal, handlers[i].then, self);
    announce(self, configuration);
    g_main_loop_run(self->loop);
    sim_service_close(&self->service);
    for (size_t i = 0; i < G_N_ELEMENTS(handlers); i++)
        g_source_remove(ids[i]);
    g_main_loop_unref(self->loop);
    write_log(&self->log, ROLL_LOG_INFO, "stopped", NULL, 0);
}

/* Descriptors beside those of connections: listeners, store, HTTP, log. */
enum { DESCRIPTORS = 64 };

/* As many connections as the configuration allows need as many descriptors. */
static void
raise_limit(const SimServerLog *log, size_t connections)
{
    struct rlimit limit;
    rlim_t wanted = connections + DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = MIN(wanted, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= wanted)
        return;
    g_autofree char *needed = g_strdup_printf("%zu", (size_t)wanted);
    g_autofree char *allowed = g_strdup_printf("%zu", (size_t)limit.rlim_cur);
    RollLogField fields[] = {{"needed", needed}, {"allowed", allowed}};
    write_log((void *)log, ROLL_LOG_WARNING, "few-descriptors", fields, 2);
}

int
sim_command_serve(int argc, char **argv)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options.config, "Read [serve] and [registrar]",
         "FILE"},
        {"listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &options.listens,
         "Wait here, e.g. udp:0.0.0.0:5060; may be repeated", "TRANSPORT:ADDRESS:PORT"},
        {"domain", 0, 0, G_OPTION_ARG_STRING, &options.domain, "Of the addresses of record",
         "NAME"},
        {"users", 0, 0, G_OPTION_ARG_FILENAME, &options.users,
         "Who may register: htdigest lines, or sqlite:FILE", "FILE"},
        {"store", 0, 0, G_OPTION_ARG_FILENAME, &options.store,
         "Keep the records in: memory, sqlite:FILE, redis:HOST:PORT", "STORE"},
        {"set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &options.changes,
         "Set a key, e.g. serve.log=json; may be repeated", "GROUP.KEY=VALUE"},
        {NULL},
    };
    if (!sim_command_parse(&argc, &argv, entries, "", HELP))
        return SIM_EXIT_BAD;
    g_autoptr(SimScenario) configuration = read_configuration(&options, &error);
    if (configuration == NULL)
        return sim_command_fail(error);
    const SimServeSpec *spec = configuration->serve;
    Command self = {.log = {spec->log_json, (RollLogLevel)spec->log_level},
                    .certified = spec->certificate != NULL};
    raise_limit(&self.log, spec->max_connections);
    if (!sim_service_open(&self.service, configuration, write_log, &self.log, &error))
        return sim_command_fail(error);
    serve(&self, configuration);
    return SIM_EXIT_MET;
}
