/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table; key.c reads values through it. To add a key, add its field to scenario.h, its entry
 * here, and its name to both completions; `./quickstart docs` writes it into docs/scenario.md or
 * docs/serve.md, the build into the manual pages. A test finds what is missing. */
#include "sim/scenario/keys.h"

#include "sim/scenario/readers.h"

#define YEARS(n) ((n)*365 * ROLL_DAY)

static const char *const STARTS[] = {"stationary", "all-on", "all-off", NULL};
static const char *const ASSIGNS[] = {"random", "oldest", "sticky", NULL};
static const char *const AUTHS[] = {"none", "digest", NULL};
static const char *const OLD_CONTACTS[] = {"left", "removed", NULL};
static const char *const CREDENTIALS[] = {"fresh", "reused", NULL};
static const char *const CALL_IDS[] = {"boot", "request", "device", NULL};
static const char *const BRIEF[] = {"refuse", "raise", NULL};
static const char *const ASKS[] = {"as configured", "as granted", NULL};
static const char *const ORDERS[] = {"strict", "lax", NULL};
static const char *const WHEN_FULL[] = {"refuse", "replace", NULL};
static const char *const MATCHES[] = {"uri", "text", NULL};
static const char *const STATION_FULL[] = {"drop", "503", NULL};
static const char *const FORKS[] = {"parallel", "by q", NULL};
static const char *const FAILED_RECORDS[] = {"kept", "removed", NULL};
static const char *const LOGS[] = {"text", "json", NULL};
static const char *const LOG_LEVELS[] = {"error", "warning", "info", "debug", NULL};
static const char *const YES_NO[] = {"no", "yes", NULL};

#define SCENARIO(field) .group = "scenario", .offset = offsetof(SimScenario, field)
#define REGISTRAR(field) .group = "registrar", .offset = offsetof(SimRegistrarSpec, field)
#define STATION(field) .group = "station", .offset = offsetof(SimStationSpec, field)
#define NETWORK(field) .group = "network", .offset = offsetof(SimNetworkSpec, field)
#define PHONES(field) .group = "phones", .offset = offsetof(SimGroup, field)
#define EVENT(field) .group = "event", .offset = offsetof(SimCut, field)
#define SERVE(field) .group = "serve", .offset = offsetof(SimServeSpec, field)
#define OWN(reader) .form = SIM_FORM_OWN, .read = reader
#define RANGE(from, to) .least = (from), .most = (to)

/* clang-format off */
static const SimKey KEYS[] = {
    {SCENARIO(title), .name = "title", .form = SIM_FORM_TEXT,
     .format = "text", .example = "A town on ADSL, one day",
     .meaning = "The heading of reports and plots. If absent, the name of the file."},
    {SCENARIO(duration), .name = "duration", .form = SIM_FORM_TIME, .flags = SIM_KEY_REQUIRED,
     RANGE(ROLL_SECOND, YEARS(10000)), .format = "time", .example = "24h",
     .meaning = "How long the run lasts, in simulated time. Time 0 is Monday 00:00."},
    {SCENARIO(seed), .name = "seed", .form = SIM_FORM_SEED, .otherwise = "1",
     .format = "whole number", .example = "42",
     .meaning = "Where chance starts: the same file and the same seed give the same results."},
    {SCENARIO(replication), .name = "replication", .form = SIM_FORM_UNSIGNED, .otherwise = "0",
     RANGE(0, UINT32_MAX), .format = "whole number", .example = "3",
     .meaning = "Another number gives an independent repetition of the same experiment."},
    {SCENARIO(bin), .name = "bin", .form = SIM_FORM_TIME, RANGE(ROLL_MILLISECOND, YEARS(10000)),
     .format = "time", .example = "5min",
     .meaning = "Width of a step of the time series. If absent, a round width that gives 100 to "
                "300 steps."},
    {SCENARIO(warmup), .name = "warmup", .form = SIM_FORM_TIME, .otherwise = "0s",
     RANGE(0, YEARS(10000)), .format = "time", .example = "2h",
     .meaning = "The first part of the run that is simulated but not measured."},
    {SCENARIO(start), .name = "start", .form = SIM_FORM_WORD, .words = STARTS,
     .otherwise = "stationary", .format = "stationary | all-on | all-off", .example = "all-on",
     .meaning = "How the world stands at time 0: as a visitor at a random instant finds it, or "
                "with all devices on, or with all off. Stationary needs laws that have a mean."},

    {REGISTRAR(preset), .name = "preset", OWN(sim_read_preset), .otherwise = "rfc",
     .format = "name of a preset", .example = "kamailio",
     .meaning = "A registrar as a known server has it: values for the keys below that this group "
                "does not set itself. `rollcall presets` lists them."},
    {REGISTRAR(domain), .name = "domain", .form = SIM_FORM_TEXT, .otherwise = "example.org",
     .format = "host name", .example = "voip.example.net",
     .meaning = "The domain of the addresses of record."},
    {REGISTRAR(default_expires), .name = "default-expires", .form = SIM_FORM_SECONDS,
     .otherwise = "1h", RANGE(ROLL_SECOND, YEARS(100)), .format = "time", .example = "30min",
     .meaning = "Granted if a request asks for no expiry."},
    {REGISTRAR(min_expires), .name = "min-expires", .form = SIM_FORM_SECONDS, .otherwise = "60s",
     RANGE(0, YEARS(100)), .format = "time", .example = "2min",
     .meaning = "A request for less is refused with 423 (Interval Too Brief), or raised to it: see "
                "`brief`."},
    {REGISTRAR(max_expires), .name = "max-expires", OWN(sim_read_max_expires), .otherwise = "none",
     .format = "time | none", .example = "2h",
     .meaning = "A request for more is granted this much."},
    {REGISTRAR(digest), .name = "auth", .form = SIM_FORM_EITHER, .words = AUTHS,
     .otherwise = "digest", .format = "digest | none", .example = "none",
     .meaning = "Whether a REGISTER is challenged with 401."},
    {REGISTRAR(algorithms), .name = "algorithms", OWN(sim_read_algorithms), .otherwise = "MD5",
     .format = "MD5, SHA-256, SHA-512-256 in the server's order", .example = "SHA-256, MD5",
     .meaning = "Digest algorithms that the challenge offers, most wanted first."},
    {REGISTRAR(nonce_lifetime), .name = "nonce-lifetime", .form = SIM_FORM_TIME,
     .otherwise = "5min", RANGE(ROLL_SECOND, YEARS(100)), .format = "time", .example = "1h",
     .meaning = "After this a nonce is stale and the client is challenged anew."},
    {REGISTRAR(purge_interval), .name = "purge-interval", .form = SIM_FORM_TIME,
     .otherwise = "0s", RANGE(0, YEARS(1)), .format = "time", .example = "60s",
     .meaning = "How often expired records are swept; 0s deletes each as it expires. Kamailio "
                "and OpenSIPS sweep every 60s, FreeSWITCH and Asterisk every 30s."},
    {REGISTRAR(max_bindings), .name = "max-bindings", .form = SIM_FORM_UNSIGNED,
     .otherwise = "16", RANGE(1, 1000000), .format = "whole number", .example = "1",
     .meaning = "Most records that one address of record can have; what exceeds them is refused "
                "with 503, or takes the place of others: see `when-full`."},
    {REGISTRAR(max_records), .name = "max-records", OWN(sim_read_max_records),
     .otherwise = "none", .format = "none | whole number", .example = "5000",
     .meaning = "Most records of the whole table; what exceeds them is refused with 503, or takes "
                "the place of others: see `table-full`."},
    {REGISTRAR(table_full), .name = "table-full", .form = SIM_FORM_WORD, .words = WHEN_FULL,
     .otherwise = "refuse", .format = "refuse | replace", .example = "replace",
     .meaning = "replace: the record that was registered or refreshed longest ago, whoever's it "
                "is, makes room for one beyond `max-records`, and its owner is not told. In "
                "cellular networks that is implicit deregistration."},
    {REGISTRAR(brief), .name = "brief", .form = SIM_FORM_WORD, .words = BRIEF,
     .otherwise = "refuse", .format = "refuse | raise", .example = "raise",
     .meaning = "What becomes of a request for less than `min-expires`. Kamailio (by default), "
                "OpenSIPS and Asterisk raise it."},
    {REGISTRAR(jitter_percent), .name = "expires-jitter", OWN(sim_read_expires_jitter),
     .otherwise = "0%", .format = "[level] share | [level] time", .example = "level 10%",
     .meaning = "A granted expiry is shortened by up to this much, at random, but never below "
                "`min-expires`, so that devices that came at once do not come back at once. "
                "Kamailio's expires_range is a share, OpenSIPS's expires_max_deviation a time. "
                "With `level` it is not by chance: of up to 16 seconds spread over the range the "
                "one is granted in which the fewest records expire."},
    {REGISTRAR(grant_loss), .name = "grant-loss", .form = SIM_FORM_SECONDS, .otherwise = "0s",
     RANGE(0, YEARS(1)), .format = "time", .example = "1s",
     .meaning = "A grant is this much shorter than what was asked for, but never below "
                "`min-expires`. A fault that some servers had; see `asks` for what it does."},
    {REGISTRAR(lax_order), .name = "order", .form = SIM_FORM_EITHER, .words = ORDERS,
     .otherwise = "strict", .format = "strict | lax", .example = "lax",
     .meaning = "lax: a CSeq that is not higher than the last one of its Call-ID is no reason to "
                "refuse. Asterisk is lax."},
    {REGISTRAR(full), .name = "when-full", .form = SIM_FORM_WORD, .words = WHEN_FULL,
     .otherwise = "refuse", .format = "refuse | replace", .example = "replace",
     .meaning = "replace: the record registered longest ago makes room for one beyond "
                "`max-bindings`."},
    {REGISTRAR(replace_by_instance), .name = "replace-by-instance", .form = SIM_FORM_EITHER,
     .words = YES_NO, .otherwise = "no", .format = "yes | no", .example = "yes",
     .meaning = "yes: a contact takes the place of the records of the same device, known by its "
                "+sip.instance: see `instance` of [phones]."},
    {REGISTRAR(match_text), .name = "match", .form = SIM_FORM_EITHER, .words = MATCHES,
     .otherwise = "uri", .format = "uri | text", .example = "text",
     .meaning = "Whether contacts are compared as URIs (RFC 3261 section 19.1.4) or letter by "
                "letter, as Kamailio does."},
    {REGISTRAR(late_margin), .name = "late-margin", .form = SIM_FORM_TIME, .otherwise = "0s",
     RANGE(0, YEARS(1)), .format = "time", .example = "60s",
     .meaning = "How long a record counts after its expiry; FreeSWITCH gives it 60s."},
    {REGISTRAR(qualify), .name = "qualify", OWN(sim_read_qualify), .otherwise = "none",
     .format = "none | TIME[, N misses]", .example = "60s, 2 misses",
     .meaning = "The registrar asks each record so often, by OPTIONS, whether somebody is there, "
                "and removes it when N in a row (3 if not said) were not answered within 3s. "
                "Asterisk's qualify and Kamailio's nathelper do so."},
    {REGISTRAR(replica_lag), .name = "replica-lag", OWN(sim_read_replica_lag),
     .otherwise = "none", .format = "none | LAW", .example = "exp(2s)",
     .meaning = "Callers ask a replica, which has each change of the table so much later, in the "
                "order of the changes; phones register with the registrar itself. All that is "
                "said of records, the states and stale records included, is said of the replica."},

    {STATION(service), .name = "service", .form = SIM_FORM_LAW, .flags = SIM_KEY_REQUIRED,
     .format = "law", .example = "exp(1ms)",
     .meaning = "How long a worker needs for a request, whatever the answer. `rollcall bench` "
                "prints a value that was measured."},
    {STATION(workers), .name = "workers", .form = SIM_FORM_UNSIGNED, .otherwise = "1",
     RANGE(1, 1000000), .format = "whole number", .example = "4",
     .meaning = "How many requests are served at the same time."},
    {STATION(places), .name = "queue", OWN(sim_read_places_to_wait), .otherwise = "unlimited",
     .format = "whole number | unlimited", .example = "2000",
     .meaning = "How many requests may wait; they are served in the order in which they came."},
    {STATION(full), .name = "when-full", .form = SIM_FORM_WORD, .words = STATION_FULL,
     .otherwise = "drop", .format = "drop | 503", .example = "503",
     .meaning = "What becomes of a request that finds no place: nothing comes back, or at once a "
                "503 without a look at it."},
    {STATION(retry_after), .name = "retry-after", .form = SIM_FORM_LAW, .otherwise = "0s",
     .format = "law", .example = "uniform(30s, 5min)",
     .meaning = "The Retry-After of that 503, drawn for each and rounded up to whole seconds; 0s "
                "is none."},
    {STATION(target), .name = "overload-control", OWN(sim_read_overload_control),
     .otherwise = "none", .format = "none | TIME[, valid TIME]", .example = "200ms, valid 1min",
     .meaning = "Whenever a request would have to wait longer than TIME, a share of the requests is "
                "to stay away (RFC 7339): devices with `overload-control` are told so with each "
                "answer, and for how long that is valid (500ms if not said); of the requests of "
                "the others the registrar refuses that share with 503."},
    {REGISTRAR(nat_ping), .name = "nat-ping", OWN(sim_read_nat_ping), .otherwise = "none",
     .format = "none | TIME", .example = "30s",
     .meaning = "How often the server sends an OPTIONS to each contact behind a NAT. A device's "
                "answer keeps its port; a port that is lost cannot be asked back."},

    {NETWORK(pool_base), .name = "pool", OWN(sim_read_pool), .flags = SIM_KEY_REQUIRED,
     .format = "IPv4 network with prefix length", .example = "10.16.0.0/16",
     .meaning = "The addresses that devices get. The network and broadcast address are not "
                "given out. Pools must not overlap, and each must hold all devices that may be "
                "in it, and one address more if they change; of leased addresses there may be "
                "fewer than devices."},
    {NETWORK(addressing), .name = "address", OWN(sim_read_address), .otherwise = "fixed",
     .format = "fixed | changes every TIME [at HH:MM[, spread TIME]] | changes LAW | keeps while "
               "on | leased",
     .example = "changes every 24h at 04:00, spread 30min",
     .meaning = "What becomes of a device's address: it stays for ever; it is replaced after "
                "each interval, on or off, each device's at a time of its own or all at one hour "
                "of every day or every so many days; it is new at each power-on; or it is leased: "
                "see `lease`."},
    {NETWORK(assign), .name = "assign", .form = SIM_FORM_WORD, .words = ASSIGNS,
     .otherwise = "random", .format = "random | oldest | sticky", .example = "sticky",
     .meaning = "Which free address a device gets: any, the one that has been free for the longest "
                "time, or the one it had last, if nobody has it now, and else the oldest."},
    {NETWORK(lease), .name = "lease", .form = SIM_FORM_TIME, RANGE(2 * ROLL_SECOND, YEARS(1)),
     .format = "time", .example = "1h",
     .meaning = "For how long an address is leased (DHCP, RFC 2131). A device that is on and there "
                "renews at half of it; when it goes, the address stays its own to the end of the "
                "lease, and is then free for others. Needed by, and only for, leased addresses."},
    {NETWORK(release), .name = "release", OWN(sim_read_release), .otherwise = "no",
     .format = "no | yes | SHARE", .example = "30%",
     .meaning = "Whether a device gives its leased address back when it is shut down in order, "
                "that is, when it unregisters (see `leaves`). Most devices do not."},
    {NETWORK(delay), .name = "delay", .form = SIM_FORM_LAW, .otherwise = "20ms",
     .format = "law", .example = "uniform(10ms, 40ms)",
     .meaning = "Time of a packet on its way, in one direction."},
    {NETWORK(loss_up), .name = "loss", OWN(sim_read_loss), .otherwise = "0%",
     .format = "SHARE | SHARE up, SHARE down", .example = "1% up, 5% down",
     .meaning = "Share of the packets that are lost, each by itself: in both directions, or from "
                "the device (up) and to it (down)."},
    {NETWORK(outages), .name = "outages", OWN(sim_read_outages), .otherwise = "none",
     .format = "none | every LAW, for LAW", .example = "every exp(2h), for exp(30s)",
     .meaning = "Times in which the line of a device carries nothing, each device's for itself: "
                "how long a line works between two of them, and how long one lasts. Packets are "
                "then lost in bursts, which retransmissions do not outlast."},

    {NETWORK(nat), .name = "nat", OWN(sim_read_nat), .otherwise = "none",
     .format = "none | TIME", .example = "2min",
     .meaning = "The devices are behind a NAT, which takes a port back from a device that has sent "
                "nothing for this long. RFC 4787 section 4.3 demands 2min at least; many give 30s."},
    {NETWORK(nat_share), .name = "nat-share", .form = SIM_FORM_UNSIGNED, .otherwise = "1",
     RANGE(1, 8192), .format = "whole number", .example = "64",
     .meaning = "How many devices share one address of the pool: 1 for a NAT at home, many for one "
                "of the provider. Only with `nat`."},

    {PHONES(count), .name = "count", .form = SIM_FORM_UNSIGNED, RANGE(1, 100000000),
     .format = "whole number", .example = "10000",
     .meaning = "How many devices. With register lines it may be left out, and must otherwise "
                "be the number of lines."},
    {PHONES(profile), .name = "profile", .form = SIM_FORM_TEXT, .otherwise = "generic",
     .format = "name of a profile", .example = "yealink",
     .meaning = "A device profile: values for the keys below, each of which the group can set "
                "itself. `rollcall profiles` lists them."},
    {PHONES(places), .name = "network", OWN(sim_read_network),
     .format = "name of a network", .example = "adsl",
     .meaning = "Where the devices are. Each group needs this or `places`."},
    {PHONES(places), .name = "places", OWN(sim_read_places),
     .format = "NETWORK for LAW SHARE, ...",
     .example = "home for exp(10h) 40%, office for lognormal(8h, 0.3) 35%, hotel for 12h 25%",
     .meaning = "Where roaming devices go: how long they stay in each network, and how often "
                "it is the next one. The shares add up to 100%."},
    {PHONES(moves), .name = "calendar", OWN(sim_read_calendar),
     .format = "DAYS HH:MM NETWORK, ...[, spread TIME]",
     .example = "mon-fri 08:00 office, mon-fri 17:30 home, spread 30min",
     .meaning = "Another way to say where devices go: at which hours of each week they are in "
                "another network from then on. Spread: each move is later by a time that is "
                "uniform up to it, the same for all devices of one person (`aor-of`)."},
    {PHONES(rows), .name = "moves-from", OWN(sim_read_moves_from),
     .format = "name of a file", .example = "diary.csv",
     .meaning = "A CSV file, sought beside the scenario, in place of `power` and `places`: its "
                "columns are time (from the start of the run, with a unit or in seconds), phone "
                "(its number in the group, from 1), event (on, off, move) and network (of a move; "
                "of on, if it comes on elsewhere). Devices begin in `network`, and on unless the "
                "first that is said of their power is on."},
    {PHONES(owner), .name = "aor-of", OWN(sim_read_aor_of),
     .format = "name of a group of phones", .example = "desk",
     .meaning = "The devices are further ones of the people of that group: the i-th registers the "
                "address of record of the i-th there, with its credentials and a contact of its "
                "own. If absent, each device has its own address of record."},
    {PHONES(q), .name = "q", OWN(sim_read_q), .otherwise = "none",
     .format = "number from 0 to 1 | none", .example = "0.8",
     .meaning = "How much its contact is preferred to the others of its address of record "
                "(RFC 3261 section 16.6); none counts as 1. See `fork` of [calls]."},
    {PHONES(registers), .name = "registers", .form = SIM_FORM_EITHER, .words = YES_NO,
     .otherwise = "yes",
     .format = "yes | no", .example = "no",
     .meaning = "no: a device with a permanent address, for which the table has a static record "
                "that never expires."},
    {PHONES(expires), .name = "expires", .form = SIM_FORM_SECONDS, .otherwise = "1h",
     RANGE(ROLL_SECOND, YEARS(100)), .format = "time", .example = "30min",
     .meaning = "The expiry that a REGISTER asks for."},
    {PHONES(asks_as_granted), .name = "asks", .form = SIM_FORM_EITHER, .words = ASKS,
     .otherwise = "as configured", .format = "as configured | as granted", .example = "as granted",
     .meaning = "as granted: a device asks for `expires` when it boots, and then for what it was "
                "granted last. With a server that grants less than is asked for, it comes ever "
                "sooner."},
    {PHONES(refresh), .name = "refresh", OWN(sim_read_refresh), .otherwise = "50%",
     .format = "POINT | uniform(POINT, POINT), then optionally: , POINT up to TIME",
     .example = "uniform(50%, expires-32s), expires-5s up to 64s",
     .meaning = "When after an answer the device registers again. A point is a time (30min), a "
                "share of the granted expiry (90%), or either of these from its end or beyond a "
                "share (expires-15s, 50%+10s). The second part is for grants that are short."},
    {PHONES(retry), .name = "retry", OWN(sim_read_retry), .otherwise = "30s",
     .format = "none | LAW | doubling(TIME, CAP) | linear(TIME[, CAP]) | rfc5626(TIME[, CAP]), "
               "then optionally: from sending, and: , N times",
     .example = "rfc5626(30s, 30min), 10 times",
     .meaning = "How long after a failed registration the device tries again, and how often. "
                "After the n-th failure in a row, doubling waits TIME 2^(n-1), linear n TIME, "
                "rfc5626 half to all of TIME 2^n (30min at most if no cap is given). With `from "
                "sending` the time counts from the first sending of the request that failed, not "
                "from its failure."},
    {PHONES(power), .name = "power", OWN(sim_read_power), .otherwise = "always",
     .format = "always | fails LAW, back after LAW | on LAW, off LAW | DAYS HH:MM-HH:MM"
               "[, spread TIME]",
     .example = "weekdays 08:30-17:30, spread 30min",
     .meaning = "When the device is on. Days are daily, weekdays, weekends, or mon, tue, ... and "
                "mon-fri, joined by commas. Spread: each switching is later by a time that is "
                "uniform up to it."},
    {PHONES(ups), .name = "ups", OWN(sim_read_ups), .otherwise = "none",
     .format = "none | SHARE for LAW", .example = "20% for uniform(10min, 30min)",
     .meaning = "A share of the devices has a battery: when an event cuts their power they go on "
                "for so long, and go off only if it is not back by then."},
    {PHONES(leaves), .name = "leaves", OWN(sim_read_leaves), .otherwise = "silently",
     .format = "silently | unregisters | unregisters SHARE", .example = "unregisters 95%",
     .meaning = "What happens when the device goes off by its own power key: the record is left "
                "to expire, or removed. An event always is silent."},
    {PHONES(linger), .name = "linger", .form = SIM_FORM_TIME, .otherwise = "4s",
     RANGE(0, ROLL_DAY), .format = "time", .example = "500ms",
     .meaning = "How long a device that unregisters waits for the answer before it is off."},
    {PHONES(boot), .name = "boot", .form = SIM_FORM_LAW, .otherwise = "uniform(10s, 60s)",
     .format = "law", .example = "uniform(20s, 80s)",
     .meaning = "From power-on to the first REGISTER."},
    {PHONES(surge), .name = "surge", .form = SIM_FORM_TIME, .otherwise = "0s",
     RANGE(0, ROLL_DAY), .format = "time", .example = "2min",
     .meaning = "After each power-on the first REGISTER waits longer by a time that is uniform up "
                "to this, so that phones whose power returns at once do not come at once."},
    {PHONES(notices), .name = "notices", OWN(sim_read_notices), .otherwise = "at refresh",
     .format = "at refresh | at once | after LAW, the latter two optionally after a SHARE",
     .example = "70% after exp(10s)",
     .meaning = "How soon a device registers anew when its address has changed. The rest of a "
                "share does so at the next refresh."},
    {PHONES(instance), .name = "instance", .form = SIM_FORM_EITHER, .words = YES_NO,
     .otherwise = "no", .format = "yes | no", .example = "yes",
     .meaning = "Whether the device says who it is, whatever its address: +sip.instance in its "
                "contact (RFC 5626)."},
    {PHONES(outbound), .name = "outbound", .form = SIM_FORM_EITHER, .words = YES_NO,
     .otherwise = "no", .format = "yes | no", .example = "yes",
     .meaning = "yes: the device registers with +sip.instance and reg-id=1 (RFC 5626), so that a "
                "registration from a new address takes the place of the old record."},
    {PHONES(removes_old), .name = "old-contact", .form = SIM_FORM_EITHER, .words = OLD_CONTACTS,
     .otherwise = "left", .format = "left | removed", .example = "removed",
     .meaning = "Whether the REGISTER from a new address removes the contact of the old one."},
    {PHONES(credentials), .name = "credentials", .form = SIM_FORM_WORD, .words = CREDENTIALS,
     .otherwise = "fresh", .format = "fresh | reused", .example = "reused",
     .meaning = "fresh: each REGISTER is first sent without credentials and challenged. reused: "
                "the last nonce is used again while it is good, one message instead of two."},
    {PHONES(call_id), .name = "call-id", .form = SIM_FORM_WORD, .words = CALL_IDS,
     .otherwise = "boot", .format = "boot | request | device", .example = "device",
     .meaning = "How long a Call-ID is kept: until the device is off, for one REGISTER, or for "
                "ever. With device the CSeq starts again at each boot."},
    {PHONES(wrong_password), .name = "wrong-password", .form = SIM_FORM_SHARE, .otherwise = "0%",
     .format = "share", .example = "5%",
     .meaning = "Share of the devices that have a wrong password."},
    {PHONES(refresh_after_call), .name = "refresh-after-call", .form = SIM_FORM_EITHER,
     .words = YES_NO, .otherwise = "no", .format = "yes | no", .example = "yes",
     .meaning = "yes: a call that reaches the device has shown where it is, so its next refresh "
                "is put off as if it had just registered, but not past the end of its record."},
    {PHONES(timeout), .name = "timeout", .form = SIM_FORM_TIME, .otherwise = "32s",
     RANGE(ROLL_MILLISECOND, ROLL_DAY), .format = "time", .example = "20s",
     .meaning = "After this long without an answer a registration has failed (Timer F)."},
    {PHONES(start_spacing), .name = "start-spacing", OWN(sim_read_start_spacing),
     .otherwise = "0s", .format = "TIME | TIME within TIME", .example = "100ms within 2min",
     .meaning = "The i-th device of the group sends its first REGISTER i times this later. "
                "within: shorter if there are so many devices that the last would be later."},
    {PHONES(port), .name = "port", .form = SIM_FORM_PORT, .otherwise = "5060", RANGE(1, 65535),
     .format = "whole number", .example = "5062", .meaning = "The port of the contact."},
    {PHONES(keepalive), .name = "keepalive", OWN(sim_read_keepalive), .otherwise = "none",
     .format = "none | crlf LAW | stun LAW", .example = "stun uniform(24s, 29s)",
     .meaning = "What the device sends from its first REGISTER until it is off to keep its port "
                "in a NAT (RFC 5626 section 4.4), and the time from one to the next: empty lines, "
                "or a STUN request, whose answer also tells it that it has another port."},
    {PHONES(push), .name = "push", OWN(sim_read_push), .otherwise = "no",
     .format = "no | LAW[, lost SHARE]", .example = "uniform(1s, 5s), lost 2%",
     .meaning = "The app sleeps: it does not refresh by a timer of its own but is woken by a "
                "push (RFC 8599), which takes so long, and of which a share may be lost. One "
                "is sent 120 s before a record expires, or when half of a grant below 240 s "
                "is left, and one before each call that finds a record; the phone then "
                "registers from where it is. Replaces `refresh`."},
    {PHONES(holds_back), .name = "overload-control", .form = SIM_FORM_EITHER, .words = YES_NO,
     .otherwise = "no", .format = "yes | no", .example = "yes",
     .meaning = "yes: the device takes part in the overload control of the station (RFC 7339): of "
                "its new requests it does not send the share that it was told last, while that is "
                "valid, but goes on as if a 503 had come; see `retry`."},
    {PHONES(user_agent), .name = "user-agent", .form = SIM_FORM_TEXT,
     .format = "text", .example = "Desk phone 1.0",
     .meaning = "The User-Agent header. If absent, the name of the profile."},
    {PHONES(lines), .name = "register", OWN(sim_read_register), .flags = SIM_KEY_REPEATS,
     .format = "[peer?][transport://]user[@domain][:secret[:authuser]]@host[:port][/extension]"
               "[~expiry]",
     .example = "4711:secret@sip.example.org/4711~300",
     .meaning = "One register line of Asterisk, for one device. May be repeated. An expiry in it "
                "(in seconds, as Asterisk has it) goes before `expires`."},
    {PHONES(lines), .name = "register-from", OWN(sim_read_register_from),
     .format = "name of a file", .example = "asterisk-trunks.sip.conf",
     .meaning = "A sip.conf, sought beside the scenario: each register line of its [general] "
                "section is one device."},

    {EVENT(at), .name = "at", .form = SIM_FORM_TIME, .flags = SIM_KEY_REQUIRED,
     RANGE(0, YEARS(10000)), .format = "time", .example = "18h",
     .meaning = "When it happens, from the start of the run."},
    {EVENT(share), .name = "cut", OWN(sim_read_cut),
     .format = "power of NETWORK[, SHARE] | link of NETWORK[, SHARE]",
     .example = "power of adsl, 60%",
     .meaning = "All devices of the network, or a share of them drawn by chance, lose power; or "
                "they stay on and their line carries nothing, until it is back or they roam "
                "elsewhere."},
    {EVENT(back), .name = "back", OWN(sim_read_back),
     .format = "law | uniform within LAW | beta(A, B) within LAW",
     .example = "beta(1.2, 1.6) within lognormal(2h, 0.8)",
     .meaning = "How long after the cut the power or the line of each device is back, or after "
                "the crash the registrar. within: the law is of the whole restoration and drawn "
                "once, and each device is back at a part of it."},
    {EVENT(repeats), .name = "repeats", OWN(sim_read_repeats),
     .format = "law", .example = "exp(30d)",
     .meaning = "The event comes again so long after it came, with chances of its own each time. "
                "If absent, it comes once."},
    {EVENT(fault), .name = "crash", OWN(sim_read_crash), .format = "registrar",
     .example = "registrar",
     .meaning = "The registrar is down until `back`: it answers nobody, and there are no records "
                "to be found. It comes back without the nonces and transactions it had."},
    {EVENT(table), .name = "table", OWN(sim_read_table), .otherwise = "lost",
     .format = "lost | kept | saved every TIME | replica", .example = "saved every 60s",
     .meaning = "What its table holds then: nothing; all it held; what it held when it was last "
                "written down, at a multiple of TIME, so that what was removed since is back; or "
                "what the replica has (`replica-lag` of [registrar]). What has expired meanwhile "
                "is gone in any case, static records are there in any case."},
    {EVENT(clock_step), .name = "clock", OWN(sim_read_clock), .format = "+TIME | -TIME",
     .example = "-1h",
     .meaning = "The registrar's clock is set forward or back. Its records expire so much sooner "
                "or later, and it knows none of the nonces it has given."},

    {.group = "calls", .name = "rate", OWN(sim_read_call_rate), .otherwise = "0/h per phone",
     .format = "NUMBER/UNIT per phone", .example = "0.5/h per phone",
     .meaning = "Calls to each phone come at random at this rate, and show where the table "
                "leads them. Devices of a group with `aor-of` are called with their owner's."},
    {.group = "calls", .name = "fork", .form = SIM_FORM_WORD, .words = FORKS,
     .offset = offsetof(SimScenario, call_fork), .otherwise = "parallel",
     .format = "parallel | by q", .example = "by q",
     .meaning = "Whether a call is led to all contacts of an address of record at once, or to "
                "those of the highest `q` first and to the next when these have failed or given "
                "no answer for 32 s (Timer B)."},
    {.group = "calls", .offset = offsetof(SimScenario, call_pattern), .name = "pattern",
     OWN(sim_read_call_pattern), .format = "DAYS [HH:MM-HH:MM] N, ...",
     .example = "weekdays 08:00-18:00 8, weekends 0.5",
     .meaning = "How busy the hours of a week are beside each other: what is not named has 1, and "
                "a later part goes before an earlier one. `rate` stays the mean over a week."},
    {.group = "calls", .offset = offsetof(SimScenario, remove_failed), .name = "failed-records",
     .form = SIM_FORM_EITHER, .words = FAILED_RECORDS, .otherwise = "kept",
     .format = "kept | removed", .example = "removed",
     .meaning = "What becomes of a record that a call was led to in vain: it waits for its expiry, "
                "or is removed when the call is given up (Timer B, 32 s) or another device has "
                "answered that it does not know the user, unless it was refreshed meanwhile."},

    {SERVE(listens), .name = "listen", OWN(sim_read_listen), .flags = SIM_KEY_REPEATS,
     .format = "udp:ADDRESS:PORT | tcp:ADDRESS:PORT | tls:ADDRESS:PORT",
     .example = "udp:127.0.0.1:5060",
     .meaning = "Where requests are waited for; an IPv6 address stands in brackets. If absent, UDP "
                "and TCP on port 5060 of 127.0.0.1."},
    {SERVE(users), .name = "users", .form = SIM_FORM_TEXT,
     .format = "FILE | sqlite:FILE", .example = "users.htdigest",
     .meaning = "Who may register: a file of `user:realm:HA1` lines as htdigest writes them, or the "
                "table `users (username, realm, ha1)` of a database. Read again on SIGHUP. The realm "
                "is the `domain` of [registrar]."},
    {SERVE(store), .name = "store", OWN(sim_read_store),
     .format = "memory | sqlite:FILE | redis:HOST:PORT | redis:SOCKET", .example = "sqlite:location.db",
     .meaning = "Where the records outlive the server: nowhere, a database of its own, or a Redis "
                "that several servers share. If absent, a database in the state directory."},
    {SERVE(password_file), .name = "store-password-file", .form = SIM_FORM_TEXT,
     .format = "FILE", .example = "redis.password",
     .meaning = "Its first line is the password of Redis, or `user:password`."},
    {SERVE(write_back), .name = "write-back", .form = SIM_FORM_TIME, .otherwise = "0s",
     RANGE(0, ROLL_MINUTE), .format = "time", .example = "200ms",
     .meaning = "0s: a registration is acknowledged when it is durable. Else it is acknowledged at "
                "once and written within this time: a crash loses what was acknowledged since."},
    {SERVE(certificate), .name = "certificate", .form = SIM_FORM_TEXT, .format = "FILE",
     .example = "server.pem", .meaning = "PEM, for tls listeners. Read again on SIGHUP."},
    {SERVE(private_key), .name = "private-key", .form = SIM_FORM_TEXT, .format = "FILE",
     .example = "server.key", .meaning = "PEM, of the certificate."},
    {SERVE(metrics), .name = "metrics", OWN(sim_read_metrics),
     .format = "none | ADDRESS:PORT", .example = "127.0.0.1:9090",
     .meaning = "Where HTTP answers GET /metrics, for Prometheus, and GET /health. If absent, none."},
    {SERVE(max_connections), .name = "max-connections", .form = SIM_FORM_UNSIGNED,
     .otherwise = "10000", RANGE(1, 1000000), .format = "whole number", .example = "50000",
     .meaning = "TCP and TLS connections together. The system's limit of open files holds, too."},
    {SERVE(max_per_source), .name = "max-connections-per-source", .form = SIM_FORM_UNSIGNED,
     .otherwise = "64", RANGE(1, 1000000), .format = "whole number", .example = "8",
     .meaning = "Of these from one IPv4 address or one IPv6 /64."},
    {SERVE(idle_timeout), .name = "idle-timeout", .form = SIM_FORM_TIME, .otherwise = "10min",
     RANGE(ROLL_SECOND, ROLL_DAY), .format = "time", .example = "1h",
     .meaning = "A connection that sends nothing for so long is closed."},
    {SERVE(message_timeout), .name = "message-timeout", .form = SIM_FORM_TIME, .otherwise = "10s",
     RANGE(100 * ROLL_MILLISECOND, ROLL_HOUR), .format = "time", .example = "5s",
     .meaning = "A connection that takes longer for one message, or for its TLS handshake, is "
                "closed."},
    {SERVE(rate), .name = "rate-per-source", OWN(sim_read_source_rate), .otherwise = "200/s",
     .format = "none | NUMBER/UNIT", .example = "20/s",
     .meaning = "Messages taken from one source (as above); what exceeds it is dropped."},
    {SERVE(burst), .name = "burst-per-source", .form = SIM_FORM_UNSIGNED, .otherwise = "400",
     RANGE(1, 1000000), .format = "whole number", .example = "50",
     .meaning = "How many may come at once before the rate holds."},
    {SERVE(limit_loopback), .name = "limit-loopback", .form = SIM_FORM_EITHER, .words = YES_NO,
     .otherwise = "no", .format = "yes | no", .example = "yes",
     .meaning = "Whether the limits of a source hold for this machine, too."},
    {SERVE(log_json), .name = "log", .form = SIM_FORM_EITHER, .words = LOGS, .otherwise = "text",
     .format = "text | json", .example = "json",
     .meaning = "Lines of `name=value`, or a JSON object a line; on standard error."},
    {SERVE(log_level), .name = "log-level", .form = SIM_FORM_WORD, .words = LOG_LEVELS,
     .otherwise = "info", .format = "error | warning | info | debug", .example = "debug",
     .meaning = "The least important lines that are written."},
};
/* clang-format on */

const SimKey *
sim_keys(size_t *n)
{
    *n = G_N_ELEMENTS(KEYS);
    return KEYS;
}
