/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run: the world, the phones, the registrar and the measurement on one event queue. */
#pragma once

#include "sim/experiment/live.h"
#include "sim/link/link.h"
#include "sim/measure/result.h"
#include "sim/measure/trace.h"

/** SimLinkKind: of a run in virtual time. */
typedef enum { SIM_LINK_WIRE, SIM_LINK_DIRECT } SimLinkKind;

/**
 * SimAttempt: one registration attempt from its first REGISTER to its end (RFC 6076 section 4).
 * @granted: whether it succeeded
 */
typedef struct {
    RollTime began;
    RollTime ended;
    uint32_t phone;
    SimSendKind kind;
    bool granted;
} SimAttempt;

/**
 * SimPacket: a packet as it passes the registrar, requests when they come and replies when they go.
 * @at: Unix time in microseconds
 * @from, @to: IPv4 in host byte order
 */
typedef struct {
    RollTime at;
    uint32_t from;
    uint32_t to;
    uint16_t from_port;
    uint16_t to_port;
    const uint8_t *data;
    size_t len;
} SimPacket;

/**
 * SimRunOptions:
 * @live: runs in real time, against a registrar elsewhere; %NULL: in virtual time, on @link
 * @packet: called for each packet; only the wire link has any; may be %NULL
 * @trace: called for each record of the trace with the phone's name; may be %NULL
 * @one_phone: @trace is told of @phone alone
 * @attempt: called for each attempt that ends after the warm-up; may be %NULL
 * @every_keepalive: each keep-alive is an event, also where it can be reckoned with; for tests, as
 *   nothing else changes by it
 * @pushed: called for each event that is put into the queue at @now; may be %NULL
 * @progress: called now and then; returns false to stop the run there; may be %NULL
 * @threads: split the run among so many, if it can be: see sim_run_why_whole(); 0: 1. Nothing but
 *   the time it takes depends on it
 */
typedef struct {
    SimLinkKind link;
    const SimLiveOptions *live;
    void (*trace)(void *data, const SimTrace *trace, const char *name);
    void *trace_data;
    bool one_phone;
    uint32_t phone;
    void (*attempt)(void *data, const SimAttempt *attempt, const char *name);
    void *attempt_data;
    void (*packet)(void *data, const SimPacket *packet);
    void *packet_data;
    bool every_keepalive;
    void (*pushed)(void *data, RollTime now, const SimEvent *event);
    void *pushed_data;
    bool (*progress)(void *data, RollTime now, uint64_t events);
    void *progress_data;
    unsigned threads;
} SimRunOptions;

/** SIM_THREADS_MOST: of a run. */
#define SIM_THREADS_MOST 64

/**
 * sim_run_why_whole: why the run would be on one thread, whatever @threads says.
 * Returns: (nullable): one short reason for people, static; %NULL if it can be split
 */
const char *sim_run_why_whole(const SimScenario *scenario, const SimRunOptions *options);

/**
 * sim_run:
 * @scenario: borrowed; must outlive the result
 * @error: when the scenario cannot be run as it is
 * Returns: (transfer full): or %NULL
 */
SimResult *sim_run(const SimScenario *scenario, const SimRunOptions *options, GError **error);

/** sim_run_cpu: seconds of processor that this process has used. */
double sim_run_cpu(void);
