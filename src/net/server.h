/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of the server share. server.c ties them together: datagrams.c and connections.c
 * bring packets in and out, journal.c holds answers until their records are durable, shared.c
 * brings the table to what a shared store says, limit.c drops what comes too fast, stun.c answers
 * keep-alives, http.c shows the counters. */
#pragma once

#include <rollcall/server.h>

typedef struct RollJournal RollJournal;
typedef struct RollShared RollShared;
typedef struct RollLimit RollLimit;
typedef struct RollDatagrams RollDatagrams;
typedef struct RollConnections RollConnections;
typedef struct RollHttp RollHttp;

/* One list of what is counted: field, name for Prometheus, labels, meaning. */
#define ROLL_SERVER_COUNTERS(X)                                                                    \
    X(packets_udp, "rollcall_received_total", "{transport=\"udp\"}", "Messages received.")         \
    X(packets_tcp, "rollcall_received_total", "{transport=\"tcp\"}", "Messages received.")         \
    X(packets_tls, "rollcall_received_total", "{transport=\"tls\"}", "Messages received.")         \
    X(sent_1xx, "rollcall_answered_total", "{class=\"1xx\"}", "Answers sent, by class.")           \
    X(sent_2xx, "rollcall_answered_total", "{class=\"2xx\"}", "Answers sent, by class.")           \
    X(sent_3xx, "rollcall_answered_total", "{class=\"3xx\"}", "Answers sent, by class.")           \
    X(sent_4xx, "rollcall_answered_total", "{class=\"4xx\"}", "Answers sent, by class.")           \
    X(sent_5xx, "rollcall_answered_total", "{class=\"5xx\"}", "Answers sent, by class.")           \
    X(sent_requests, "rollcall_notified_total", "", "NOTIFY requests sent.")                       \
    X(created, "rollcall_bindings_total", "{event=\"created\"}", "Changes of bindings.")           \
    X(refreshed, "rollcall_bindings_total", "{event=\"refreshed\"}", "Changes of bindings.")       \
    X(shortened, "rollcall_bindings_total", "{event=\"shortened\"}", "Changes of bindings.")       \
    X(expired, "rollcall_bindings_total", "{event=\"expired\"}", "Changes of bindings.")           \
    X(unregistered, "rollcall_bindings_total", "{event=\"unregistered\"}", "Changes of bindings.") \
    X(deactivated, "rollcall_bindings_total", "{event=\"deactivated\"}", "Changes of bindings.")   \
    X(limited, "rollcall_dropped_total", "{reason=\"rate\"}", "Messages and connections dropped.") \
    X(refused_connections, "rollcall_dropped_total", "{reason=\"connections\"}",                   \
      "Messages and connections dropped.")                                                         \
    X(slow_connections, "rollcall_dropped_total", "{reason=\"slow\"}",                             \
      "Messages and connections dropped.")                                                         \
    X(broken_streams, "rollcall_dropped_total", "{reason=\"framing\"}",                            \
      "Messages and connections dropped.")                                                         \
    X(undeliverable, "rollcall_dropped_total", "{reason=\"undeliverable\"}",                       \
      "Messages and connections dropped.")                                                         \
    X(keepalives, "rollcall_keepalives_total", "", "Keep-alives answered (CRLF, STUN).")           \
    X(commits, "rollcall_store_commits_total", "", "Batches written to the store.")                \
    X(committed, "rollcall_store_written_total", "", "Addresses-of-record written to the store.")  \
    X(store_failures, "rollcall_store_failures_total", "", "Batches the store did not take.")      \
    X(refused_unavailable, "rollcall_unavailable_total", "",                                       \
      "REGISTERs refused with 503 because the store could not take them.")

typedef struct {
#define FIELD(field, name, labels, meaning) uint64_t field;
    ROLL_SERVER_COUNTERS(FIELD)
#undef FIELD
} RollCounters;

/** ROLL_NO_LISTENER: no request came before: any listener that fits will do. */
#define ROLL_NO_LISTENER UINT16_MAX

/**
 * RollServer:
 * @routes: by place in @outbox, the listener (uint16_t) a packet is to leave by
 * @wake: fires when the registrar wants to be woken, or sooner; @armed: when
 * @message: to read a request that the registrar is not shown
 */
struct RollServer {
    RollServerConfig config;
    RollRegistrar *registrar;
    RollOutbox *outbox;
    GArray *routes;
    RollMessage *message;
    GByteArray *scratch;
    RollStore *store;
    RollJournal *journal;
    RollShared *shared;
    RollLimit *limit;
    RollDatagrams **datagrams; /* by listener; %NULL for a stream */
    RollConnections *connections;
    RollHttp *http;
    RollCounters counters;
    GMainContext *context;
    GSource *wake;
    RollTime armed;
    RollTime clock_base;
    bool closing;
};

/** roll_server_now: Unix time in microseconds that never goes back. */
RollTime roll_server_now(const RollServer *self);

/** roll_server_admits: @peer may have something done now (roll_limit_admits()); else it is counted.
 */
bool roll_server_admits(RollServer *self, RollTime now, const RollEndpoint *peer);

/** roll_server_take: a packet has come by listener @via; ends with roll_server_flush() for all that
 * came together. */
void roll_server_take(RollServer *self, RollTime now, uint16_t via, const RollPacket *in);

/** roll_server_decide: the registrar answers @in. */
void roll_server_decide(RollServer *self, RollTime now, uint16_t via, const RollPacket *in);

/** roll_server_refuse: 503 with Retry-After in the registrar's place. */
void roll_server_refuse(RollServer *self, uint16_t via, const RollPacket *in);

/** roll_server_flush: sends what is in the outbox, or has the journal hold it; hands changed
 * records to the store; sets the alarm. */
void roll_server_flush(RollServer *self);

/** roll_server_send: one packet now. */
void roll_server_send(RollServer *self, uint16_t via, const RollPacket *packet);

void roll_server_log(const RollServer *self, RollLogLevel level, const char *event,
                     const RollLogField *fields, size_t n_fields);
/** ROLL_LOG: roll_server_log() with the fields as a list of pairs in braces. */
#define ROLL_LOG(self, level, event, ...)                                                          \
    do {                                                                                           \
        const RollLogField fields_[] = {__VA_ARGS__};                                              \
        roll_server_log(self, level, event, fields_, G_N_ELEMENTS(fields_));                       \
    } while (0)

/** roll_endpoint_show: `udp:192.0.2.1:5060`. Returns: @out */
enum { ROLL_ENDPOINT_TEXT = 64 };
const char *roll_endpoint_show(const RollEndpoint *peer, char out[ROLL_ENDPOINT_TEXT]);
