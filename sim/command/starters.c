/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each text runs as it stands, meets what it expects, and says of every line why it is there. A
 * test runs all of them. */
#include "sim/command/starters.h"

#include <glib.h>

static const char TOWN[] =
    "# What docs/scenario.md tells of every key, `man rollcall-scenario` has too. Every value\n"
    "# carries its unit: 30s, 5min, 24h, 7d, 2%, 0.5/h.\n"
    "\n"
    "[scenario]\n"
    "title    = @NAME@\n"
    "duration = 24h                  # of simulated time; begins on a Monday at 00:00\n"
    "seed     = 1                    # another seed is the same world with other chances\n"
    "\n"
    "[registrar]\n"
    "domain      = example.org\n"
    "min-expires = 60s               # who asks for less is refused with 423\n"
    "# preset    = kamailio          # behave as a known server does: `rollcall presets`\n"
    "\n"
    "[network adsl]                  # where phones are, and what becomes of their addresses\n"
    "pool    = 10.0.0.0/20\n"
    "address = changes every 24h     # each line at its own hour\n"
    "\n"
    "[phones desk]                   # a group of phones that are alike; add more groups\n"
    "count   = 1000\n"
    "network = adsl\n"
    "expires = 1h                    # what a REGISTER asks for; refreshed at half of it\n"
    "power   = fails exp(7d), back after exp(1h)\n"
    "# profile = yealink             # habits of a known device: `rollcall profiles`\n"
    "\n"
    "[phones soft]                   # softphones, on in the day, and most say goodbye\n"
    "count   = 300\n"
    "network = adsl\n"
    "expires = 10min\n"
    "power   = weekdays 08:00-18:00, spread 1h\n"
    "leaves  = unregisters 90%\n"
    "\n"
    "[calls]                         # come at random, and show where the table leads them\n"
    "rate = 0.5/h per phone\n"
    "\n"
    "[expect]                        # the exit status is 1 if one of these is not met\n"
    "stale-share  <= 2%\n"
    "reachability >= 95%\n";

static const char STORM[] =
    "# A town loses power and gets it back. How long is the table wrong, and does the registrar\n"
    "# stand the phones that come back? What docs/scenario.md tells of every key,\n"
    "# `man rollcall-scenario` has too.\n"
    "\n"
    "[scenario]\n"
    "title    = @NAME@\n"
    "duration = 6h\n"
    "start    = all-on               # every phone is there at the beginning\n"
    "\n"
    "[station]                       # what a request costs the server; without it, nothing\n"
    "service = 10ms                  # `rollcall bench` tells what this machine needs\n"
    "queue   = 2000                  # how many may wait; what finds no place is dropped\n"
    "\n"
    "[network adsl]\n"
    "pool    = 10.0.0.0/18\n"
    "address = keeps while on        # another one at each power-on\n"
    "\n"
    "[phones desk]\n"
    "count   = 5000\n"
    "network = adsl\n"
    "expires = 1h\n"
    "boot    = uniform(20s, 60s)     # from power-on to the first REGISTER\n"
    "surge   = 2min                  # and up to this much longer, so that not all come at once\n"
    "\n"
    "[event blackout]\n"
    "at   = 2h\n"
    "cut  = power of adsl, 60%\n"
    "back = uniform(10min, 30min)    # each phone at a time of its own\n"
    "\n"
    "[expect]\n"
    "reachability >= 95%\n"
    "\n"
    "[variant at-once]               # the same with power back for all together: look at\n"
    "                                # queue-wait and ineffective-attempts of the two\n"
    "event.blackout.back = 20min\n"
    "phones.desk.surge   = 0s\n";

static const char SCRIPT[] =
    "# Who sends what when, and what must come back, to the millisecond. `man rollcall-scenario`\n"
    "# has every step; a mistake in one is told with its line.\n"
    "\n"
    "[scenario]\n"
    "title = @NAME@\n"
    "\n"
    "[registrar]\n"
    "min-expires = 60s\n"
    "\n"
    "[script]\n"
    "# Less than the minimum is refused, and the answer says what the minimum is.\n"
    "at 0s      alice sends REGISTER contact=<sip:alice@10.0.0.1> expires=30\n"
    "at 0s      expect 423 min-expires=60\n"
    "# So once more. The answer lists what is bound now.\n"
    "at 1s      alice sends REGISTER contact=<sip:alice@10.0.0.1> expires=60\n"
    "at 1s      expect 200 contacts=<sip:alice@10.0.0.1>;expires=60\n"
    "# A copy of the same request, as a lost answer would cause, gets the same answer.\n"
    "at 2s      alice sends again\n"
    "at 2s      expect 200 contacts=<sip:alice@10.0.0.1>;expires=60\n"
    "# Whoever calls is led there until the record has expired.\n"
    "at 60.999s lookup alice finds <sip:alice@10.0.0.1>\n"
    "at 61s     event expired alice <sip:alice@10.0.0.1>\n"
    "at 61s     lookup alice finds none\n";

static const char AFTER_RUN[] = "  rollcall run @FILE@ --link direct\n";

static const SimStarter STARTERS[] = {
    {"town", "phones whose power fails and whose addresses change", TOWN, AFTER_RUN},
    {"storm", "a blackout, and a registrar with a queue when power is back", STORM, AFTER_RUN},
    {"script", "requests and what must come back, for `rollcall check`", SCRIPT,
     "  rollcall check @FILE@\n"},
};

const SimStarter *
sim_starters(size_t *n)
{
    *n = G_N_ELEMENTS(STARTERS);
    return STARTERS;
}
