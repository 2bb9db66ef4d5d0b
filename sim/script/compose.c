/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Line by line. A header field that the step brings along or leaves out is not written by itself.
 */
#include "sim/script/compose.h"

#include <string.h>

typedef struct {
    const SimStep *step;
    GString *out;
} Composing;

static bool
is_named(const char *const *lines, size_t n, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < n; i++)
        if (g_ascii_strncasecmp(lines[i], name, len) == 0 &&
            (lines[i][len] == '\0' || lines[i][len] == ':' || lines[i][len] == ' '))
            return true;
    return false;
}

/* Starts a line, unless the step has its own or wants none. */
static bool
start_line(const Composing *self, const char *name)
{
    const SimStep *step = self->step;
    if (is_named(step->headers, step->n_headers, name) ||
        is_named(step->without, step->n_without, name))
        return false;
    g_string_append(self->out, name);
    g_string_append(self->out, ": ");
    return true;
}

static void
end_line(const Composing *self)
{
    g_string_append(self->out, "\r\n");
}

static void
append_number(GString *out, uint32_t number)
{
    char digits[12];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    g_string_append_len(out, digits + n, (gssize)(sizeof digits - n));
}

/* A whole address, or a user of the domain; as a name-addr. */
static void
append_address(GString *out, const char *address, const char *who, const char *domain)
{
    const char *written = address ? address : who;
    bool whole = strchr(written, ':') != NULL;
    bool angled = strchr(written, '<') != NULL;
    g_string_append(out, angled ? "" : whole ? "<" : "<sip:");
    g_string_append(out, written);
    if (!whole) {
        g_string_append_c(out, '@');
        g_string_append(out, domain);
    }
    g_string_append(out, angled ? "" : ">");
}

static void
append_tag(GString *out, const char *tag)
{
    if (!tag)
        return;
    g_string_append(out, ";tag=");
    g_string_append(out, tag);
}

static void
append_via(const Composing *self, const SimComposing *open)
{
    const char *transport = self->step->transport;
    if (!start_line(self, "Via"))
        return;
    g_autofree char *upper = transport ? g_ascii_strup(transport, -1) : NULL;
    g_string_append(self->out, "SIP/2.0/");
    g_string_append(self->out, upper ? upper : "UDP");
    g_string_append_c(self->out, ' ');
    g_string_append(self->out, open->sent_by ? open->sent_by : "192.0.2.1:5060");
    g_string_append(self->out, open->sent_by ? ";rport;branch=" : ";branch=");
    if (self->step->branch) {
        g_string_append(self->out, self->step->branch);
    } else {
        g_string_append(self->out, "z9hG4bK-");
        append_number(self->out, open->number);
    }
    end_line(self);
}

static void
append_parties(const Composing *self, const SimComposing *open)
{
    const SimStep *step = self->step;
    if (start_line(self, "From")) {
        append_address(self->out, step->from, step->who, open->domain);
        append_tag(self->out, step->from_tag ? step->from_tag : "f");
        if (!step->from_tag)
            append_number(self->out, open->number);
        end_line(self);
    }
    if (start_line(self, "To")) {
        append_address(self->out, step->to, step->who, open->domain);
        append_tag(self->out, step->to_tag);
        end_line(self);
    }
}

static void
append_sequence(const Composing *self, const SimComposing *open)
{
    const SimStep *step = self->step;
    if (start_line(self, "Call-ID")) {
        g_string_append(self->out, step->call_id ? step->call_id : step->who);
        end_line(self);
    }
    if (start_line(self, "CSeq")) {
        if (step->cseq)
            g_string_append(self->out, step->cseq);
        else
            append_number(self->out, open->cseq);
        g_string_append_c(self->out, ' ');
        g_string_append(self->out, step->method);
        end_line(self);
    }
}

static void
append_bindings(const Composing *self)
{
    const SimStep *step = self->step;
    for (size_t i = 0; i < step->n_contacts; i++) {
        g_string_append(self->out, "Contact: ");
        g_string_append(self->out, step->contacts[i]);
        end_line(self);
    }
    if (step->expires && start_line(self, "Expires")) {
        g_string_append(self->out, step->expires);
        end_line(self);
    }
}

void
sim_script_compose(const SimStep *step, const SimComposing *open, GString *out)
{
    Composing self = {step, out};
    g_string_truncate(out, 0);
    g_string_append(out, step->method);
    g_string_append(out, step->uri ? " " : " sip:");
    g_string_append(out, step->uri ? step->uri : open->domain);
    g_string_append(out, " SIP/2.0\r\n");
    append_via(&self, open);
    if (start_line(&self, "Max-Forwards"))
        g_string_append(out, "70\r\n");
    append_parties(&self, open);
    append_sequence(&self, open);
    append_bindings(&self);
    if (open->credentials && start_line(&self, "Authorization")) {
        g_string_append(out, open->credentials);
        end_line(&self);
    }
    for (size_t i = 0; i < step->n_headers; i++) {
        g_string_append(out, step->headers[i]);
        end_line(&self);
    }
    if (start_line(&self, "Content-Length"))
        g_string_append(out, "0\r\n");
    end_line(&self);
}
