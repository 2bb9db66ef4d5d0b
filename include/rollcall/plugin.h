/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A registrar of somebody else's in a shared object, driven like the core: it is handed packets
 * and the time, and says when it wants to be woken. The object exports one symbol,
 * `rollcall_plugin`, a #RollPlugin; nothing of libroll need be linked into it. */
#pragma once

#include <rollcall/message.h>
#include <rollcall/time.h>

/** ROLL_PLUGIN_ABI: goes up when #RollPlugin or #RollPluginSetup changes. */
#define ROLL_PLUGIN_ABI 1

/** ROLL_PLUGIN_SYMBOL: the one name that is looked up. */
#define ROLL_PLUGIN_SYMBOL "rollcall_plugin"

/** RollPluginSend: takes a packet to send to @packet->peer; copied before it returns. */
typedef void (*RollPluginSend)(void *data, const RollPacket *packet);

/**
 * RollPluginSetup: what the registrar has to be. Borrowed for open() only, but
 * @send_data and @numbers.
 * @domain: the one it is responsible for; also the realm
 * @username, @password: its one user, who owns `sip:@username@@domain`
 * @authenticate: false: everyone may register for any user of @domain
 * @default_expires, @min_expires, @max_expires: seconds; a @max_expires of 0 is no maximum
 * @max_bindings: of one address-of-record
 * @service_route: for every 200 (RFC 3608), joined by commas; %NULL none
 * @numbers: %NULL-terminated, E.164 with the plus sign: those of whoever registers in bulk (RFC
 * 6140)
 * @epoch: Unix time in seconds at RollTime 0, for Date
 * @send, @send_data: how packets leave; to be called only from within receive() and wake()
 */
typedef struct {
    const char *domain;
    const char *username;
    const char *password;
    bool authenticate;
    uint32_t default_expires;
    uint32_t min_expires;
    uint32_t max_expires;
    uint32_t max_bindings;
    const char *service_route;
    const char *const *numbers;
    int64_t epoch;
    RollPluginSend send;
    void *send_data;
} RollPluginSetup;

/**
 * RollPlugin:
 * @abi: %ROLL_PLUGIN_ABI
 * @name: for reports
 * @open: Returns: a registrar, or %NULL if it cannot be what @setup asks for
 * @decide: the door for decoded requests; may be %NULL, the harness speaks bytes
 * @receive: a packet has come; answers go through #RollPluginSetup.send
 * @next_wake: when wake() is due next, or %ROLL_NEVER
 * @wake: it is due
 * @now never goes back from one call to the next.
 */
typedef struct {
    uint32_t abi;
    const char *name;
    void *(*open)(const RollPluginSetup *setup);
    void (*close)(void *self);
    void (*decide)(void *self, RollTime now, const RollRequest *request, RollReply *reply);
    void (*receive)(void *self, RollTime now, const RollPacket *in);
    RollTime (*next_wake)(const void *self);
    void (*wake)(void *self, RollTime now);
} RollPlugin;
