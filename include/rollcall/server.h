/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The registrar core behind real sockets: UDP, TCP and TLS, with a location store behind it. It
 * runs on the GMainContext that is the thread's default when it is made; nothing blocks but the
 * loading of the store at the start. */
#pragma once

#include <gio/gio.h>
#include <rollcall/registrar.h>
#include <rollcall/store.h>

typedef struct RollServer RollServer;

/**
 * RollListen: where to wait for requests.
 * @transport: UDP, TCP or TLS
 * @address: IPv4 or IPv6, without brackets
 * @port: 0: any free one
 */
typedef struct {
    RollTransport transport;
    const char *address;
    uint16_t port;
} RollListen;

/** RollLogLevel: of a line of the log. */
typedef enum { ROLL_LOG_ERROR, ROLL_LOG_WARNING, ROLL_LOG_INFO, ROLL_LOG_DEBUG } RollLogLevel;

/**
 * RollLogField: one `name=value` of a line of the log. @value may hold anything a stranger sent.
 * What is secret (passwords, hashes, nonces, responses) is never handed to a log.
 */
typedef struct {
    const char *name;
    const char *value;
} RollLogField;

/** RollLogger: takes a line: what happened in a few words that stay the same, and about what. */
typedef void (*RollLogger)(void *data, RollLogLevel level, const char *event,
                           const RollLogField *fields, size_t n_fields);

/**
 * RollServerConfig: an open value; start from roll_server_config_default(). Borrowed for
 * roll_server_new() only, but for what callbacks of @registrar use.
 * @registrar: its @epoch must be 0 and its key filled from a source of chance
 * @listens, @n_listens: at least one
 * @store: (transfer full) (nullable): %NULL keeps the records in memory alone
 * @write_back: 0: a 200 is sent when what it says is durable; else it is sent at once and written
 *   within this time
 * @max_held: bytes of answers that may wait for the store; beyond it a REGISTER gets a 503
 * @certificate, @private_key: PEM files, needed for TLS
 * @metrics: address of `GET /metrics` and `/health`, %NULL for none; @metrics_port: 0: any free one
 * @max_connections, @max_connections_per_source: TCP and TLS together
 * @idle_timeout: a connection that sends nothing so long is closed
 * @message_timeout: as is one that takes longer than this for one message or the TLS handshake
 * @rate, @burst: requests a second that are taken from one source (an IPv4 address or an IPv6 /64)
 *   and how many at once; what exceeds it is dropped. @rate 0 is no limit
 * @limit_loopback: loopback sources are held to that, too
 * @log, @log_data: %NULL for none
 */
typedef struct {
    RollConfig registrar;
    const RollListen *listens;
    size_t n_listens;
    RollStore *store;
    RollTime write_back;
    size_t max_held;
    const char *certificate;
    const char *private_key;
    const char *metrics;
    uint16_t metrics_port;
    size_t max_connections;
    size_t max_connections_per_source;
    RollTime idle_timeout;
    RollTime message_timeout;
    double rate;
    double burst;
    bool limit_loopback;
    RollLogger log;
    void *log_data;
} RollServerConfig;

/** roll_server_config_default: no listener, no store; redirecting, 10,000 connections, 64 from one
 * source, 10 minutes idle, 10 s for a message, 200/s from one source and 400 at once, 64 MiB of
 * answers that wait. */
RollServerConfig roll_server_config_default(void);

/**
 * roll_server_new: opens every socket and loads the store; from then on it serves.
 * @error: of the socket, the certificate or the store, naming which
 * Returns: (transfer full): or %NULL
 */
RollServer *roll_server_new(const RollServerConfig *config, GError **error);

/** roll_server_free: takes no more requests, writes what is to be written, sends what waits for
 * that, then closes everything. */
void roll_server_free(RollServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollServer, roll_server_free)

/** roll_server_reload_certificate: new TLS connections get what the files hold now. Returns: false
 * with @error set, and the old one stays. */
bool roll_server_reload_certificate(RollServer *self, GError **error);

/** roll_server_port: where the @i-th listener waits. */
uint16_t roll_server_port(const RollServer *self, size_t i);

/** roll_server_metrics_port: where HTTP is answered; 0 if nowhere. */
uint16_t roll_server_metrics_port(const RollServer *self);

/** roll_server_count: records now. */
size_t roll_server_count(const RollServer *self);
