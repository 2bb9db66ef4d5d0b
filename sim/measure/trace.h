/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ordered trace of a run: one small record for each thing that happened. The fingerprint is a
 * hash over all of them, so two runs with one fingerprint went the same way. */
#pragma once

#include <rollcall/time.h>
#include <stdint.h>

/* X(ID, name, words): @words is what a reader of the trace sees. */
#define SIM_TRACES(X)                                                                              \
    X(ON, "on", "is switched on")                                                                  \
    X(OFF, "off", "is off")                                                                        \
    X(ADDRESS, "address", "has another address")                                                   \
    X(SENT, "sent", "sends")                                                                       \
    X(LOST_REQUEST, "lost-request", "a request is lost")                                           \
    X(ARRIVED, "arrived", "the registrar answers")                                                 \
    X(LOST_REPLY, "lost-reply", "a reply is lost")                                                 \
    X(RECEIVED, "received", "gets the answer")                                                     \
    X(UNREACHED, "unreached", "a reply finds nobody")                                              \
    X(GAVE_UP, "failed", "has failed to register")                                                 \
    X(CREATED, "created", "record created")                                                        \
    X(REFRESHED, "refreshed", "record refreshed")                                                  \
    X(SHORTENED, "shortened", "record shortened")                                                  \
    X(EXPIRED, "expired", "record expired")                                                        \
    X(UNREGISTERED, "unregistered", "record removed by its user")                                  \
    X(DEACTIVATED, "deactivated", "record removed by the registrar")                               \
    X(CALL, "call", "is called")                                                                   \
    X(CUT_OFF, "cut-off", "is cut off: no packet gets through")                                    \
    X(IN_REACH, "in-reach", "is in reach again")                                                   \
    X(TURNED_AWAY, "turned-away", "the station has no room:")                                      \
    X(DOWN, "down", "finds the registrar down")                                                    \
    X(LOST, "lost", "record lost with the registrar")                                              \
    X(RESTORED, "restored", "record back with the registrar")                                      \
    X(COPIED, "copied", "record reaches the replica")                                              \
    X(DROPPED, "dropped", "record gone from the replica")                                          \
    X(HELD_BACK, "held-back", "holds a request back, by itself")

typedef enum {
#define X(id, name, words) SIM_TRACE_##id,
    SIM_TRACES(X)
#undef X
        SIM_N_TRACES,
} SimTraceKind;

/**
 * SimTrace:
 * @address: IPv4 in host byte order, where one is concerned; else 0
 * @code: of a request its #SimSendKind, of a reply its status, of a call its #SimTally
 *   less %SIM_TALLY_CALL_REACHED
 * @number: of a request which copy, of a grant or record its seconds; else 0
 * @cseq, @branch, @copy: of the packet concerned, if it is about one: of a reply those of its
 *   request. They follow from the rest, and the fingerprint leaves them out
 */
typedef struct {
    RollTime at;
    SimTraceKind kind;
    uint32_t phone;
    uint32_t address;
    uint32_t code;
    uint32_t number;
    uint32_t cseq;
    uint32_t branch;
    uint32_t copy;
} SimTrace;

/** SIM_FINGERPRINT_START: of a run in which nothing happened. */
#define SIM_FINGERPRINT_START UINT64_C(0x6a09e667f3bcc908)

static inline uint64_t
sim_fingerprint_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
    return hash ^ hash >> 32;
}

/** sim_fingerprint: @hash with @trace after it. */
static inline uint64_t
sim_fingerprint(uint64_t hash, const SimTrace *trace)
{
    hash = sim_fingerprint_mix(hash, (uint64_t)trace->at);
    hash = sim_fingerprint_mix(hash, (uint64_t)trace->kind << 32 | trace->phone);
    hash = sim_fingerprint_mix(hash, (uint64_t)trace->address << 32 | trace->code);
    return sim_fingerprint_mix(hash, trace->number);
}
