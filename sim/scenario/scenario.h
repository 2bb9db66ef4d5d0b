/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One experiment as the scenario file describes it: plain data that the model is built from. The
 * reader (reader.c) fills it, checks it and says what is wrong with `file:line`. */
#pragma once

#include "sim/engine/law.h"
#include "sim/engine/pattern.h"
#include "sim/measure/metrics.h"
#include "sim/scenario/script.h"
#include <glib.h>
#include <rollcall/preset.h>

/** SimStart: how the world stands at time 0. */
typedef enum { SIM_START_STATIONARY, SIM_START_ALL_ON, SIM_START_ALL_OFF } SimStart;

/** SimRegistrarSpec: `[registrar]`. Durations in whole seconds but for @purge_interval etc. */
typedef struct {
    char *domain;
    uint32_t default_expires;
    uint32_t min_expires;
    uint32_t max_expires; /* 0: none */
    bool digest;          /* auth = digest | none */
    RollAlgorithm algorithms[ROLL_N_ALGORITHMS];
    size_t n_algorithms;
    RollTime nonce_lifetime;
    RollTime purge_interval;
    uint32_t max_bindings; /* per AOR */
    RollTime nat_ping;     /* 0: none */
    uint32_t max_records;  /* of the table; 0: none */
    const RollPreset *preset;
    RollBrief brief;
    uint32_t jitter_percent;
    uint32_t jitter_seconds;
    bool jitter_level;
    uint32_t grant_loss;
    bool lax_order;
    RollFull full;
    RollFull table_full;
    bool replace_by_instance;
    bool match_text;
    RollTime late_margin;
    RollTime qualify; /* between two OPTIONS to a record; 0: none */
    uint32_t qualify_misses;
    bool replica;       /* callers read a replica, */
    SimLaw replica_lag; /* which has each change so much later */
} SimRegistrarSpec;

typedef enum { SIM_FULL_DROPS, SIM_FULL_REFUSES } SimStationFull;

/** SIM_PLACES_UNLIMITED: more than any run can fill. */
#define SIM_PLACES_UNLIMITED UINT32_MAX

/**
 * SimStationSpec: `[station]`: what requests meet before the registrar decides.
 * @given: the file has the group; without it nothing else counts
 * @service: time a worker needs for a request
 * @places: how many may wait
 * @retry_after: advised in the 503; a mean of 0 is no advice
 * @target: of the overload control: the wait above which clients are told to hold back; 0: none
 * @validity: for how many milliseconds they are told so
 */
typedef struct {
    bool given;
    SimLaw service;
    uint32_t workers;
    uint32_t places;
    SimStationFull full;
    SimLaw retry_after;
    RollTime target;
    uint32_t validity;
} SimStationSpec;

/** SimAddressing: what the address of a device in a network does. */
typedef enum {
    SIM_ADDRESS_FIXED,          /* the same for ever */
    SIM_ADDRESS_CHANGES,        /* anew after each interval of @address_law, on or off */
    SIM_ADDRESS_KEEPS_WHILE_ON, /* anew at each power-on */
    SIM_ADDRESS_LEASED,     /* DHCP: kept as long as it is renewed, and for the rest of @lease */
    SIM_ADDRESS_RENUMBERED, /* all anew at @change_at of every so many days, on or off */
} SimAddressing;

/** SimOutages: of one device's line: it works for @every, is down for @length, works again, ... */
typedef struct {
    bool any;
    SimLaw every;
    SimLaw length;
} SimOutages;

/** SimAssign: which of the free addresses a device gets. */
typedef enum {
    SIM_ASSIGN_RANDOM, /* any, all alike */
    SIM_ASSIGN_OLDEST, /* the one that has been free longest */
    SIM_ASSIGN_STICKY, /* the one it had last if it is free, else the oldest */
} SimAssign;

/**
 * SimNetworkSpec: `[network NAME]`. @pool_base in host byte order, @pool_size addresses.
 * @release: share of the orderly shutdowns at which a leased address is given back
 * @change_every, @change_at, @change_spread: at that time of each so-manieth day, up to the spread
 *   later
 * @nat: after so long without a packet from the device its port is taken away; 0: no NAT
 * @nat_share: devices behind one address
 * @nat_first, @nat_ports: its endpoints are numbered from the one on, so many for each address
 */
typedef struct {
    char *name;
    unsigned line;
    uint32_t pool_base;
    uint32_t pool_size;
    SimAddressing addressing;
    SimLaw address_law;
    RollTime change_every;
    RollTime change_at;
    RollTime change_spread;
    SimAssign assign;
    RollTime lease;
    double release;
    SimLaw delay;     /* one way */
    double loss_up;   /* per packet, 0..1; from the device */
    double loss_down; /* to the device */
    SimOutages outages;
    RollTime nat;
    uint32_t nat_share;
    uint32_t nat_first;
    uint32_t nat_ports;
} SimNetworkSpec;

/** SimPoint: a time relative to a granted expiry e: fraction * e + offset. */
typedef struct {
    double fraction;
    RollTime offset;
} SimPoint;

/**
 * SimRefresh: how long after a 200 a phone registers again: uniform between two points; at or
 * below @short_up_to seconds granted, at @short_point instead (0: no such rule).
 */
typedef struct {
    SimPoint from;
    SimPoint to;
    uint32_t short_up_to;
    SimPoint short_point;
} SimRefresh;

typedef enum {
    SIM_RETRY_NONE,     /* gives up until the next boot */
    SIM_RETRY_LAW,      /* @law each time */
    SIM_RETRY_DOUBLING, /* @base, 2 @base, ... up to @cap */
    SIM_RETRY_LINEAR,   /* n @base, up to @cap */
    SIM_RETRY_RFC5626,  /* uniform(50%, 100%) of min(@cap, @base 2^n), n = failures in a row */
} SimRetryKind;

/**
 * SimRetry: how long after a failure a phone tries again.
 * @from_sending: counted from when the request that failed was first sent
 */
typedef struct {
    SimRetryKind kind;
    SimLaw law;
    RollTime base;
    RollTime cap;
    unsigned attempts; /* retries in a row after which it gives up; 0: never */
    bool from_sending;
} SimRetry;

typedef enum {
    SIM_POWER_ALWAYS, /* never fails by itself */
    SIM_POWER_CYCLES, /* on for @on, off for @off, ... */
    SIM_POWER_HOURS,  /* on in the given hours of the given days */
    SIM_POWER_DIARY,  /* as the rows of the group say */
} SimPowerKind;

/**
 * SimPower: when a device is on.
 * @days: bit 0 Monday .. bit 6 Sunday; time 0 of a run is Monday 00:00
 * @from, @to: since midnight; @from < @to
 * @spread: each day's on and off are put off by uniform(0, spread)
 */
typedef struct {
    SimPowerKind kind;
    SimLaw on;
    SimLaw off;
    unsigned days;
    RollTime from;
    RollTime to;
    RollTime spread;
} SimPower;

/** SimPlace: a network a device roams to: how long it stays, and its weight as next place. */
typedef struct {
    unsigned network;
    SimLaw stay;
    double weight;
} SimPlace;

/** SimMove: one of a weekly calendar: @at since Monday 00:00; @place among those of the group. */
typedef struct {
    RollTime at;
    unsigned place;
} SimMove;

typedef enum { SIM_ROW_ON, SIM_ROW_OFF, SIM_ROW_MOVE } SimRowEvent;

/** SIM_ROW_STAYS: a row that names no place. */
#define SIM_ROW_STAYS 255

/**
 * SimDiaryRow: what a diary says of a device.
 * @device: of its group, from 0
 * @place: among those of the group, or %SIM_ROW_STAYS
 * @line: in the file it was read from
 */
typedef struct {
    RollTime at;
    uint32_t device;
    uint32_t line;
    SimRowEvent event;
    uint8_t place;
} SimDiaryRow;

typedef enum {
    SIM_CREDENTIALS_FRESH,  /* a 401 round for each REGISTER (pjsua, baresip) */
    SIM_CREDENTIALS_REUSED, /* the last nonce again with nc + 1 (linphone) */
} SimCredentialsUse;

typedef enum {
    SIM_CALL_ID_BOOT,    /* one for each boot, RFC 3261 section 10.2.4 */
    SIM_CALL_ID_REQUEST, /* a new one for each REGISTER (Kamailio uac) */
    SIM_CALL_ID_DEVICE,  /* the same for ever, CSeq starts again at boot */
} SimCallIdUse;

/** SimFork: how a call is led to the contacts of an address-of-record (RFC 3261 section 16.6). */
typedef enum {
    SIM_FORK_PARALLEL, /* to all at once */
    SIM_FORK_BY_Q,     /* to those of the highest q, then to the next when all of them failed */
} SimFork;
/** SimKeepalive: what a device sends in the gaps to keep its NAT's port; @law: how long a gap is.
 */
typedef enum { SIM_KEEPALIVE_NONE, SIM_KEEPALIVE_CRLF, SIM_KEEPALIVE_STUN } SimKeepaliveKind;
typedef struct {
    SimKeepaliveKind kind;
    SimLaw law;
} SimKeepalive;

/**
 * SimPushSpec: devices that sleep and are woken by push (RFC 8599), if @on.
 * @after: from the sending of a push to the phone; @lost: share of the pushes that never come
 */
typedef struct {
    bool on;
    SimLaw after;
    double lost;
} SimPushSpec;

/** SimTrunkLine: one `register =>` line of Asterisk's sip.conf; absent parts are %NULL or 0. */
typedef struct {
    char *peer;
    char *transport;
    char *user;
    char *domain;
    char *secret;
    char *auth_user;
    char *host;
    unsigned port;
    char *extension;
    uint32_t expiry; /* 0: the group's `expires` */
    unsigned line;   /* in the file it was read from */
} SimTrunkLine;

/**
 * SimGroup: `[phones NAME]`: @count alike devices. Entities are numbered in file order, group by
 * group, from 0.
 * @kind: which actor: %SIM_KIND_... only labels reports
 * @owner: 1 + the group whose addresses-of-record its devices register, the i-th that of the i-th;
 *   0: each has its own
 * @shared: another group registers the addresses-of-record of this one, too
 * @q: of its Contact, thousandths, or %ROLL_Q_NONE
 * @outbound: its Contact has a reg-id beside its +sip.instance (RFC 5626)
 * @places: one for a device that stays in one network (its @stay is then not used)
 * @moves: by a calendar in place of the stays, in the order of the week, each to another place;
 *   each later by uniform(0, @spread), together for all devices of an address-of-record
 * @rows: a diary in place of power and stays, by device and then by time; a device begins in the
 *   first place, and on unless its first change of power is to go on
 * @registers: false for a permanent address with a static record
 * @asks_as_granted: each REGISTER asks for what the one before it was granted
 * @leaves: share of voluntary power-offs at which it unregisters (0 silently .. 1 always)
 * @linger: how long it stays up for the answer to its unregistration
 * @notices: share of address changes that it notices before its next refresh, after @notice_after
 * @instance: its Contact has a +sip.instance
 * @removes_old: names its old contact with expires=0 when it registers a new address
 * @wrong_password: share of the devices that have a wrong password
 * @refresh_after_call: a call that reaches it puts its next refresh off, as it shows where it is
 * @timeout: gives up a transaction after this long (Timer F: 32 s)
 * @start_spacing: the i-th device boots i times this later
 * @ups: share of the devices that go on for @ups_holds when an event cuts their power
 * @surge: at each boot its first REGISTER waits up to this much longer
 * @holds_back: it takes part in overload control (RFC 7339)
 * @lines: one for each device, or %NULL
 */
typedef struct {
    char *name;
    unsigned line;
    char *profile;
    unsigned count;
    unsigned first; /* entity of the first device */
    unsigned owner;
    bool shared;
    int q;
    bool outbound;
    bool registers;
    SimPlace *places;
    size_t n_places;
    SimMove *moves;
    size_t n_moves;
    SimDiaryRow *rows;
    size_t n_rows;
    RollTime spread;
    uint32_t expires;
    bool asks_as_granted;
    SimRefresh refresh;
    SimRetry retry;
    SimPower power;
    double leaves;
    RollTime linger;
    SimLaw boot;
    double notices;
    SimLaw notice_after;
    bool instance;
    bool removes_old;
    SimCredentialsUse credentials;
    SimCallIdUse call_id;
    double wrong_password;
    bool refresh_after_call;
    RollTime timeout;
    RollTime start_spacing;
    double ups;
    SimLaw ups_holds;
    RollTime surge;
    uint16_t port;
    SimKeepalive keepalive;
    SimPushSpec push;
    bool holds_back;
    SimTrunkLine *lines;
    char *user_agent;
} SimGroup;

/** SimFault: what an event does to the registrar. */
typedef enum { SIM_FAULT_NONE, SIM_FAULT_CRASH, SIM_FAULT_CLOCK } SimFault;

/** SimFaultTable: what the table holds after a crash. */
typedef enum {
    SIM_TABLE_LOST,    /* nothing but static records */
    SIM_TABLE_KEPT,    /* all it held */
    SIM_TABLE_REPLICA, /* what the replica has */
    SIM_TABLE_SAVED,   /* what it held at the last multiple of an interval */
} SimFaultTable;

/**
 * SimCut: `[event NAME]`: the power of a share of a network fails at once, or the registrar has a
 * @fault.
 * @link: the line does, and the devices stay on
 * @back: after @at, per device, or of the registrar; with @in_parts, what part of @within, in
 *   seconds of one
 * @within: how long the whole restoration lasts, one for each time the event comes
 * @repeats: from one time to the next, if @recurs
 * @save_every: with %SIM_TABLE_SAVED
 * @clock_step: with %SIM_FAULT_CLOCK: by how much the registrar's clock goes forward
 */
typedef struct {
    char *name;
    bool link;
    unsigned line;
    RollTime at;
    unsigned network;
    double share;
    SimLaw back;
    bool in_parts;
    SimLaw within;
    bool recurs;
    SimLaw repeats;
    SimFault fault;
    SimFaultTable table;
    RollTime save_every;
    RollTime clock_step;
} SimCut;

/** SimExpectation: one line of `[expect]`: @group is -1 for all. */
typedef struct {
    unsigned line;
    char *text;
    SimMetric metric;
    int group;
    char op; /* '<' for <=, '>' for >= */
    double value;
} SimExpectation;

/**
 * SimVariant: `[variant NAME]`: the same experiment once more with other values. Which
 * ones, only the reader knows: see sim_scenario_vary().
 */
typedef struct {
    char *name;
    unsigned line;
} SimVariant;

/** SimSweepKind: the first word of a line of `[sweep]`. */
typedef enum {
    SIM_SWEEP_VARY,
    SIM_SWEEP_STEP,
    SIM_SWEEP_WHERE,
    SIM_SWEEP_REPLICATIONS,
    SIM_SWEEP_PRECISION,
} SimSweepKind;

/** SimSweepLine: @text: what follows the first word; of `vary` and `step` it is for the campaign to
 * read, of others it has been checked. */
typedef struct {
    SimSweepKind kind;
    char *text;
    unsigned line;
} SimSweepLine;

/** SimParameter: @key as for `--set`, such as `phones.desk.expires`; @value as it is written. */
typedef struct {
    char *key;
    char *value;
} SimParameter;

/**
 * SimServeSpec: `[serve]`: what a server is beside its registrar.
 * @listens: #SimListenSpec
 * @store: %NULL: not said
 * @metrics: %NULL for none
 * @rate: messages a second; 0: no limit
 * @log_level: in the order of the words of the key
 */
typedef enum {
    SIM_STORE_DEFAULT,
    SIM_STORE_MEMORY,
    SIM_STORE_SQLITE,
    SIM_STORE_REDIS
} SimStoreKind;
typedef struct {
    RollTransport transport;
    char *address;
    uint16_t port;
} SimListenSpec;
typedef struct {
    GArray *listens;
    char *users;
    SimStoreKind store;
    char *store_path; /* of a database or a socket; or the host of Redis, if it has a port */
    uint16_t store_port;
    char *password_file;
    RollTime write_back;
    char *certificate;
    char *private_key;
    char *metrics;
    uint16_t metrics_port;
    uint32_t max_connections;
    uint32_t max_per_source;
    RollTime idle_timeout;
    RollTime message_timeout;
    double rate;
    uint32_t burst;
    bool limit_loopback;
    bool log_json;
    int log_level;
    bool auth_given;   /* [registrar] says auth */
    bool domain_given; /* and domain */
} SimServeSpec;

/**
 * SimScenario:
 * @parameters: #SimParameter: of every group each key that has a value, with the one that holds,
 *   whoever said it, in the order of the table of keys; several for a key that was repeated
 * @named_files: #SimNamedFile: what it was read from beside the file itself
 */
typedef struct {
    char *name;    /* file name without folder and .ini */
    char *path;    /* as given */
    char *text;    /* the file as read, for the report */
    GStrv changes; /* --set KEY=VALUE as given, %NULL-terminated; may be %NULL */
    char *variant; /* which of them this is; %NULL: the file itself */
    SimVariant *variants;
    size_t n_variants; /* of the file itself; a variant has none */
    char *title;
    RollTime duration;
    RollTime bin; /* of the series */
    RollTime warmup;
    uint64_t seed;
    uint32_t replication;
    SimStart start;
    SimRegistrarSpec registrar;
    SimStationSpec station;
    SimNetworkSpec *networks;
    size_t n_networks;
    bool has_nat; /* any of them */
    SimGroup *groups;
    size_t n_groups;
    unsigned n_phones;
    unsigned n_aors; /* addresses-of-record: phones of the groups that have their own */
    SimCut *cuts;
    size_t n_cuts;
    double call_rate; /* per address-of-record and second; 0 none */
    SimFork call_fork;
    SimPatternPart *call_pattern; /* or NULL: at all hours alike */
    size_t n_call_pattern;
    bool remove_failed; /* records that a call found dead */
    SimExpectation *expectations;
    size_t n_expectations;
    SimScript *script;   /* or NULL: then there are phones */
    SimServeSpec *serve; /* or NULL; then there is neither */
    SimSweepLine *sweep;
    size_t n_sweep;
    GPtrArray *parameters;
    GPtrArray *named_files;
    GPtrArray *owned; /* value tables of empirical laws */
} SimScenario;

#define SIM_SCENARIO_ERROR sim_scenario_error_quark()
GQuark sim_scenario_error_quark(void);
typedef enum { SIM_SCENARIO_ERROR_INVALID } SimScenarioError;

/**
 * sim_scenario_load:
 * @path: of an .ini file
 * @changes: `group.name.key=value` or `group.key=value`, %NULL-terminated; may be %NULL
 * @error: one line `file:line: what is wrong; did you mean ...?`
 * Returns: (transfer full): or %NULL
 */
SimScenario *sim_scenario_load(const char *path, const char *const *changes, GError **error);

/** sim_group_roams: its devices go from place to place by chance. */
static inline bool
sim_group_roams(const SimGroup *self)
{
    return self->n_places > 1 && self->n_moves == 0 && self->n_rows == 0;
}

/** sim_scenario_owner: the phone whose address-of-record phone @id of @group registers. */
static inline uint32_t
sim_scenario_owner(const SimScenario *self, const SimGroup *group, uint32_t id)
{
    return group->owner == 0 ? id : self->groups[group->owner - 1].first + (id - group->first);
}

/** sim_scenario_parse: the same from memory; @path is for messages and for files it names. */
SimScenario *sim_scenario_parse(const char *path, const char *text, size_t len,
                                const char *const *changes, GError **error);

/** sim_scenario_vary: variant @which of @self, with the same `--set` changes, which go before its
 * own. Returns: (transfer full): or %NULL */
SimScenario *sim_scenario_vary(const SimScenario *self, size_t which, GError **error);
void sim_scenario_free(SimScenario *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimScenario, sim_scenario_free)
