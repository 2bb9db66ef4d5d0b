/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one list of what is measured. Tallies are what the run counts; a metric is a sum of tallies
 * over a sum of tallies. Help, file headers, plots and documentation are made from these lists. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Levels: how many there are at this moment. Their tallies are time integrals in microseconds.
 * X(ID, meaning) */
#define SIM_LEVELS(X)                                                                              \
    X(CORRECT, "phones on, and a binding leads to them")                                           \
    X(WRONG_ADDRESS, "phones on, with bindings none of which leads to them")                       \
    X(UNREACHABLE, "phones on, and a binding leads to where they are, but no packet gets through") \
    X(MISSING, "phones on, without a binding")                                                     \
    X(STALE, "phones off, with a binding")                                                         \
    X(ABSENT, "phones off, without a binding")                                                     \
    X(NO_ADDRESS, "phones on, in a network that has no address left for them")                     \
    X(MISDIRECTED, "phones one of whose bindings leads to an address another device holds")        \
    X(BINDINGS, "records in the table")                                                            \
    X(DEAD_BINDINGS, "records that do not lead to the phone they are of")                          \
    X(QUEUED, "requests that wait for a worker of the station")                                    \
    X(IN_SERVICE, "requests a worker of the station is at")

/* Counts: how many there have been. X(ID, meaning) */
#define SIM_COUNTS(X)                                                                              \
    X(INITIAL, "REGISTERs sent first after a boot")                                                \
    X(REFRESH, "REGISTERs sent to refresh")                                                        \
    X(MOVE, "REGISTERs sent because the address changed")                                          \
    X(UNREGISTER, "REGISTERs sent to unregister")                                                  \
    X(RETRY, "REGISTERs sent again after a failure")                                               \
    X(CHALLENGED, "REGISTERs sent again with credentials, or with the expiry a 423 asked for")     \
    X(RETRANSMISSION, "REGISTERs retransmitted by Timer E")                                        \
    X(REPLY_200, "registrations granted")                                                          \
    X(REPLY_401, "401 challenges")                                                                 \
    X(REPLY_423, "423 refusals, interval too brief")                                               \
    X(REPLY_4XX, "other 4xx refusals")                                                             \
    X(REPLY_5XX, "5xx and 6xx refusals")                                                           \
    X(KEEPALIVE, "packets that keep ports of NATs: the phones', the server's, and their answers")  \
    X(KEEPALIVE_BYTES, "bytes of these packets, IP and UDP headers included")                      \
    X(ATTEMPTS, "registration attempts ended (RFC 6076 section 4.2)")                              \
    X(FAILED, "registration attempts failed, Timer F included")                                    \
    X(FAILED_FRESH, "registration attempts failed though the registrar had granted them")          \
    X(RRD_TIME, "sum of registration request delays, us (RFC 6076 section 4.1)")                   \
    X(RRD_COUNT, "registration request delays measured")                                           \
    X(QUALIFY, "OPTIONS sent by the registrar to ask whether a record is alive")                   \
    X(PUSH, "push notifications sent to wake phones")                                              \
    X(KNOWN_AGE, "sum over calls that reached of the time since the phone was last heard of, us")  \
    X(STALE_BORN, "records that became stale")                                                     \
    X(STALE_TIME, "sum of stale lives that ended, us")                                             \
    X(STALE_ENDED, "stale lives that ended")                                                       \
    X(CALL_REACHED, "calls that reached the phone")                                                \
    X(CALL_DEAD, "calls to a phone that is off, led by a dead record")                             \
    X(CALL_WRONG, "calls to a phone that is on, led to an address it has left")                    \
    X(CALL_MISDIRECTED, "calls led to another device only")                                        \
    X(CALL_MISSED, "calls to a phone that is on but has no record")                                \
    X(CALL_REFUSED, "calls rightly refused: the phone is off and has no record")                   \
    X(CALL_UNREACHABLE, "calls led to where the phone is, but no packet gets through")             \
    X(CALL_RING_TIME, "sum of times from a call that reached the phone to its ringing, us")        \
    X(CALL_WAIT_TIME, "sum of times that callers waited until it rang or the call had failed, us") \
    X(CALL_DEAD_BRANCHES, "branches of calls that stayed without an answer until Timer B")         \
    X(OFFERED, "requests that came to the station")                                                \
    X(TURNED_AWAY, "requests that found the line of the station full")                             \
    X(SERVED, "requests that the station has served")                                              \
    X(WAIT_TIME, "sum of the times they waited for it, us")                                        \
    X(HELD_BACK, "REGISTERs that phones did not send, as the registrar had asked them to")

typedef enum {
#define X(id, meaning) SIM_TALLY_##id,
    SIM_LEVELS(X)
#undef X
        SIM_N_LEVELS,
    SIM_TALLY_BEFORE_COUNTS = SIM_N_LEVELS - 1,
#define X(id, meaning) SIM_TALLY_##id,
    SIM_COUNTS(X)
#undef X
        SIM_TALLY_SPAN, /* length of the time observed, us */
    SIM_N_TALLIES,
} SimTally;

#define SIM_BIT(id) (UINT64_C(1) << SIM_TALLY_##id)
#define SIM_ON (SIM_BIT(CORRECT) | SIM_BIT(WRONG_ADDRESS) | SIM_BIT(UNREACHABLE) | SIM_BIT(MISSING))
#define SIM_ALL (SIM_ON | SIM_BIT(STALE) | SIM_BIT(ABSENT))
#define SIM_SENT                                                                                   \
    (SIM_BIT(INITIAL) | SIM_BIT(REFRESH) | SIM_BIT(MOVE) | SIM_BIT(UNREGISTER) | SIM_BIT(RETRY) |  \
     SIM_BIT(CHALLENGED) | SIM_BIT(RETRANSMISSION))
#define SIM_CALLS                                                                                  \
    (SIM_BIT(CALL_REACHED) | SIM_BIT(CALL_DEAD) | SIM_BIT(CALL_WRONG) |                            \
     SIM_BIT(CALL_UNREACHABLE) | SIM_BIT(CALL_MISDIRECTED) | SIM_BIT(CALL_MISSED) |                \
     SIM_BIT(CALL_REFUSED))
#define SIM_STATION                                                                                \
    (SIM_BIT(QUEUED) | SIM_BIT(IN_SERVICE) | SIM_BIT(OFFERED) | SIM_BIT(TURNED_AWAY) |             \
     SIM_BIT(SERVED) | SIM_BIT(WAIT_TIME) | SIM_BIT(HELD_BACK))
#define SIM_US 1e6
#define SIM_HOUR_US 3.6e9

/* Metrics: scale * (sum of tallies in the first set) / (sum of tallies in the second).
 * X(ID, name, unit, over, under, scale, meaning). The unit "1" is a share. */
#define SIM_METRICS(X)                                                                             \
    X(LOCATION_ACCURACY, "location-accuracy", "1", SIM_BIT(CORRECT) | SIM_BIT(ABSENT), SIM_ALL, 1, \
      "time share in which the table is right: correct or absent")                                 \
    X(REACHABILITY, "reachability", "1", SIM_BIT(CORRECT), SIM_ON, 1,                              \
      "of the time phones are on, the share in which a binding leads to them")                     \
    X(CORRECT_SHARE, "correct-share", "1", SIM_BIT(CORRECT), SIM_ALL, 1,                           \
      "time share: phone on, and a binding leads to it")                                           \
    X(WRONG_ADDRESS_SHARE, "wrong-address-share", "1", SIM_BIT(WRONG_ADDRESS), SIM_ALL, 1,         \
      "time share: phone on, bindings exist, none leads to it")                                    \
    X(UNREACHABLE_SHARE, "unreachable-share", "1", SIM_BIT(UNREACHABLE), SIM_ALL, 1,               \
      "time share: phone on, a binding leads to where it is, but no packet gets through")          \
    X(MISSING_SHARE, "missing-share", "1", SIM_BIT(MISSING), SIM_ALL, 1,                           \
      "time share: phone on, no binding")                                                          \
    X(STALE_SHARE, "stale-share", "1", SIM_BIT(STALE), SIM_ALL, 1,                                 \
      "time share: phone off, a binding exists")                                                   \
    X(ABSENT_SHARE, "absent-share", "1", SIM_BIT(ABSENT), SIM_ALL, 1,                              \
      "time share: phone off, no binding")                                                         \
    X(NO_ADDRESS_SHARE, "no-address-share", "1", SIM_BIT(NO_ADDRESS), SIM_ON, 1,                   \
      "of the time phones are on, the share in which their network has no address for them")       \
    X(MISDIRECTED_SHARE, "misdirected-share", "1", SIM_BIT(MISDIRECTED), SIM_ALL, 1,               \
      "time share: a binding leads to an address that another device holds")                       \
    X(STALE_RECORD_RATE, "stale-record-rate", "1", SIM_BIT(DEAD_BINDINGS), SIM_BIT(BINDINGS), 1,   \
      "of the records in the table, the share that does not lead to its phone (time-weighted)")    \
    X(STALE_BORN_RATE, "stale-born-rate", "1/h", SIM_BIT(STALE_BORN), SIM_BIT(SPAN), SIM_HOUR_US,  \
      "records that became stale, per hour")                                                       \
    X(STALE_LIFE, "stale-life", "s", SIM_BIT(STALE_TIME), SIM_BIT(STALE_ENDED), 1 / SIM_US,        \
      "mean time from a record's becoming stale to its removal, or to its being right again")      \
    X(CONTACTS_PER_AOR, "contacts-per-aor", "1/phone", SIM_BIT(BINDINGS), SIM_ALL, 1,              \
      "mean number of records for each phone")                                                     \
    X(STALE_CONTACTS_PER_AOR, "stale-contacts-per-aor", "1/phone", SIM_BIT(DEAD_BINDINGS),         \
      SIM_ALL, 1, "mean number of records for each phone that do not lead to it")                  \
    X(TABLE_SIZE, "table-size", "records", SIM_BIT(BINDINGS), SIM_BIT(SPAN), 1,                    \
      "mean number of records in the table")                                                       \
    X(REGISTER_RATE, "register-rate", "1/s", SIM_SENT, SIM_BIT(SPAN), SIM_US,                      \
      "REGISTER requests sent, retransmissions included")                                          \
    X(INITIAL_RATE, "initial-rate", "1/s", SIM_BIT(INITIAL), SIM_BIT(SPAN), SIM_US,                \
      "REGISTERs sent first after a boot")                                                         \
    X(REFRESH_RATE, "refresh-rate", "1/s", SIM_BIT(REFRESH), SIM_BIT(SPAN), SIM_US,                \
      "REGISTERs sent to refresh")                                                                 \
    X(MOVE_RATE, "move-rate", "1/s", SIM_BIT(MOVE), SIM_BIT(SPAN), SIM_US,                         \
      "REGISTERs sent because the address changed")                                                \
    X(UNREGISTER_RATE, "unregister-rate", "1/s", SIM_BIT(UNREGISTER), SIM_BIT(SPAN), SIM_US,       \
      "REGISTERs sent to unregister")                                                              \
    X(RETRY_RATE, "retry-rate", "1/s", SIM_BIT(RETRY), SIM_BIT(SPAN), SIM_US,                      \
      "REGISTERs sent again after a failure")                                                      \
    X(CHALLENGED_RATE, "challenged-rate", "1/s", SIM_BIT(CHALLENGED), SIM_BIT(SPAN), SIM_US,       \
      "REGISTERs sent again with credentials, or with the expiry a 423 asked for")                 \
    X(RETRANSMISSION_RATE, "retransmission-rate", "1/s", SIM_BIT(RETRANSMISSION), SIM_BIT(SPAN),   \
      SIM_US, "REGISTERs retransmitted by Timer E")                                                \
    X(QUALIFY_RATE, "qualify-rate", "1/s", SIM_BIT(QUALIFY), SIM_BIT(SPAN), SIM_US,                \
      "OPTIONS sent by the registrar to ask whether records are alive, copies included")           \
    X(PUSH_RATE, "push-rate", "1/s", SIM_BIT(PUSH), SIM_BIT(SPAN), SIM_US,                         \
      "push notifications sent to wake phones, for a refresh or for a call (RFC 8599)")            \
    X(GRANT_RATE, "grant-rate", "1/s", SIM_BIT(REPLY_200), SIM_BIT(SPAN), SIM_US,                  \
      "registrations granted")                                                                     \
    X(CHALLENGE_RATE, "challenge-rate", "1/s", SIM_BIT(REPLY_401), SIM_BIT(SPAN), SIM_US,          \
      "401 challenges sent")                                                                       \
    X(TOO_BRIEF_RATE, "too-brief-rate", "1/s", SIM_BIT(REPLY_423), SIM_BIT(SPAN), SIM_US,          \
      "423 refusals sent")                                                                         \
    X(CLIENT_ERROR_RATE, "client-error-rate", "1/s", SIM_BIT(REPLY_4XX), SIM_BIT(SPAN), SIM_US,    \
      "other 4xx refusals sent")                                                                   \
    X(SERVER_ERROR_RATE, "server-error-rate", "1/s", SIM_BIT(REPLY_5XX), SIM_BIT(SPAN), SIM_US,    \
      "5xx and 6xx refusals sent")                                                                 \
    X(KEEPALIVE_RATE, "keepalive-rate", "1/s", SIM_BIT(KEEPALIVE), SIM_BIT(SPAN), SIM_US,          \
      "packets that keep ports of NATs: of the phones, of the server, and answers to either")      \
    X(KEEPALIVE_BYTE_RATE, "keepalive-byte-rate", "B/s", SIM_BIT(KEEPALIVE_BYTES), SIM_BIT(SPAN),  \
      SIM_US, "bytes of these packets, IP and UDP headers included")                               \
    X(REGISTRATION_DELAY, "registration-delay", "s", SIM_BIT(RRD_TIME), SIM_BIT(RRD_COUNT),        \
      1 / SIM_US, "mean registration request delay, RRD of RFC 6076 section 4.1")                  \
    X(REGISTRATION_RATE, "registration-rate", "1/s", SIM_BIT(RRD_COUNT), SIM_BIT(SPAN), SIM_US,    \
      "registration attempts that succeeded, in the eyes of the phone")                            \
    X(INEFFECTIVE_ATTEMPTS, "ineffective-attempts", "1", SIM_BIT(FAILED), SIM_BIT(ATTEMPTS), 1,    \
      "ineffective registration attempts, IRA of RFC 6076 section 4.2, as a share")                \
    X(FAILED_BUT_FRESH, "failed-but-fresh", "1", SIM_BIT(FAILED_FRESH), SIM_BIT(ATTEMPTS), 1,      \
      "attempts that failed for the phone though the registrar granted them, as a share")          \
    X(CALL_SUCCESS, "call-success", "1", SIM_BIT(CALL_REACHED),                                    \
      SIM_CALLS & ~(SIM_BIT(CALL_DEAD) | SIM_BIT(CALL_REFUSED)), 1,                                \
      "of the calls not to a phone that is off, the share that reached it")                        \
    X(KNOWN_AGE, "known-age", "s", SIM_BIT(KNOWN_AGE), SIM_BIT(CALL_REACHED), 1 / SIM_US,          \
      "when a call reaches a phone: mean time since its last registration or call that reached "   \
      "it")                                                                                        \
    X(CALL_REACHED_SHARE, "call-reached-share", "1", SIM_BIT(CALL_REACHED), SIM_CALLS, 1,          \
      "of all calls: reached the phone")                                                           \
    X(CALL_DEAD_SHARE, "call-dead-share", "1", SIM_BIT(CALL_DEAD), SIM_CALLS, 1,                   \
      "of all calls: led by a dead record to a phone that is off")                                 \
    X(CALL_WRONG_SHARE, "call-wrong-share", "1", SIM_BIT(CALL_WRONG), SIM_CALLS, 1,                \
      "of all calls: led to an address the phone has left")                                        \
    X(CALL_UNREACHABLE_SHARE, "call-unreachable-share", "1", SIM_BIT(CALL_UNREACHABLE), SIM_CALLS, \
      1, "of all calls: led to where the phone is, but no packet got through")                     \
    X(CALL_MISDIRECTED_SHARE, "call-misdirected-share", "1", SIM_BIT(CALL_MISDIRECTED), SIM_CALLS, \
      1, "of all calls: led to another device only")                                               \
    X(CALL_MISSED_SHARE, "call-missed-share", "1", SIM_BIT(CALL_MISSED), SIM_CALLS, 1,             \
      "of all calls: no record though the phone is on")                                            \
    X(CALL_REFUSED_SHARE, "call-refused-share", "1", SIM_BIT(CALL_REFUSED), SIM_CALLS, 1,          \
      "of all calls: rightly refused, phone off and no record")                                    \
    X(POST_DIAL_DELAY, "post-dial-delay", "s", SIM_BIT(CALL_RING_TIME), SIM_BIT(CALL_REACHED),     \
      1 / SIM_US, "of the calls that reached the phone, the mean time until it rang")              \
    X(CALLER_WAIT, "caller-wait", "s", SIM_BIT(CALL_WAIT_TIME), SIM_CALLS, 1 / SIM_US,             \
      "of all calls, the mean time until a phone rang or the call had failed")                     \
    X(DEAD_BRANCHES, "dead-branches", "branches", SIM_BIT(CALL_DEAD_BRANCHES), SIM_CALLS, 1,       \
      "of a call, the mean number of branches that wait for an answer until Timer B, 32 s")        \
    X(OFFERED_RATE, "offered-rate", "1/s", SIM_BIT(OFFERED), SIM_BIT(SPAN), SIM_US,                \
      "requests that came to the station")                                                         \
    X(TURNED_AWAY_RATE, "turned-away-rate", "1/s", SIM_BIT(TURNED_AWAY), SIM_BIT(SPAN), SIM_US,    \
      "requests that found the line of the station full")                                          \
    X(SERVED_RATE, "served-rate", "1/s", SIM_BIT(SERVED), SIM_BIT(SPAN), SIM_US,                   \
      "requests that the station has served")                                                      \
    X(QUEUE_LENGTH, "queue-length", "requests", SIM_BIT(QUEUED), SIM_BIT(SPAN), 1,                 \
      "mean number of requests that wait for a worker of the station")                             \
    X(QUEUE_WAIT, "queue-wait", "s", SIM_BIT(WAIT_TIME), SIM_BIT(SERVED), 1 / SIM_US,              \
      "mean time a request that was served has waited for it")                                     \
    X(BUSY_WORKERS, "busy-workers", "workers", SIM_BIT(IN_SERVICE), SIM_BIT(SPAN), 1,              \
      "mean number of workers of the station that are at a request")                               \
    X(HELD_BACK_RATE, "held-back-rate", "1/s", SIM_BIT(HELD_BACK), SIM_BIT(SPAN), SIM_US,          \
      "REGISTERs that phones did not send, as the registrar had asked them to (RFC 7339)")

typedef enum {
#define X(id, name, unit, over, under, scale, meaning) SIM_METRIC_##id,
    SIM_METRICS(X)
#undef X
        SIM_N_METRICS,
} SimMetric;

/** SimMetricInfo: one entry of the list; @over and @under are sets of tallies as bits. */
typedef struct {
    const char *id;
    const char *name;
    const char *unit;
    uint64_t over;
    uint64_t under;
    double scale;
    const char *meaning;
} SimMetricInfo;

/** sim_metric_info: never %NULL for a metric of the list. */
const SimMetricInfo *sim_metric_info(SimMetric metric);

/** sim_metric_find: by kebab-case name. Returns: %SIM_N_METRICS if there is none such. */
SimMetric sim_metric_find(const char *name);

/**
 * sim_metric_value: of @tallies, %SIM_N_TALLIES of them. Returns: NaN if nothing was observed.
 */
double sim_metric_value(SimMetric metric, const int64_t *tallies);

/** sim_tally_id, sim_tally_meaning: of one tally, as in the lists above. */
const char *sim_tally_id(SimTally tally);
const char *sim_tally_meaning(SimTally tally);

/** sim_tally_sum: of those in @set. */
double sim_tally_sum(uint64_t set, const int64_t *tallies);

/**
 * sim_metric_formula: the definition in terms of tallies, e.g. `correct / (correct + missing)`.
 * (transfer full)
 */
char *sim_metric_formula(SimMetric metric);
