/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One rule while it is tried: what was sent and what came back, and steps of one line each. A rule
 * sees nothing but SIP text and time. Every rule has an address-of-record and a Call-ID of its own.
 *
 * In what a rule sends, `{aor}`, `{user}`, `{escaped}` (the user with its first letter as `%HH`),
 * `{domain}`, `{DOMAIN}`, `{call}`, `{by}` (sent-by of Via), `{branch}` (a new one), `{transport}`
 * and `{cseq}` stand for what they name, and LF for the end of a line. */
#pragma once

#include "sim/conform/message.h"
#include "sim/conform/target.h"

typedef struct SimCase SimCase;

/** SimLevel: of RFC 2119. */
typedef enum { SIM_LEVEL_MUST, SIM_LEVEL_SHOULD, SIM_LEVEL_MAY } SimLevel;

/**
 * SimRule:
 * @id: section and a word
 * @rfc, @section: where it stands
 * @title: what holds
 * @run: tries it
 * @wish: how the registrar has to be set up
 */
typedef struct {
    const char *id;
    unsigned rfc;
    const char *section;
    SimLevel level;
    const char *title;
    void (*run)(SimCase *c);
    SimWish wish;
} SimRule;

/** SimCheck: @detail says what was expected, sent and got; %NULL when @ok. */
typedef struct {
    bool ok;
    char *name;
    char *detail;
} SimCheck;

/**
 * SimCase:
 * @n_looks: fetches made to see what is bound
 * @requests: of the registrar, not taken yet; @seen: their branches, so that one sent again is
 *   taken once
 * @reply: to the last request; %NULL if none came
 * @sent: the last request
 * @story: what was sent and came back since the check before the last request
 * @checks: of SimCheck
 * @skipped: why the rule does not apply; %NULL if it does
 */
struct SimCase {
    SimTarget *target;
    const SimRule *rule;
    char *user;
    char *aor;
    char *call_id;
    char *run;
    uint32_t cseq;
    unsigned n_sent;
    uint32_t n_looks;
    GString *sent;
    GByteArray *got;
    GString *story;
    bool told;
    SimMessage *reply;
    GQueue *requests;
    GHashTable *seen;
    GPtrArray *checks;
    const char *skipped;
    char *challenge;
    uint32_t nc;
};

/** sim_case_new: @run: makes the names of one run differ from those of another. */
SimCase *sim_case_new(SimTarget *target, const SimRule *rule, const char *run);
void sim_case_free(SimCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimCase, sim_case_free)

/**
 * SimAsk: a request; what is left out has a plain default.
 * @method: REGISTER
 * @uri: the domain
 * @to: the address-of-record in angle brackets; @to_tag: none
 * @from: the same; @from_tag: always the same
 * @contact: value of one Contact line
 * @expires: of the header
 * @call_id: the rule's own
 * @cseq: one more than the last
 * @branch: a new one
 * @via: value of the topmost Via; @headers: more lines
 * @body: with its own headers in @headers
 * @plain: no credentials are added, and 401 is the answer
 */
typedef struct {
    const char *method;
    const char *uri;
    const char *to;
    const char *to_tag;
    const char *from;
    const char *from_tag;
    const char *contact;
    const char *expires;
    const char *call_id;
    uint32_t cseq;
    const char *branch;
    const char *via;
    const char *headers;
    const char *body;
    bool plain;
} SimAsk;

/** sim_case_ask: sends, and waits for the final reply. */
void sim_case_ask(SimCase *self, const SimAsk *ask);

/** sim_case_post: sends without waiting. */
void sim_case_post(SimCase *self, const SimAsk *ask);

/** sim_case_send: sends @text, a whole message, and waits. */
void sim_case_send(SimCase *self, const char *text);

/** sim_case_repeat: sends the last request again, byte for byte, and waits. */
void sim_case_repeat(SimCase *self);

/** sim_case_wait: the next reply to the last request becomes @reply. */
void sim_case_wait(SimCase *self);

/** sim_case_expand: Returns: (transfer full): @text with what its braces stand for. */
char *sim_case_expand(const SimCase *self, const char *text);

/**
 * sim_case_take_request: the next request that the registrar sent; it is answered with 200.
 * Returns: (transfer full): or %NULL if none came
 */
SimMessage *sim_case_take_request(SimCase *self);

/** sim_case_advance: lets time pass. Returns: false, and the rule is skipped, if it cannot. */
bool sim_case_advance(SimCase *self, RollTime span);

/** sim_case_lacks: says @what the registrar has not got: skips, or fails where all is asked for. */
void sim_case_lacks(SimCase *self, const char *what);

/** sim_case_check: notes that @ok; @expected is printed if not. */
void sim_case_check(SimCase *self, bool ok, const char *name, const char *expected);

/** sim_case_status: of the last reply; 0 for none. */
int sim_case_status(const SimCase *self);
