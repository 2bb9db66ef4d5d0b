/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The registrar under test, whatever it is: bytes go in, bytes come out, time passes. Three kinds:
 * a plug-in under virtual time (the core is one that is built in), and a server behind a socket. */
#pragma once

#include <gio/gio.h>
#include <rollcall/plugin.h>
#include <rollcall/rollcall.h>

/**
 * SimWish: how a rule needs its registrar to be set up; zero is plain.
 * @authenticate: challenges
 * @min_expires, @max_expires: seconds; 0 for 60 and no maximum
 * @max_bindings: of one address-of-record; 0 for any number
 * @service_route: has one
 */
typedef struct {
    bool authenticate;
    uint32_t min_expires;
    uint32_t max_expires;
    uint32_t max_bindings;
    bool service_route;
} SimWish;

typedef struct SimTarget SimTarget;

/**
 * SimTargetClass:
 * @prepare: makes the target what @wish says, without any binding if it can. Returns: %NULL, or
 *   why it cannot
 * @send: @len bytes of a request
 * @receive: the next message that came. Returns: false if none came in time
 * @advance: lets @span pass. Returns: false if that would take real time that nobody granted
 */
typedef struct {
    const char *(*prepare)(SimTarget *self, const SimWish *wish);
    void (*send)(SimTarget *self, const void *data, size_t len);
    bool (*receive)(SimTarget *self, GByteArray *out);
    bool (*advance)(SimTarget *self, RollTime span);
    void (*free)(SimTarget *self);
} SimTargetClass;

/**
 * SimTarget: what every kind has.
 * @transport: for Via: UDP, TCP, TLS
 * @stream: no datagrams
 * @in_process: under virtual time, and with every wish granted
 * @complete: every extension is asked for; what is missing is a failure, not a reason to skip
 * @sent_by: for Via: where answers go
 * @username, @password: of the user; %NULL for none
 * @only_user: the address-of-record must be the user's
 * @authenticates: credentials will be asked for, since the last prepare()
 * @source: where the next packet is said to come from; in process only
 * @went_to: where the last packet received was sent to; in process only
 */
struct SimTarget {
    const SimTargetClass *class;
    const char *transport;
    bool stream;
    bool in_process;
    bool complete;
    char *sent_by;
    char *domain;
    char *username;
    char *password;
    bool only_user;
    bool authenticates;
    RollEndpoint source;
    RollEndpoint went_to;
};

#define SIM_TARGET_ERROR sim_target_error_quark()
GQuark sim_target_error_quark(void);
typedef enum { SIM_TARGET_ERROR_ADDRESS, SIM_TARGET_ERROR_PLUGIN } SimTargetError;

/** sim_target_new_core: the core of this program, every extension on. */
SimTarget *sim_target_new_core(void);

/**
 * sim_target_new_plugin:
 * @path: a shared object that exports `rollcall_plugin`
 * @error: %SIM_TARGET_ERROR_PLUGIN
 * Returns: (transfer full): or %NULL
 */
SimTarget *sim_target_new_plugin(const char *path, GError **error);

/** sim_target_new_for_plugin: @plugin outlives the target. Says nothing of @complete. */
SimTarget *sim_target_new_for_plugin(const RollPlugin *plugin);

/**
 * sim_target_new_network:
 * @address: udp:HOST:PORT, tcp:HOST:PORT or tls:HOST:PORT
 * @domain: %NULL for HOST
 * @username, @password: %NULL without
 * @slow: hours may pass in real time
 * @error: %SIM_TARGET_ERROR_ADDRESS, or of the socket
 *
 * The certificate of a TLS server is not judged: it is the registrar that is under test.
 * Returns: (transfer full): or %NULL
 */
SimTarget *sim_target_new_network(const char *address, const char *domain, const char *username,
                                  const char *password, bool slow, GError **error);

void sim_target_free(SimTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTarget, sim_target_free)
