/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 3680 over RFC 6665: who registers is told to those who subscribe. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#include <string.h>

#define A "sip:a@192.0.2.1"
#define B "sip:b@192.0.2.2"
/* A SUBSCRIBE of the dialog whose Call-ID ends in @name. */
#define WATCH(name)                                                                                \
    .method = "SUBSCRIBE", .uri = "{aor}", .call_id = "{call}-" name,                              \
    .from = "<sip:watcher@{domain}>", .contact = "<sip:watcher@{by}>"

/* The next NOTIFY; the pause that RFC 3680 section 4.10 asks for may come before it. */
static SimMessage *
notification(SimCase *c)
{
    SimMessage *message = sim_case_take_request(c);
    if (!message && sim_case_advance(c, 6 * ROLL_SECOND))
        message = sim_case_take_request(c);
    return message;
}

static bool
says(const SimMessage *notify, const char *text)
{
    return notify && strstr(notify->body, text);
}

/* Value of @name in the first element @element of the document that has one, or %NULL. */
static char *
attribute(const SimMessage *notify, const char *element, const char *name)
{
    g_autofree char *pattern =
        g_strdup_printf("<(?:\\w+:)?%s\\b[^>]*?\\s%s\\s*=\\s*[\"']([^\"']*)", element, name);
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_DOTALL, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (!notify || !g_regex_match(regex, notify->body, 0, &match))
        return NULL;
    return g_match_info_fetch(match, 1);
}

static bool
has_attribute(const SimMessage *notify, const char *element, const char *name, const char *value)
{
    g_autofree char *got = attribute(notify, element, name);
    return got && (!value || strcmp(got, value) == 0);
}

/* The one contact in a partial document ended up so. */
static bool
tells(const SimMessage *notify, const char *uri, const char *state, const char *event)
{
    return says(notify, uri) && has_attribute(notify, "contact", "state", state) &&
           has_attribute(notify, "contact", "event", event);
}

/* Subscribes. Returns: (transfer full): the first NOTIFY; %NULL, and the rule is skipped or fails,
 * where there are no events. */
static SimMessage *
subscribe(SimCase *c)
{
    sim_ask(c, WATCH("watch"), .expires = "7200",
            .headers = "Event: reg\nAccept: application/reginfo+xml");
    SimMessage *notify = sim_case_status(c) / 100 == 2 ? notification(c) : NULL;
    if (!notify)
        sim_case_lacks(c, "no registration events are told");
    return notify;
}

/* Value of the To tag of the last reply, for requests within the dialog. */
static char *
dialog_tag(const SimCase *c)
{
    const char *to = c->reply ? sim_message_line(c->reply, "To", 0) : NULL;
    return to ? sim_value_param(to, "tag") : NULL;
}

static void
first_notify(SimCase *c)
{
    g_autoptr(SimMessage) notify = subscribe(c);
    if (!notify)
        return;
    const char *expires = sim_message_line(c->reply, "Expires", 0);
    guint64 granted = expires ? g_ascii_strtoull(expires, NULL, 10) : 0;
    sim_case_check(c, granted > 0 && granted <= 7200, "the 200 has Expires, not more than asked",
                   "Expires from 1 to 7200");
    const char *event = sim_message_line(notify, "Event", 0);
    const char *state = sim_message_line(notify, "Subscription-State", 0);
    const char *type = sim_message_line(notify, "Content-Type", 0);
    const char *from = sim_message_line(notify, "From", 0);
    g_autofree char *tag = dialog_tag(c);
    g_autofree char *from_tag = from ? sim_value_param(from, "tag") : NULL;
    sim_case_check(c, g_str_has_prefix(notify->start, "NOTIFY "), "a NOTIFY follows at once",
                   "NOTIFY");
    sim_case_check(c, event && g_str_has_prefix(event, "reg"), "its Event is reg", "Event: reg");
    sim_case_check(c, state && g_str_has_prefix(state, "active"), "its state is active",
                   "Subscription-State: active;expires=...");
    sim_case_check(c, type && g_str_has_prefix(type, "application/reginfo+xml"),
                   "its body is reginfo", "Content-Type: application/reginfo+xml");
    sim_case_check(c, tag && g_strcmp0(tag, from_tag) == 0, "it belongs to the dialog of the 200",
                   "the To tag of the 200 in From");
}

static void
full_document(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600, <" B ">;expires=600");
    g_autoptr(SimMessage) notify = subscribe(c);
    if (!notify)
        return;
    sim_case_check(c, says(notify, "urn:ietf:params:xml:ns:reginfo"), "the namespace is named",
                   "xmlns=\"urn:ietf:params:xml:ns:reginfo\"");
    sim_case_check(c, has_attribute(notify, "reginfo", "version", "0"), "versions start at 0",
                   "version=\"0\"");
    sim_case_check(c, has_attribute(notify, "reginfo", "state", "full"), "the first one is full",
                   "state=\"full\"");
    sim_case_check(c, has_attribute(notify, "registration", "aor", c->aor), "aor is named",
                   "aor=\"{aor}\"");
    sim_case_check(c, has_attribute(notify, "registration", "id", NULL), "registration has an id",
                   "id=\"...\"");
    sim_case_check(c, has_attribute(notify, "registration", "state", "active"), "it is active",
                   "state=\"active\"");
    sim_case_check(c, says(notify, A) && says(notify, B), "every contact is in it",
                   "<uri>" A "</uri> and <uri>" B "</uri>");
    sim_case_check(c,
                   has_attribute(notify, "contact", "id", NULL) &&
                       has_attribute(notify, "contact", "state", "active") &&
                       has_attribute(notify, "contact", "event", NULL),
                   "with id, state and event", "id, state=\"active\" and event");
}

static void
push_stays(SimCase *c)
{
    sim_ask(c, .contact = "<" A ";pn-provider=acme;pn-prid=ZTY4ZDJl>");
    g_autoptr(SimMessage) notify = subscribe(c);
    if (!notify)
        return;
    sim_case_check(c, says(notify, A), "a watcher is told of the Contact", "<uri>" A "...</uri>");
    sim_case_check(c, !says(notify, "pn-prid"), "and not what pushes are sent with", "no pn-prid");
}

static void
nobody_there(SimCase *c)
{
    g_autoptr(SimMessage) notify = subscribe(c);
    if (!notify)
        return;
    sim_case_check(c, has_attribute(notify, "registration", "state", "init"),
                   "without a contact the registration is in init", "state=\"init\"");
    sim_case_check(c, !says(notify, "<contact"), "no contact is listed", "no contact element");
}

static void
changes(SimCase *c)
{
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first)
        return;
    sim_ask(c, .contact = "<" A ">;expires=600");
    g_autoptr(SimMessage) added = notification(c);
    sim_case_check(c, tells(added, A, "active", "registered"), "a new contact is registered",
                   "state=\"active\" event=\"registered\"");
    sim_case_check(c, has_attribute(added, "reginfo", "version", "1"), "the version goes up by one",
                   "version=\"1\"");
    sim_ask(c, .contact = "<" A ">;expires=900");
    g_autoptr(SimMessage) refreshed = notification(c);
    sim_case_check(c, tells(refreshed, A, "active", "refreshed"), "a refresh is refreshed",
                   "state=\"active\" event=\"refreshed\"");
    sim_ask(c, .contact = "<" A ">;expires=0");
    g_autoptr(SimMessage) removed = notification(c);
    sim_case_check(c, tells(removed, A, "terminated", "unregistered"), "a removal is unregistered",
                   "state=\"terminated\" event=\"unregistered\"");
    sim_case_check(c, has_attribute(removed, "registration", "state", "terminated"),
                   "with the last contact the registration is terminated", "state=\"terminated\"");
    g_autoptr(SimMessage) more = notification(c);
    sim_case_check(c, !more, "that it is in init again is not told", "no NOTIFY");
}

static void
partial(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600");
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first)
        return;
    g_autofree char *id = attribute(first, "registration", "id");
    sim_ask(c, .contact = "<" B ">;expires=600");
    g_autoptr(SimMessage) second = notification(c);
    sim_case_check(c, has_attribute(second, "reginfo", "state", "partial"), "a change is partial",
                   "state=\"partial\"");
    sim_case_check(c, says(second, B) && !says(second, A), "only what changed is in it",
                   "<uri>" B "</uri> alone");
    sim_case_check(c, id && has_attribute(second, "registration", "id", id),
                   "the id of the registration stays", "the same id");
}

static void
expired(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=60");
    gint64 granted = sim_granted(c, A);
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first || !sim_case_advance(c, (granted + 40) * ROLL_SECOND))
        return;
    g_autoptr(SimMessage) notify = notification(c);
    sim_case_check(c, tells(notify, A, "terminated", "expired"), "an expiry is expired",
                   "state=\"terminated\" event=\"expired\"");
}

static void
rate(SimCase *c)
{
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first)
        return;
    sim_case_advance(c, 6 * ROLL_SECOND);
    sim_ask(c, .contact = "<" A ">;expires=600");
    sim_ask(c, .contact = "<" B ">;expires=600");
    sim_ask(c, .contact = "<sip:c@192.0.2.3>;expires=600");
    unsigned at_once = 0;
    SimMessage *message;
    for (; (message = sim_case_take_request(c)); at_once++)
        sim_message_free(message);
    sim_case_check(c, at_once <= 1, "three changes at once are one NOTIFY at most", "one NOTIFY");
    g_autoptr(SimMessage) late = notification(c);
    sim_case_check(c, late || at_once == 1, "the rest follows after five seconds", "a NOTIFY");
    sim_case_check(c, !late || says(late, "sip:c@192.0.2.3"), "and tells the last change",
                   "<uri>sip:c@192.0.2.3</uri>");
}

static void
other_package(SimCase *c)
{
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first)
        return;
    sim_ask(c, WATCH("other"), .headers = "Event: weather");
    sim_expect_status(c, 489, "an unknown package gets 489");
    sim_expect_token(c, "Allow-Events", "reg", "with Allow-Events, which names reg");
}

static void
other_format(SimCase *c)
{
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first)
        return;
    sim_ask(c, WATCH("other"), .headers = "Event: reg\nAccept: text/plain");
    sim_expect_status(c, 406, "an Accept without reginfo gets 406");
    sim_ask(c, WATCH("none"), .headers = "Event: reg");
    sim_expect_status(c, 200, "without Accept reginfo is meant");
    const char *expires = c->reply ? sim_message_line(c->reply, "Expires", 0) : NULL;
    sim_case_check(c, expires && g_ascii_strtoull(expires, NULL, 10) <= 3761,
                   "without Expires it lasts no longer than 3761 s", "Expires: 3761");
    g_autoptr(SimMessage) notify = notification(c);
    sim_case_check(c, notify != NULL, "and a NOTIFY comes", "NOTIFY");
}

static void
fetch(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600");
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first)
        return;
    sim_ask(c, WATCH("once"), .expires = "0", .headers = "Event: reg");
    sim_expect_either(c, 200, 202, "a SUBSCRIBE with Expires: 0 is a question");
    g_autoptr(SimMessage) notify = notification(c);
    const char *state = notify ? sim_message_line(notify, "Subscription-State", 0) : NULL;
    sim_case_check(c, has_attribute(notify, "reginfo", "state", "full") && says(notify, A),
                   "it is answered by a full NOTIFY", "state=\"full\" with " A);
    sim_case_check(c, state && g_str_has_prefix(state, "terminated"), "which ends the subscription",
                   "Subscription-State: terminated");
}

static void
unsubscribe(SimCase *c)
{
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first)
        return;
    g_autofree char *tag = dialog_tag(c);
    sim_ask(c, WATCH("watch"), .to_tag = tag, .expires = "0", .headers = "Event: reg");
    sim_expect_either(c, 200, 202, "a subscription is ended by Expires: 0");
    g_autoptr(SimMessage) last = notification(c);
    const char *state = last ? sim_message_line(last, "Subscription-State", 0) : NULL;
    sim_case_check(c, state && g_str_has_prefix(state, "terminated"), "a last NOTIFY says so",
                   "Subscription-State: terminated");
    sim_ask(c, .contact = "<" A ">;expires=600");
    g_autoptr(SimMessage) more = notification(c);
    sim_case_check(c, !more, "then nothing more is told", "no NOTIFY");
}

static void
runs_out(SimCase *c)
{
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first || !sim_case_advance(c, 7300 * ROLL_SECOND))
        return;
    g_autoptr(SimMessage) last = notification(c);
    const char *state = last ? sim_message_line(last, "Subscription-State", 0) : NULL;
    sim_case_check(c, state && strstr(state, "terminated") && strstr(state, "timeout"),
                   "a subscription that is not refreshed ends with a NOTIFY",
                   "Subscription-State: terminated;reason=timeout");
    sim_ask(c, .contact = "<" A ">;expires=600");
    g_autoptr(SimMessage) more = notification(c);
    sim_case_check(c, !more, "then nothing more is told", "no NOTIFY");
}

static void
refreshes(SimCase *c)
{
    g_autoptr(SimMessage) first = subscribe(c);
    if (!first)
        return;
    g_autofree char *tag = dialog_tag(c);
    sim_ask(c, WATCH("watch"), .to_tag = tag, .expires = "600", .headers = "Event: reg");
    sim_expect_status(c, 200, "a subscription is refreshed");
    g_autoptr(SimMessage) again = notification(c);
    sim_case_check(c, has_attribute(again, "reginfo", "state", "full"), "a full NOTIFY follows",
                   "state=\"full\"");
    sim_case_check(c, has_attribute(again, "reginfo", "version", "1"), "with the next version",
                   "version=\"1\"");
    sim_ask(c, WATCH("watch"), .to_tag = "nobody", .headers = "Event: reg");
    sim_expect_status(c, 481, "a dialog that is not there gets 481");
}

const SimRule sim_rules_events[] = {
    {"4-subscribe",
     3680,
     "4",
     SIM_LEVEL_MUST,
     "a SUBSCRIBE is answered by a NOTIFY",
     first_notify,
     {0}},
    {"5.1-document", 3680, "5.1", SIM_LEVEL_MUST, "the first document is full", full_document, {0}},
    {"4.7.1-init",
     3680,
     "4.7.1",
     SIM_LEVEL_MUST,
     "without contacts the state is init",
     nobody_there,
     {0}},
    {"4.7.1-changes",
     3680,
     "4.7.1",
     SIM_LEVEL_MUST,
     "each change is told in the words of the RFC",
     changes,
     {0}},
    {"4.7.2-partial",
     3680,
     "4.7.2, 5.2",
     SIM_LEVEL_SHOULD,
     "a change is told by a partial document",
     partial,
     {0}},
    {"4.7.1-expired", 3680, "4.7.1", SIM_LEVEL_MUST, "an expiry is told", expired, {0}},
    {"4.10-rate", 3680, "4.10", SIM_LEVEL_SHOULD, "one NOTIFY in five seconds at most", rate, {0}},
    {"4.5-format",
     3680,
     "4.4, 4.5",
     SIM_LEVEL_MUST,
     "reginfo is the default format",
     other_format,
     {0}},
    {"4.7.2-fetch", 3680, "4.7.2", SIM_LEVEL_SHOULD, "a fetch gets the full state", fetch, {0}},
    {"13-push",
     8599,
     "4.1, 13",
     SIM_LEVEL_MUST,
     "push parameters are not told to other users",
     push_stays,
     {0}},
    {"7.2-package",
     6665,
     "7.2.1, 4.2.1.1",
     SIM_LEVEL_MUST,
     "an unknown package gets 489",
     other_package,
     {0}},
    {"4.2.1-refresh",
     6665,
     "4.2.1",
     SIM_LEVEL_MUST,
     "a subscription is refreshed within its dialog",
     refreshes,
     {0}},
    {"4.1.2-unsubscribe",
     6665,
     "4.1.2.3",
     SIM_LEVEL_MUST,
     "a subscription is ended by Expires: 0",
     unsubscribe,
     {0}},
    {"4.2.2-timeout", 6665, "4.2.2", SIM_LEVEL_MUST, "a subscription runs out", runs_out, {0}},
    {NULL},
};
