/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libmicrohttpd in the server's own main loop: its epoll descriptor is watched, and its time-outs
 * run on one timer. */
#include "http.h"

#include "endpoint.h"
#include "journal.h"
#include "metrics.h"
#include "source.h"
#include <gio/gio.h>
#include <glib-unix.h>
#include <microhttpd.h>
#include <string.h>

enum { CONNECTIONS = 16, TIMEOUT_S = 10, MEMORY = 16384 };

struct RollHttp {
    RollServer *server;
    struct MHD_Daemon *daemon;
    GSource *ready;
    GSource *timer;
};

static enum MHD_Result
reply(struct MHD_Connection *connection, unsigned status, const char *type, const char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
reply_health(const RollServer *server, struct MHD_Connection *connection)
{
    bool failed = server->journal ? roll_journal_is_failed(server->journal)
                                  : server->store && roll_store_is_lost(server->store);
    return failed ? reply(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain",
                          "the location store cannot be reached or written\n")
                  : reply(connection, MHD_HTTP_OK, "text/plain", "ok\n");
}

static enum MHD_Result
answer(void *data, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *body, size_t *body_len, void **state)
{
    (void)version, (void)body, (void)state;
    const RollHttp *self = data;
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return MHD_NO;
    *body_len = 0;
    if (strcmp(url, "/health") == 0)
        return reply_health(self->server, connection);
    if (strcmp(url, "/metrics") != 0)
        return reply(connection, MHD_HTTP_NOT_FOUND, "text/plain",
                     "there are /metrics and /health\n");
    g_autoptr(GString) text = g_string_new(NULL);
    roll_metrics_write(self->server, text);
    return reply(connection, MHD_HTTP_OK, "text/plain; version=0.0.4", text->str);
}

static gboolean on_timer(gpointer data);

static void
run(RollHttp *self)
{
    MHD_UNSIGNED_LONG_LONG wait;
    MHD_run(self->daemon);
    if (self->timer || MHD_get_timeout(self->daemon, &wait) != MHD_YES)
        return;
    self->timer = g_timeout_source_new((guint)MIN(wait + 1, 60000));
    g_source_set_callback(self->timer, on_timer, self, NULL);
    g_source_attach(self->timer, self->server->context);
}

static gboolean
on_timer(gpointer data)
{
    RollHttp *self = data;
    roll_source_stop(&self->timer);
    run(self);
    return G_SOURCE_REMOVE;
}

static gboolean
on_ready(gint fd, GIOCondition condition, gpointer data)
{
    (void)fd, (void)condition;
    run(data);
    return G_SOURCE_CONTINUE;
}

static bool
read_address(const RollServerConfig *config, struct sockaddr_storage *out, GError **error)
{
    g_autoptr(GSocketAddress) address =
        g_inet_socket_address_new_from_string(config->metrics, config->metrics_port);
    if (address && g_socket_address_to_native(address, out, sizeof *out, NULL))
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "\"%s\" is no IP address",
                config->metrics);
    return false;
}

static bool
start(RollHttp *self, GError **error)
{
    const RollServerConfig *config = &self->server->config;
    struct sockaddr_storage address = {0};
    if (!read_address(config, &address, error))
        return false;
    unsigned flags = MHD_USE_EPOLL | (address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    self->daemon = MHD_start_daemon(
        flags, config->metrics_port, NULL, NULL, answer, self, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_END);
    if (!self->daemon)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                    "cannot listen for HTTP on %s:%u; is the port taken?", config->metrics,
                    config->metrics_port);
    return self->daemon != NULL;
}

RollHttp *
roll_http_new(RollServer *server, GError **error)
{
    RollHttp *self = g_new0(RollHttp, 1);
    self->server = server;
    if (!start(self, error)) {
        g_free(self);
        return NULL;
    }
    int fd = MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    self->ready = g_unix_fd_source_new(fd, G_IO_IN);
    g_source_set_callback(self->ready, G_SOURCE_FUNC(on_ready), self, NULL);
    g_source_attach(self->ready, server->context);
    return self;
}

void
roll_http_free(RollHttp *self)
{
    roll_source_stop(&self->ready);
    roll_source_stop(&self->timer);
    MHD_stop_daemon(self->daemon);
    g_free(self);
}

uint16_t
roll_http_port(const RollHttp *self)
{
    return MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}
