/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mistakes in scenario files: which line each is blamed on, and in which words. */
#include "sim/scenario/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

static SimScenario *
parse(const char *text, const char *const *changes, GError **error)
{
    /* without the NUL, so that the sanitizer sees a read past the end */
    size_t len = strlen(text);
    g_autofree char *tight = g_memdup2(text, MAX(len, 1));
    return sim_scenario_parse("t.ini", tight, len, changes, error);
}

/* A scenario that is right but for what it is given: @phones starts at line 10. */
static char *
compose(const char *phones, const char *more)
{
    return g_strdup_printf("[scenario]\nduration = 1d\n"
                           "[network lan]\npool = 10.0.0.0/16\n"
                           "[network wifi]\npool = 10.1.0.0/16\n"
                           "[phones desk]\ncount = 1000\nnetwork = lan\n%s%s",
                           phones, more);
}

typedef struct {
    const char *description;
    const char *phones; /* from line 10 on, in [phones desk] */
    const char *more;
    const char *message;
} Mistake;

static const Mistake mistakes[] = {
    {"unknown key", "expire = 1h\n", "",
     "10: unknown key in [phones]: \"expire\"; did you mean \"expires\"?"},
    {"unknown key without a near one", "colour = red\n", "",
     "10: unknown key in [phones]: \"colour\""},
    {"unknown group", "", "[phone x]\n", "10: unknown group \"phone\"; did you mean \"phones\"?"},
    {"repeated group", "", "[registrar]\n[registrar]\n",
     "11: group \"[registrar]\" stands in line 10 already; join them or take another name"},
    {"repeated named group", "", "[phones desk]\n",
     "10: group \"[phones desk]\" stands in line 7 already; join them or take another name"},
    {"repeated key", "expires = 1h\n\nexpires = 2h\n", "",
     "12: key \"expires\" stands in line 10 already; take one of them out"},
    {"group without a name", "", "[event]\n", "10: [event] needs a name, such as [event home]"},
    {"group with a name too many", "", "[calls x]\n",
     "10: [calls] has no name; leave the name out"},
    {"odd name", "", "[event a.b]\n", "10: name \"a.b\": use letters, digits, - and _ only"},
    {"reserved name", "", "[phones all]\n",
     "10: the name \"all\" is taken: it stands for all phones; take another"},
    {"no closing bracket", "", "[calls\n", "10: \"[calls\" does not end with ]; close the bracket"},
    {"no equals sign", "expires 1h\n", "",
     "10: \"expires 1h\" is neither a [group] nor key = value; a comment starts with #"},
    {"no value", "expires =\n", "", "10: expires has no value; an example is: 30min"},
    {"no unit", "expires = 3600\n", "", "10: \"3600\" has no unit; did you mean \"3600s\"?"},
    {"wrong unit", "expires = 60m\n", "", "10: unknown unit of time \"m\"; did you mean \"min\"?"},
    {"not whole seconds", "expires = 1500ms\n", "",
     "10: expires \"1500ms\" is not a whole number of seconds"},
    {"out of range", "expires = 0s\n", "", "10: expires \"0s\" is out of range: the least is 1s"},
    {"port out of range", "port = 65536\n", "",
     "10: port \"65536\" is out of range: the most is 65535"},
    {"unknown profile", "profile = yaelink\n", "",
     "10: unknown profile \"yaelink\"; did you mean \"yealink\"?"},
    {"unknown network", "", "[event e]\nat = 1h\ncut = power of lam\nback = 1h\n",
     "12: unknown network \"lam\"; did you mean \"lan\"?"},
    {"leased without a lease", "", "[network x]\npool = 10.9.0.0/24\naddress = leased\n",
     "12: a leased address needs a lease, for example: lease = 1h"},
    {"lease of nothing", "", "[network x]\npool = 10.9.0.0/24\nlease = 1h\n",
     "12: lease is for leased addresses: address = leased"},
    {"release of nothing", "", "[network x]\npool = 10.9.0.0/24\nrelease = 5%\n",
     "12: release is for leased addresses: address = leased"},
    {"sticky changes", "",
     "[network x]\npool = 10.9.0.0/24\naddress = changes every 1h\nassign = sticky\n",
     "13: assign is sticky, but the address changes: oldest or random can be meant"},
    {"renumbering within a day", "",
     "[network x]\npool = 10.9.0.0/24\naddress = changes every 6h at 04:00\n",
     "12: every 6h: what changes at an hour does so every 24h, or every so many days; write for "
     "example: every 24h at 04:00"},
    {"renumbering at no hour", "",
     "[network x]\npool = 10.9.0.0/24\naddress = changes every 24h at 4\n",
     "12: changes at \"4\": an hour is written 04:00; write two digits for hour and minute"},
    {"renumbering of no form", "",
     "[network x]\npool = 10.9.0.0/24\naddress = changes every 24h at 04:00, 30min\n",
     "12: changes at \"04:00, 30min\" does not have the form: 04:00, spread 30min"},
    {"renumbering into the next", "",
     "[network x]\npool = 10.9.0.0/24\naddress = changes every 24h at 04:00, spread 25h\n",
     "12: spread 25h is longer than the interval, 24h; take a shorter one"},
    {"restoration of no form", "",
     "[event e]\nat = 1h\ncut = power of lan\nback = exp(1h) within 2h\n",
     "13: back \"exp(1h)\" within: which part of it? write for example: uniform within "
     "lognormal(2h, 0.8), or beta(1.2, 1.6) within 4h"},
    {"shapes of a restoration", "",
     "[event e]\nat = 1h\ncut = power of lan\nback = beta(0, 2) within 2h\n",
     "13: the second value of beta(most, a, b) is 0; it must be 0.05 to 1000"},
    {"event for ever", "", "[event e]\nat = 1h\ncut = power of lan\nback = 1h\nrepeats = 10ms\n",
     "14: the event repeats after 0.01s on average; the least is 1s"},
    {"ups of no form", "ups = 20%\n", "",
     "10: ups \"20%\" does not have the form: 20% for 15min, or none"},
    {"unknown word", "old-contact = remove\n", "",
     "10: unknown value \"remove\"; did you mean \"removed\"?"},
    {"yes and no", "registers = true\n", "", "10: unknown value \"true\"; did you mean \"yes\"?"},
    {"network and places", "places = lan for 1h 100%\n", "",
     "10: network and places exclude each other; leave one of them out"},
    {"refresh of no form", "refresh = half\n", "",
     "10: unknown word \"half\"; known: expires, uniform"},
    {"refresh of too many parts", "refresh = 50%, 40% up to 30s, 30%\n", "",
     "10: refresh \"50%, 40% up to 30s, 30%\" does not have the form: uniform(50%, 90%), "
     "expires-5s "
     "up to 64s"},
    {"refresh rule of no form", "refresh = 50%, 40%\n", "",
     "10: refresh rule \"40%\" does not have the form: expires-5s up to 64s"},
    {"refresh after the end", "refresh = 2h\n", "",
     "10: refresh 2h is later than expires 1h: the record would lapse first; take less than "
     "expires"},
    {"expires before the profile's refresh", "profile = pjsua\nexpires = 4s\n", "",
     "11: refresh is due -1s after the answer for expires 4s; the least is 1ms"},
    {"refresh backwards", "refresh = uniform(90%, 50%)\n", "",
     "10: refresh goes from 54min to 30min for expires 1h, which is backwards"},
    {"pattern of no form", "", "[calls]\npattern = weekdays\n",
     "11: \"weekdays\" does not have the form: weekdays 08:00-18:00 8"},
    {"pattern without a day", "", "[calls]\npattern = weekday 3\n",
     "11: unknown day \"weekday\"; did you mean \"weekdays\"?"},
    {"pattern without an hour", "", "[calls]\npattern = daily 0\n",
     "11: pattern leaves no hour of the week in which a call can come"},
    {"qualify too often", "", "[registrar]\nqualify = 10ms\n",
     "11: qualify \"10ms\" is out of range: the least is 1s"},
    {"qualify without misses", "", "[registrar]\nqualify = 60s, twice\n",
     "11: qualify \"60s, twice\": misses are from 1 to 100, as in 2 misses"},
    {"unknown retry", "retry = double(1s, 1min)\n", "",
     "10: unknown retry law \"double\"; did you mean \"doubling\"?"},
    {"retry without cap", "retry = doubling(20s)\n", "",
     "10: retry \"doubling\" does not have the form: doubling(20s, 30min)"},
    {"retry above its cap", "retry = linear(1h, 30min)\n", "",
     "10: retry starts at 1h, which is more than its cap 30min; raise the cap or start lower"},
    {"retry at once for ever", "retry = 0s\n", "",
     "10: retry after 0s on average; the least is 1ms"},
    {"power of no form", "power = fails exp(1d)\n", "",
     "10: power \"fails exp(1d)\" has none of the forms: always, or: fails LAW, back after LAW, "
     "or: "
     "on LAW, off LAW, or: weekdays 08:30-17:30, spread 30min"},
    {"unknown day", "power = weekday 08:00-17:00\n", "",
     "10: unknown day \"weekday\"; did you mean \"weekdays\"?"},
    {"hours backwards", "power = daily 17:00-08:00\n", "",
     "10: hours \"17:00-08:00\" end before they start; write the earlier one first"},
    {"hours of no form", "power = daily 8:00-17:00\n", "",
     "10: hours \"8:00-17:00\" are not of the form 08:30-17:30"},
    {"no hours", "power = mon, tue\n", "",
     "10: power names days but no hours, such as 08:30-17:30"},
    {"spread too wide", "power = daily 08:00-20:00, spread 13h\n", "",
     "10: spread 13h is longer than the shortest time on or off, 12h; take a shorter one"},
    {"power that toggles for ever", "power = on 0s, off 1h\n", "",
     "10: power recurs after 0s on average; the least is 1ms"},
    {"stationary without a mean", "power = on pareto(1h, 1), off 1h\n", "",
     "10: power has a law without a mean, and start is stationary; set start to all-on and a "
     "warmup"},
    {"leaves", "leaves = unregister\n", "",
     "10: unknown value \"unregister\"; did you mean \"unregisters\"?"},
    {"notices", "notices = 70% soon\n", "",
     "10: unknown value \"soon\"; known: at refresh, at once, after"},
    {"register line", "register = nobody\n", "",
     "10: register line: \"nobody\" has no \"@host\"; the form is "
     "[peer?][transport://]user[@domain]"
     "[:secret[:authuser]]@host[:port][/extension][~expiry]"},
    {"as many lines as devices", "register = a@b\n", "",
     "8: count is 1000, but there are 1 register lines; leave count out"},
    {"the same register line twice", "",
     "[phones x]\nnetwork = lan\nprofile = asterisk-chansip\n"
     "register = a@H\nregister = b@x:p@h\nregister = a@h:s@y\n",
     "13: two register lines are for \"a@h\"; take one of them out"},
    {"no such sip.conf", "register-from = no.conf\n", "",
     "10: \"no.conf\" cannot be read: No such file or directory"},
    {"places of no form", "", "[phones x]\ncount = 1\nplaces = lan\n",
     "12: place \"lan\" does not have the form: NETWORK for LAW 40%"},
    {"shares of places", "", "[phones x]\ncount = 1\nplaces = lan for 1h 40%, wifi for 1h 40%\n",
     "12: the shares of the places add up to 80%, not 100%"},
    {"no place at all", "", "[phones x]\ncount = 1\n", "10: [phones x] needs network or places"},
    {"no count", "", "[phones x]\nnetwork = lan\n",
     "10: [phones x] needs count, for example: count = 10000"},
    {"no pool", "", "[network x]\n",
     "10: [network x] needs pool, for example: pool = 10.16.0.0/16"},
    {"pool without prefix", "", "[network x]\npool = 10.9.0.0\n",
     "11: pool \"10.9.0.0\" has no prefix length; did you mean \"10.9.0.0/16\"?"},
    {"pool with host bits", "", "[network x]\npool = 10.9.1.0/16\n",
     "11: pool \"10.9.1.0/16\" has bits set beyond its prefix; did you mean \"10.9.0.0/16\"?"},
    {"pool of no form", "", "[network x]\npool = 10.9.0/16\n",
     "11: pool \"10.9.0/16\" is not an IPv4 network, such as 10.16.0.0/16"},
    {"pool too large", "", "[network x]\npool = 0.0.0.0/0\n",
     "11: pool \"0.0.0.0/0\": a prefix length is from 4 to 32"},
    {"pools that overlap", "", "[network x]\npool = 10.0.128.0/24\n",
     "11: the pool overlaps with that of [network lan]; take another"},
    {"pool too small", "",
     "[network x]\npool = 10.9.0.0/24\n[phones y]\ncount = 255\nnetwork = x\n",
     "11: the pool has 254 addresses, but 255 phones may be in [network x]; take a larger pool or "
     "fewer phones"},
    {"pool without an address to change to", "",
     "[network x]\npool = 10.9.0.0/30\naddress = keeps while on\n[phones y]\ncount = "
     "2\nnetwork = x\n",
     "11: the pool has 2 addresses, but 2 phones that change theirs may be in [network x]; take a "
     "larger pool or fewer phones"},
    {"too many retries", "retry = 30s, 251 times\n", "",
     "10: retry 251 times: it must be 1 to 250"},
    {"address", "", "[network x]\npool = 10.9.0.0/24\naddress = change every 24h\n",
     "12: unknown value \"change every 24h\"; known: fixed, keeps while on, leased, changes"},
    {"loss without unit", "", "[network x]\npool = 10.9.0.0/24\nloss = 0.1\n",
     "12: \"0.1\" has no unit; did you mean \"0.1%\"?"},
    {"loss in one direction", "", "[network x]\npool = 10.9.0.0/24\nloss = 1% up, 5%\n",
     "12: loss \"5%\" is not a share and \"down\"; write for example: 1% up, 5% down"},
    {"loss in three directions", "", "[network x]\npool = 10.9.0.0/24\nloss = 1%, 5%, 3%\n",
     "12: loss \"1%, 5%, 3%\" does not have the form: 1% up, 5% down"},
    {"outages without length", "", "[network x]\npool = 10.9.0.0/24\noutages = every 1h\n",
     "12: outages \"every 1h\" does not have the form: every exp(2h), for exp(30s)"},
    {"outages too often", "", "[network x]\npool = 10.9.0.0/24\noutages = every 0s, for 0s\n",
     "12: outages recur after 0s on average; the least is 1ms"},
    {"outages without mean", "",
     "[network x]\npool = 10.9.0.0/24\noutages = every pareto(1s, 1), for 1s\n",
     "12: outages have a law without a mean; take pareto with a shape above 1, or another law"},
    {"idle time", "", "[network x]\npool = 10.9.0.0/24\nnat = 10ms\n",
     "12: nat \"10ms\" is out of range: it is from 1s to 365d, or none"},
    {"nat of nothing", "", "[network x]\npool = 10.9.0.0/24\nnat-share = 4\n",
     "12: nat-share without nat; give nat a time, or leave it out"},
    {"nat with leases", "",
     "[network x]\npool = 10.9.0.0/24\nnat = 1min\naddress = leased\nlease = 1h\n",
     "12: addresses behind a NAT are not leased, nor assigned but at random; leave address, lease "
     "and assign out"},
    {"nat too full", "",
     "[network x]\npool = 10.9.0.0/28\nnat = 1min\nnat-share = 70\n"
     "[phones b]\ncount = 1000\nnetwork = x\n",
     "13: 14 addresses shared by 70 hold 980 phones, but 1000 may be in [network x]; take a larger "
     "pool or nat-share"},
    {"nat too large", "", "[network x]\npool = 11.0.0.0/8\nnat = 1min\n",
     "11: the addresses of all NATs have more than 2^28 ports, 128 for each device that may share "
     "one; a smaller pool will do"},
    {"pool of endpoints", "", "[network x]\npool = 240.9.0.0/24\n",
     "11: the pool reaches into 240.0.0.0/4, which is reserved; take another, such as "
     "10.16.0.0/16"},
    {"keepalive without time", "keepalive = crlf\n", "",
     "10: keepalive \"crlf\" does not have the form: stun uniform(24s, 29s)"},
    {"keepalive of a kind", "keepalive = options 30s\n", "",
     "10: unknown value \"options\"; known: none, crlf, stun"},
    {"push of a word", "push = yes\n", "",
     "10: unknown law \"yes\"; known: fixed, exp, uniform, weibull, lognormal, pareto, bipareto, "
     "gamma, beta, empirical"},
    {"push that is lost without a share", "push = 2s, lost\n", "",
     "10: push \"2s, lost\" does not have the form: no, or a law, or a law and: , lost 2%"},
    {"push that is lost but not sent", "push = no, lost 2%\n", "",
     "10: push \"no, lost 2%\" does not have the form: no, or a law, or a law and: , lost 2%"},
    {"push of those that do not register", "push = 2s\nregisters = no\n", "",
     "10: push wakes a phone to register, but registers is no; leave one of the two out"},
    {"push and nothing to put off", "push = 2s\nrefresh-after-call = yes\n", "",
     "10: push in place of a timer leaves nothing for refresh-after-call to put off; leave one of "
     "the two out"},
    {"cut of something else", "", "[event e]\nat = 1h\ncut = water of lan\nback = 1h\n",
     "12: cut \"water of lan\" does not have the form: power of NETWORK, 60%; or: link of NETWORK"},
    {"least above most", "", "[registrar]\nmin-expires = 2h\nmax-expires = 1h\n",
     "11: min-expires 7200s is more than max-expires 3600s; lower it or raise the other"},
    {"default above most", "", "[registrar]\nmax-expires = 30min\n",
     "11: default-expires 3600s is more than max-expires 1800s; lower it or raise the other"},
    {"domain", "", "[registrar]\ndomain = a b\n",
     "11: domain \"a b\" is not a host name; write for example: example.org"},
    {"algorithm", "", "[registrar]\nalgorithms = SHA256\n",
     "11: unknown value \"SHA256\"; did you mean \"SHA-256\"?"},
    {"variant without a name", "", "[variant]\n",
     "10: [variant] needs a name, such as [variant home]"},
    {"name of a variant", "", "[variant plots]\n",
     "10: no variant can have the name \"plots\"; take another"},
    {"key of a variant", "", "[variant v]\nphones.desk.expire = 1h\n",
     "11: unknown key in [phones]: \"expire\"; did you mean \"expires\"?"},
    {"group of a variant", "", "[variant v]\nphones.desc.expires = 1h\n",
     "11: no [phones] group has the name \"desc\"; did you mean \"desk\"?"},
    {"value of a variant", "", "[variant v]\n\nphones.desk.expires = 60m\n",
     "12: unknown unit of time \"m\"; did you mean \"min\"?"},
    {"variant that fits nothing", "", "[variant v]\nphones.desk.count = 100000\n",
     "4: the pool has 65534 addresses, but 100000 phones may be in [network lan]; take a larger "
     "pool or fewer phones"},
    {"key twice in a variant", "", "[variant v]\nphones.desk.boot = 1s\nphones.desk.boot = 2s\n",
     "12: key \"phones.desk.boot\" stands in line 11 already; take one of them out"},
    {"variant of a variant", "", "[variant v]\nvariant.w.x = 1\n",
     "11: a variant can be set in the file only; write it there"},
    {"no service", "", "[station]\nworkers = 2\n",
     "10: [station] needs service, for example: service = exp(1ms)"},
    {"service of no time", "", "[station]\nservice = 0s\n",
     "11: service takes 0s on average; it must be 0.001ms or more, and known"},
    {"service without a mean", "", "[station]\nservice = pareto(1ms, 1)\n",
     "11: service takes infs on average; it must be 0.001ms or more, and known"},
    {"queue without end", "", "[station]\nservice = 1ms\nqueue = 1000000001\n",
     "12: queue 1000000001 is more than 1000000000; or say unlimited"},
    {"queue of no number", "", "[station]\nservice = 1ms\nqueue = endless\n",
     "12: \"endless\" is not a whole number"},
    {"no workers", "", "[station]\nservice = 1ms\nworkers = 0\n",
     "12: workers \"0\" is out of range: the least is 1"},
    {"full station", "", "[station]\nservice = 1ms\nwhen-full = 486\n",
     "12: unknown value \"486\"; known: drop, 503"},
    {"advice without a 503", "", "[station]\nservice = 1ms\nretry-after = 30s\n",
     "12: retry-after is of a 503, but when-full is drop; write when-full = 503, or leave it out"},
    {"control of no time", "", "[station]\nservice = 1ms\noverload-control = much\n",
     "12: \"much\" is not a time, such as 30s, 5min or 1h"},
    {"control of nothing", "", "[station]\nservice = 1ms\noverload-control = 0s\n",
     "12: overload-control: \"0s\" is out of range: it is from 1ms to 1d"},
    {"control that is valid for ever", "",
     "[station]\nservice = 1ms\noverload-control = 1s, valid 2d\n",
     "12: overload-control: \"2d\" is out of range: it is from 1ms to 1d"},
    {"control of two times", "", "[station]\nservice = 1ms\noverload-control = 1s, 2s\n",
     "12: overload-control does not have the form: 200ms, valid 1min"},
    {"a station that is not there", "", "[expect]\nqueue-wait <= 1s\n",
     "11: queue-wait is expected, but there is no [station]; add one, or take the bound out"},
    {"algorithm twice", "", "[registrar]\nalgorithms = MD5, MD5\n",
     "11: algorithm MD5 is named twice; take one of them out"},
    {"event after the end", "", "[event e]\nat = 25h\ncut = power of lan\nback = 1h\n",
     "11: the event comes at 25h, but the duration is 1d; let it come earlier"},
    {"event that does nothing", "", "[event e]\nat = 1h\n",
     "10: [event e] needs cut, crash or clock, for example: cut = power of adsl, 60%"},
    {"event that does two things", "",
     "[event e]\nat = 1h\ncut = power of lan\ncrash = registrar\nback = 1h\n",
     "13: cut and crash exclude each other; leave one of them out"},
    {"crash of something else", "", "[event e]\nat = 1h\ncrash = registar\nback = 1h\n",
     "12: unknown value \"registar\"; did you mean \"registrar\"?"},
    {"crash without return", "", "[event e]\nat = 1h\ncrash = registrar\n",
     "10: [event e] needs back, for example: back = exp(5min)"},
    {"crash in parts", "", "[event e]\nat = 1h\ncrash = registrar\nback = uniform within 1h\n",
     "13: there is one registrar: its back has no \"within\""},
    {"table of no crash", "", "[event e]\nat = 1h\nclock = +1h\ntable = kept\n",
     "13: table has no meaning without crash = registrar; leave it out"},
    {"unknown table", "", "[event e]\nat = 1h\ncrash = registrar\nback = 1h\ntable = keept\n",
     "14: unknown value \"keept\"; did you mean \"kept\"?"},
    {"table saved sometimes", "",
     "[event e]\nat = 1h\ncrash = registrar\nback = 1h\ntable = saved\n",
     "14: saved how often? write for example: saved every 60s"},
    {"table saved too often", "",
     "[event e]\nat = 1h\ncrash = registrar\nback = 1h\ntable = saved every 1ms\n",
     "14: table \"saved every 1ms\": the least interval is 1s"},
    {"table of no replica", "",
     "[event e]\nat = 1h\ncrash = registrar\nback = 1h\ntable = replica\n",
     "14: there is no replica: [registrar] needs replica-lag, for example: replica-lag = 1s"},
    {"clock without sign", "", "[event e]\nat = 1h\nclock = 1h\n",
     "12: clock \"1h\" has no sign; did you mean \"+1h\"?"},
    {"clock by nothing", "", "[event e]\nat = 1h\nclock = -0s\n",
     "12: clock \"-0s\" is out of range: a step is from 1ms to 365d"},
    {"clock that is back", "", "[event e]\nat = 1h\nclock = +1h\nback = 1h\n",
     "13: back has no meaning: a clock that was set stays so; leave it out"},
    {"replica without unit", "", "[registrar]\nreplica-lag = 5\n",
     "11: \"5\" has no unit; did you mean \"5s\"?"},
    {"event without return", "", "[event e]\nat = 1h\ncut = power of lan\n",
     "10: [event e] needs back, for example: back = beta(1.2, 1.6) within lognormal(2h, 0.8)"},
    {"calendar and network", "calendar = mon 08:00 wifi, tue 08:00 lan\n", "",
     "10: network and calendar exclude each other; leave one of them out"},
    {"calendar of no form", "", "[phones x]\ncount = 1\ncalendar = mon 8:00 wifi\n",
     "12: calendar \"8:00 wifi\" does not have the form: mon-fri 08:00 NETWORK"},
    {"calendar to an unknown network", "", "[phones x]\ncount = 1\ncalendar = mon 08:00 wifii\n",
     "12: unknown network \"wifii\"; did you mean \"wifi\"?"},
    {"calendar of one network", "", "[phones x]\ncount = 1\ncalendar = mon-fri 08:00 wifi\n",
     "12: calendar leads to one network only; write: network = NAME"},
    {"calendar with two moves at once", "",
     "[phones x]\ncount = 1\ncalendar = mon 08:00 wifi, mon-fri 08:00 lan\n",
     "12: calendar has two moves at the same time; move one of them"},
    {"calendar with too wide a spread", "",
     "[phones x]\ncount = 1\ncalendar = mon 08:00 wifi, mon 09:00 lan, spread 2h\n",
     "12: spread 2h is longer than the shortest stay, 1h; take a shorter one"},
    {"calendar without an end", "", "[phones x]\ncount = 1\ncalendar = mon 08:00 wifi, tue\n",
     "12: calendar ends with days but no hour and network; write for example: fri 17:00 NETWORK"},
    {"diary and power", "moves-from = x.csv\npower = always\n", "",
     "10: power and moves-from exclude each other; leave one of them out"},
    {"no such diary", "moves-from = no.csv\n", "",
     "10: \"no.csv\" cannot be read: No such file or directory"},
    {"aor-of nobody", "aor-of = dask\n", "",
     "10: unknown group of phones \"dask\"; did you mean \"desk\"?"},
    {"aor-of itself", "aor-of = desk\n", "", "10: aor-of names its own group; name another"},
    {"aor-of a group with aor-of", "",
     "[phones x]\ncount = 1\nnetwork = lan\naor-of = y\n"
     "[phones y]\ncount = 1\nnetwork = lan\naor-of = desk\n",
     "13: [phones y] has the addresses of record of others itself; name the group whose they are: "
     "aor-of = desk"},
    {"more devices than people", "", "[phones x]\ncount = 1001\nnetwork = lan\naor-of = desk\n",
     "13: 1001 devices are more than the 1000 addresses of record of [phones desk]; lower count"},
    {"aor-of register lines", "",
     "[phones x]\nnetwork = lan\nregister = a@h\n[phones y]\ncount = 1\nnetwork = lan\naor-of = "
     "x\n",
     "16: aor-of goes with no register lines: each of them names an address of record of its own; "
     "leave one of the two out"},
    {"q beyond 1", "q = 1.5\n", "", "10: q \"1.5\" is not from 0 to 1 with at most three digits"},
    {"q with too many digits", "q = 0.1234\n", "",
     "10: q \"0.1234\" is not from 0 to 1 with at most three digits"},
    {"fork", "", "[calls]\nfork = serial\n", "11: unknown value \"serial\"; known: parallel, by q"},
    {"delay of calls expected without calls", "", "[expect]\npost-dial-delay <= 2s\n",
     "11: post-dial-delay is expected, but [calls] has no rate; write for example: rate = 0.5/h "
     "per phone"},
    {"calls", "", "[calls]\nrate = 1/h\n",
     "11: rate \"1/h\" does not have the form: 0.5/h per phone"},
    {"unknown word in a sweep", "", "[sweep]\nvery a.b = 1\n",
     "11: a sweep has no \"very\"; did you mean \"vary\"?"},
    {"sweep without values", "", "[sweep]\nvary a.b\n",
     "11: \"a.b\" does not have the form KEY = VALUES"},
    {"sweep with half a condition", "", "[sweep]\nwhere a.b <=\n",
     "11: \"\" ends where a number or a name is expected"},
    {"no replications", "", "[sweep]\nreplications 0\n",
     "11: replications are 1 to 1000000; write for example: replications 4"},
    {"no precision", "", "[sweep]\nprecision 0%\n",
     "11: a precision is more than 0%; write for example: precision 5%"},
    {"precision without unit", "", "[sweep]\nprecision 5\n",
     "11: \"5\" has no unit; did you mean \"5%\"?"},
    {"star that fits no group", "", "[variant x]\nevent.*.at = 1h\n",
     "11: no [event] group fits \"*\""},
    {"star that fits no name", "", "[variant x]\nphones.mobile*.boot = 1s\n",
     "11: no [phones] group fits \"mobile*\"; known: desk"},
    {"unknown metric", "", "[expect]\nstale-shar <= 2%\n",
     "11: unknown metric \"stale-shar\"; did you mean \"stale-share\"?"},
    {"expectation of an unknown group", "", "[expect]\nstale-share of dask <= 2%\n",
     "11: unknown group of phones \"dask\"; did you mean \"desk\"?"},
    {"share without unit", "", "[expect]\nstale-share <= 2\n",
     "11: stale-share: \"2\" has no unit; did you mean \"2%\"?"},
    {"rate with the unit of a share", "", "[expect]\nregister-rate <= 2%\n",
     "11: register-rate: unknown unit of a rate \"%\"; known: /s, /min, /h, /d, /w"},
    {"records with a unit", "", "[expect]\ntable-size <= 2 rows\n",
     "11: table-size: unknown unit \"rows\"; did you mean \"records\"?"},
    {"strict comparison", "", "[expect]\nstale-share < 2%\n",
     "11: an expectation compares with <= or >=; did you mean \"<=\"?"},
    {"no comparison", "", "[expect]\nstale-share 2%\n",
     "11: \"stale-share 2%\" is not an expectation, such as: stale-share <= 2%"},
    {"expectation twice", "", "[expect]\nstale-share <= 2%\nstale-share <= 3%\n",
     "12: stale-share has such a bound in line 11 already; take one of them out"},
    {"calls expected without calls", "", "[expect]\ncall-success >= 2%\n",
     "11: call-success is expected, but [calls] has no rate; write for example: rate = 0.5/h per "
     "phone"},
    {"too long in all", "", "[phones x]\ncount = 100000000\nnetwork = lan\n[scenario2]\n",
     "13: unknown group \"scenario2\"; did you mean \"scenario\"?"},
    {"control character", "user-agent = \033[2J\n", "",
     "10: a control character: this is not a text file"},
    {"not UTF-8", "user-agent = \xe4\n", "", "10: not UTF-8: this is not a text file"},
};

static void
test_mistakes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = compose(mistakes[i].phones, mistakes[i].more);
        g_autofree char *message = g_strconcat("t.ini:", mistakes[i].message, NULL);
        g_test_message("%s", mistakes[i].description);
        g_autoptr(SimScenario) scenario = parse(text, NULL, &error);
        g_assert_null(scenario);
        g_assert_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID);
        g_assert_cmpstr(error->message, ==, message);
    }
}

static void
test_whole_file(void)
{
    static const struct {
        const char *description;
        const char *text;
        const char *message;
    } cases[] = {
        {"empty", "", "t.ini: the file is empty; scenarios/hello.ini is one to start from"},
        {"blank", " \r\n\n\t",
         "t.ini: the file is empty; scenarios/hello.ini is one to start from"},
        {"comments only", "# nothing\n",
         "t.ini:1: [scenario] needs duration, for example: "
         "duration = 24h"},
        {"no phones", "[scenario]\nduration = 1h\n",
         "t.ini:1: the file has no phones; add a group such as [phones desk]"},
        {"key before a group", "\nseed = 1\n",
         "t.ini:2: \"seed = 1\" stands before the first "
         "[group]; put it behind the group it is of"},
        {"warmup",
         "[scenario]\nduration = 1h\nwarmup = 1h\n[network n]\npool = 10.0.0.0/8\n"
         "[phones p]\ncount = 1\nnetwork = n\n",
         "t.ini:3: warmup 1h leaves nothing of the duration 1h"},
        {"bin",
         "[scenario]\nduration = 1d\nbin = 1ms\n[network n]\npool = 10.0.0.0/8\n"
         "[phones p]\ncount = 1\nnetwork = n\n",
         "t.ini:3: bin 1ms cuts the duration 1d into more than 100000 steps; take a longer one"},
        {"phone-time",
         "[scenario]\nduration = 36500d\n[network n]\npool = 16.0.0.0/4\n"
         "[phones p]\ncount = 100000000\nnetwork = n\n",
         "t.ini:2: duration 36500d is too long for 100000000 phones: phone-time is counted in 62 "
         "bits of microseconds; take a shorter one"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].description);
        g_autoptr(SimScenario) scenario = parse(cases[i].text, NULL, &error);
        g_assert_null(scenario);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void
test_change_mistakes(void)
{
    static const struct {
        const char *change;
        const char *message;
    } cases[] = {
        {"phones.desk.expires=2", "--set phones.desk.expires=2: \"2\" has no unit; did you mean "
                                  "\"2s\"?"},
        {"phones.desk.expire=2h", "--set phones.desk.expire=2h: unknown key in [phones]: "
                                  "\"expire\"; did you mean \"expires\"?"},
        {"phones.dsk.expires=2h", "--set phones.dsk.expires=2h: no [phones] group has the name "
                                  "\"dsk\"; did you mean \"desk\"?"},
        {"phone.desk.expires=2h", "--set phone.desk.expires=2h: unknown group \"phone\"; did you "
                                  "mean \"phones\"?"},
        {"phones.expires=2h", "--set phones.expires=2h: the form is GROUP.NAME.KEY=VALUE"},
        {"scenario.x.seed=2", "--set scenario.x.seed=2: the form is scenario.KEY=VALUE"},
        {"scenario.seed", "--set scenario.seed: the form is GROUP.NAME.KEY=VALUE"},
        {"", "--set : the form is GROUP.NAME.KEY=VALUE"},
        {"=", "--set =: the form is GROUP.NAME.KEY=VALUE"},
        {"expect.stale-share=2%", "--set expect.stale-share=2%: expectations can be set in the "
                                  "file only; write them there"},
        {"event.*.at=1h", "--set event.*.at=1h: no [event] group fits \"*\""},
        {"phones.desk?*.boot=1s", "--set phones.desk?*.boot=1s: no [phones] group fits "
                                  "\"desk?*\"; did you mean \"desk\"?"},
        {"scenario.*.seed=2", "--set scenario.*.seed=2: the form is scenario.KEY=VALUE"},
        {"sweep.vary=2", "--set sweep.vary=2: a sweep can be set in the file or with --vary only"},
        {"phones.desk.refresh=2h", "--set phones.desk.refresh=2h: refresh 2h is later than expires "
                                   "1h: the record would lapse first; take less than expires"},
        {"scenario.title=a\nb",
         "--set scenario.title=a?b: not one line of UTF-8 text; write it without line breaks"},
        {"scenario.title=\xff", "--set scenario.title=\xef\xbf\xbd: not one line of UTF-8 text; "
                                "write it without line breaks"},
    };
    g_autofree char *text = compose("", "");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].message);
        g_autoptr(SimScenario) scenario =
            parse(text, (const char *const[]){cases[i].change, NULL}, &error);
        g_assert_null(scenario);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void
test_bounds(void)
{
    g_autofree char *folder = g_dir_make_tmp("rollcall-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "long.ini", NULL);
    g_autofree char *line = g_strnfill(4097, 'x');
    g_autofree char *huge = g_strnfill(10 << 20, 'x');
    g_autoptr(GError) error = NULL;
    g_assert_null(parse(line, NULL, &error));
    g_assert_cmpstr(error->message, ==, "t.ini:1: the line is longer than 4096 bytes; break it up");
    g_clear_error(&error);
    g_assert_null(parse(huge, NULL, &error));
    g_assert_cmpstr(error->message, ==, "t.ini: is larger than 1 MiB; take a smaller one");
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(path, huge, -1, NULL));
    g_assert_null(sim_scenario_load(path, NULL, &error));
    g_assert_true(
        g_str_has_suffix(error->message, "long.ini: is larger than 1 MiB; take a smaller one"));
    g_clear_error(&error);
    g_unlink(path);
    g_assert_null(sim_scenario_load(path, NULL, &error));
    g_assert_true(
        g_str_has_suffix(error->message, "long.ini: cannot be read: No such file or directory"));
    g_clear_error(&error);
    g_assert_null(sim_scenario_load(folder, NULL, &error));
    g_assert_true(g_str_has_suffix(error->message, ": is a folder, not a file; name a file in it"));
    g_rmdir(folder);
}

static void
test_many_groups(void)
{
    g_autoptr(GString) text = g_string_new("[scenario]\n");
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(text, "[event e%d]\n", i);
    g_assert_null(parse(text->str, NULL, &error));
    g_assert_cmpstr(error->message, ==, "t.ini:1001: more than 1000 groups; take some of them out");
}

static void
test_nul(void)
{
    static const char text[] = "[scenario]\nseed = \0\n";
    g_autoptr(GError) error = NULL;
    g_assert_null(sim_scenario_parse("t.ini", text, sizeof text - 1, NULL, &error));
    g_assert_cmpstr(error->message, ==, "t.ini:2: a NUL byte: this is not a text file");
}

/* What is wrong with a diary is told with the line of its own file. */
static void
test_diary(void)
{
    static const struct {
        const char *text;
        const char *end; /* of the message */
    } cases[] = {
        {"time,phone,event,network\n1h,1\n",
         "line 2: 2 columns; there are four: time, phone, event, network"},
        {"1h,1,go,lan\n", "line 1: unknown value \"go\"; known: on, off, move"},
        {"# none\n1h,1,move,\n",
         "line 2: a move names no network; write its name in the fourth column"},
        {"1h,1,off,lan\n",
         "line 1: a device that goes off stays in its network; leave the fourth column empty"},
        {"1h,1,move,lann\n", "line 1: unknown network \"lann\"; did you mean \"lan\"?"},
        {"1h,0,off\n", "line 1: phones are numbered from 1; write 1 for the first"},
        {"-5,1,off\n", "line 1: time -5 is out of range; it is from 0s to 10000 years"},
        {"5,1001,off\n", "line 1 of the file is about phone 1001, but count is 1000; raise count"},
        {"time\n", "has no rows; write for example: 1h, 1, on,"},
    };
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("diary-XXXXXX.csv", &name, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = g_strdup_printf("moves-from = %s\n", name);
        g_autofree char *text = compose(line, "");
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(name, cases[i].text, -1, NULL));
        g_autoptr(SimScenario) s = parse(text, NULL, &error);
        g_assert_null(s);
        g_assert_true(g_str_has_prefix(error->message, "t.ini:10: "));
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_suffix(error->message, cases[i].end));
    }
    g_unlink(name);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mistakes/set", test_change_mistakes);
    g_test_add_func("/mistakes/has-a-line-and-a-hint", test_mistakes);
    g_test_add_func("/mistakes/of-the-whole-file", test_whole_file);
    g_test_add_func("/mistakes/too-long-or-not-there", test_bounds);
    g_test_add_func("/mistakes/too-many-groups", test_many_groups);
    g_test_add_func("/mistakes/nul-byte", test_nul);
    g_test_add_func("/mistakes/lines-of-a-diary", test_diary);
    return g_test_run();
}
