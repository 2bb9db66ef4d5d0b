/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests are composed, sent, and matched to their replies by the branch of their Via. Where the
 * registrar asks for credentials every request may take two rounds, so the CSeq that a rule names
 * is doubled: the order of the numbers stays the same and there is room for the second round. */
#include "sim/conform/case.h"

#include "sim/conform/credentials.h"

#include <string.h>

static void
free_check(void *data)
{
    SimCheck *check = data;
    g_free(check->name);
    g_free(check->detail);
    g_free(check);
}

SimCase *
sim_case_new(SimTarget *target, const SimRule *rule, const char *run)
{
    SimCase *self = g_new0(SimCase, 1);
    self->target = target;
    self->rule = rule;
    self->run = g_strdup(run);
    self->user =
        target->only_user ? g_strdup(target->username) : g_strdup_printf("%s-%s", run, rule->id);
    self->aor = g_strdup_printf("sip:%s@%s", self->user, target->domain);
    self->call_id = g_strdup_printf("%s-%s", run, rule->id);
    self->sent = g_string_new(NULL);
    self->got = g_byte_array_new();
    self->story = g_string_new(NULL);
    self->requests = g_queue_new();
    self->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->checks = g_ptr_array_new_with_free_func(free_check);
    return self;
}

void
sim_case_free(SimCase *self)
{
    if (!self)
        return;
    sim_message_free(self->reply);
    g_queue_free_full(self->requests, (GDestroyNotify)sim_message_free);
    g_hash_table_unref(self->seen);
    g_ptr_array_unref(self->checks);
    g_string_free(self->sent, TRUE);
    g_byte_array_unref(self->got);
    g_string_free(self->story, TRUE);
    g_free(self->run);
    g_free(self->user);
    g_free(self->aor);
    g_free(self->call_id);
    g_free(self->challenge);
    g_free(self);
}

static void
replace(GString *text, const char *what, const char *with)
{
    g_string_replace(text, what, with, 0);
}

char *
sim_case_expand(const SimCase *self, const char *text)
{
    GString *out = g_string_new(text);
    if (!strchr(text, '{'))
        return g_string_free(out, FALSE);
    g_autofree char *escaped =
        g_strdup_printf("%%%02x%s", (unsigned char)self->user[0], self->user + 1);
    g_autofree char *upper = g_ascii_strup(self->target->domain, -1);
    g_autofree char *branch =
        g_strdup_printf("z9hG4bK-%s-%s-%u", self->run, self->rule->id, self->n_sent);
    g_autofree char *cseq = g_strdup_printf("%u", self->cseq);
    replace(out, "{aor}", self->aor);
    replace(out, "{user}", self->user);
    replace(out, "{escaped}", escaped);
    replace(out, "{domain}", self->target->domain);
    replace(out, "{DOMAIN}", upper);
    replace(out, "{call}", self->call_id);
    replace(out, "{by}", self->target->sent_by);
    replace(out, "{branch}", branch);
    replace(out, "{transport}", self->target->transport);
    replace(out, "{cseq}", cseq);
    return g_string_free(out, FALSE);
}

static const char *
or_else(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

static void
put_optional(GString *text, const char *name, const char *value)
{
    if (value)
        g_string_append_printf(text, "%s: %s\n", name, value);
}

/* With LF for the end of a line and names still in braces. */
static GString *
write_ask(const SimAsk *ask, uint32_t cseq, const char *authorization)
{
    const char *method = or_else(ask->method, "REGISTER");
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s %s SIP/2.0\n", method, or_else(ask->uri, "sip:{domain}"));
    if (ask->via)
        g_string_append_printf(text, "Via: %s\n", ask->via);
    else
        g_string_append_printf(text, "Via: SIP/2.0/{transport} {by};branch=%s;rport\n",
                               or_else(ask->branch, "{branch}"));
    g_string_append_printf(text, "Max-Forwards: 70\nFrom: %s;tag=%s\nTo: %s%s%s\n",
                           or_else(ask->from, "<{aor}>"), or_else(ask->from_tag, "from"),
                           or_else(ask->to, "<{aor}>"), ask->to_tag ? ";tag=" : "",
                           or_else(ask->to_tag, ""));
    g_string_append_printf(text, "Call-ID: %s\nCSeq: %u %s\n", or_else(ask->call_id, "{call}"),
                           cseq, method);
    put_optional(text, "Contact", ask->contact);
    put_optional(text, "Expires", ask->expires);
    put_optional(text, "Authorization", authorization);
    if (ask->headers)
        g_string_append_printf(text, "%s\n", ask->headers);
    g_string_append_printf(text, "Content-Length: %zu\n\n%s",
                           ask->body ? strlen(ask->body) : (size_t)0, or_else(ask->body, ""));
    return text;
}

static void
append_block(GString *out, const char *title, const char *text)
{
    g_string_append_printf(out, "%s:\n", title);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (**line || line[1])
            g_string_append_printf(out, "  %s\n", g_strchomp(*line));
}

/* A check ends a chapter: the next request begins another one. */
static void
tell(SimCase *self, const char *title, const void *data, size_t len)
{
    if (self->told)
        g_string_truncate(self->story, 0);
    self->told = false;
    g_autofree char *text = g_strndup(data, len);
    append_block(self->story, title, text);
}

static void
transmit(SimCase *self)
{
    tell(self, "sent", self->sent->str, self->sent->len);
    self->target->class->send(self->target, self->sent->str, self->sent->len);
}

/* LF ends the lines of the head; the body stays as it is. */
static void
send_text(SimCase *self, const char *text)
{
    const char *end = strstr(text, "\n\n");
    g_autofree char *head = g_strndup(text, end ? (gsize)(end - text) + 2 : strlen(text));
    g_autofree char *whole = sim_case_expand(self, head);
    g_string_assign(self->sent, whole);
    g_string_replace(self->sent, "\r\n", "\n", 0);
    g_string_replace(self->sent, "\n", "\r\n", 0);
    if (end)
        g_string_append(self->sent, end + 2);
    self->n_sent++;
    transmit(self);
}

static bool
answers_last(const SimCase *self, const SimMessage *reply)
{
    g_autoptr(SimMessage) request = sim_message_parse(self->sent->str, self->sent->len);
    g_auto(GStrv) asked = sim_message_values(request, "Via");
    g_auto(GStrv) got = sim_message_values(reply, "Via");
    if (!asked[0] || !got[0])
        return true;
    g_autofree char *a = sim_value_param(asked[0], "branch");
    g_autofree char *b = sim_value_param(got[0], "branch");
    const char *call_id = sim_message_line(request, "Call-ID", 0);
    const char *of_reply = sim_message_line(reply, "Call-ID", 0);
    if (a && g_str_has_prefix(a, "z9hG4bK"))
        return g_strcmp0(a, b) == 0;
    return !call_id || !of_reply || g_str_equal(call_id, of_reply);
}

/* Whether @request is of a dialog of this rule, not of one that an earlier rule began. */
static bool
is_ours(const SimCase *self, const SimMessage *request)
{
    const char *call_id = sim_message_line(request, "Call-ID", 0);
    size_t len = strlen(self->call_id);
    return call_id && g_str_has_prefix(call_id, self->call_id) &&
           (call_id[len] == '\0' || call_id[len] == '-');
}

/* A subscription that nobody knows of any more ends by a 481 (RFC 6665 section 4.2.2). */
static void
answer_request(SimCase *self, const SimMessage *request, const char *status)
{
    static const char *const copied[] = {"Via", "From", "To", "Call-ID", "CSeq"};
    g_autoptr(GString) text = g_string_new("SIP/2.0 ");
    const char *line;
    g_string_append_printf(text, "%s\r\n", status);
    for (size_t i = 0; i < G_N_ELEMENTS(copied); i++)
        for (size_t n = 0; (line = sim_message_line(request, copied[i], n)); n++)
            g_string_append_printf(text, "%s: %s\r\n", copied[i], line);
    g_string_append(text, "Content-Length: 0\r\n\r\n");
    self->target->class->send(self->target, text->str, text->len);
}

static void
keep_request(SimCase *self, SimMessage *request)
{
    const char *via = sim_message_line(request, "Via", 0);
    if (g_hash_table_add(self->seen, g_strdup(via ? via : "")))
        g_queue_push_tail(self->requests, request);
    else
        sim_message_free(request);
}

/* Returns: (transfer full): the next message, requests put aside; %NULL if none came. */
static SimMessage *
next_reply(SimCase *self)
{
    while (self->target->class->receive(self->target, self->got)) {
        SimMessage *message = sim_message_parse(self->got->data, self->got->len);
        tell(self, "came back", self->got->data, self->got->len);
        if (message->status >= 100)
            return message;
        bool request = strstr(message->start, " SIP/2.0") != NULL;
        bool ours = request && is_ours(self, message);
        if (request)
            answer_request(self, message, ours ? "200 OK" : "481 Subscription Does Not Exist");
        if (ours)
            keep_request(self, message);
        else
            sim_message_free(message);
    }
    return NULL;
}

void
sim_case_wait(SimCase *self)
{
    g_clear_pointer(&self->reply, sim_message_free);
    SimMessage *message;
    while ((message = next_reply(self))) {
        if (message->status >= 200 && answers_last(self, message)) {
            self->reply = message;
            return;
        }
        sim_message_free(message);
    }
}

SimMessage *
sim_case_take_request(SimCase *self)
{
    if (g_queue_is_empty(self->requests))
        sim_message_free(next_reply(self));
    return g_queue_pop_head(self->requests);
}

void
sim_case_send(SimCase *self, const char *text)
{
    send_text(self, text);
    sim_case_wait(self);
}

void
sim_case_repeat(SimCase *self)
{
    transmit(self);
    sim_case_wait(self);
}

static uint32_t
choose_cseq(SimCase *self, const SimAsk *ask)
{
    self->cseq = ask->cseq ? ask->cseq : self->cseq + 1;
    return self->target->authenticates ? 2 * self->cseq : self->cseq;
}

static void
post(SimCase *self, const SimAsk *ask, uint32_t cseq, bool plain)
{
    g_autofree char *authorization = plain ? NULL : sim_credentials_for(self, ask);
    g_autoptr(GString) text = write_ask(ask, cseq, authorization);
    send_text(self, text->str);
}

/* A challenge in hand spares the request itself a second round. */
static void
get_challenge(SimCase *self, const SimAsk *ask)
{
    if (ask->plain || !self->target->authenticates || self->challenge)
        return;
    SimAsk fetch = {.call_id = "{call}-key", .plain = true};
    uint32_t cseq = self->cseq;
    sim_case_ask(self, &fetch);
    sim_credentials_take(self);
    self->cseq = cseq;
}

void
sim_case_post(SimCase *self, const SimAsk *ask)
{
    get_challenge(self, ask);
    post(self, ask, choose_cseq(self, ask), ask->plain);
}

void
sim_case_ask(SimCase *self, const SimAsk *ask)
{
    get_challenge(self, ask);
    uint32_t cseq = choose_cseq(self, ask);
    post(self, ask, cseq, ask->plain);
    sim_case_wait(self);
    bool again = !ask->plain && self->target->authenticates && sim_case_status(self) == 401;
    if (!again || !sim_credentials_take(self))
        return;
    post(self, ask, cseq + 1, false);
    sim_case_wait(self);
}

/* What is sent meanwhile is answered at once: a registrar gives up on who does not answer. */
static void
let_pass(SimCase *self, RollTime span)
{
    RollTime step = g_hash_table_size(self->seen) > 0 ? ROLL_T1 - 1 : span;
    for (RollTime passed = 0; passed < span; passed += step) {
        self->target->class->advance(self->target, MIN(step, span - passed));
        sim_message_free(next_reply(self));
    }
}

bool
sim_case_advance(SimCase *self, RollTime span)
{
    if (self->target->in_process) {
        let_pass(self, span);
        return true;
    }
    if (self->target->class->advance(self->target, span))
        return true;
    self->skipped = "takes long in real time: --slow";
    return false;
}

void
sim_case_lacks(SimCase *self, const char *what)
{
    if (self->target->complete)
        sim_case_check(self, false, what, "the extension is there");
    else
        self->skipped = what;
}

void
sim_case_check(SimCase *self, bool ok, const char *name, const char *expected)
{
    SimCheck *check = g_new0(SimCheck, 1);
    check->ok = ok;
    check->name = g_strdup(name);
    g_ptr_array_add(self->checks, check);
    self->told = true;
    if (ok)
        return;
    g_autofree char *whole = sim_case_expand(self, expected);
    check->detail = g_strdup_printf("expected: %s\n%s%s", whole, self->story->str,
                                    self->reply ? "" : "nothing came back\n");
}

int
sim_case_status(const SimCase *self)
{
    return self->reply ? self->reply->status : 0;
}
