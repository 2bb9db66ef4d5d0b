/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Registration documents (RFC 3680 section 5). What comes from a REGISTER may hold any byte but a
 * control character; XML 1.0 takes only some of Unicode (its production 2), so text is walked by
 * characters and what is none is replaced. */
#include "reginfo.h"

#include "header.h"

static void
put(GByteArray *out, RollText text)
{
    if (text.len > 0)
        g_byte_array_append(out, (const guint8 *)text.ptr, (guint)text.len);
}

#define put_literal(out, literal) put(out, ROLL_TEXT(literal))

static void
put_number(GByteArray *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    put(out, (RollText){digits + at, sizeof digits - at});
}

static void
put_id(GByteArray *out, uint64_t id)
{
    char digits[16];
    for (int i = 0; i < 16; i++)
        digits[i] = "0123456789abcdef"[id >> (60 - 4 * i) & 15];
    put(out, (RollText){digits, sizeof digits});
}

static bool
is_xml_char(gunichar c)
{
    return (c >= 0x20 && c < 0xfffe) || (c >= 0x10000 && c <= 0x10ffff);
}

static void
put_ascii(GByteArray *out, char c)
{
    switch (c) {
    case '&':
        put_literal(out, "&amp;");
        break;
    case '<':
        put_literal(out, "&lt;");
        break;
    case '>':
        put_literal(out, "&gt;");
        break;
    case '"':
        put_literal(out, "&quot;");
        break;
    default:
        put(out, (RollText){&c, 1});
        break;
    }
}

/* Good in an attribute in double quotes and between tags. */
static void
put_escaped(GByteArray *out, RollText text)
{
    for (size_t i = 0; i < text.len;) {
        /* Surrogates in UTF-8 and overlong forms are refused here, too. */
        gunichar c = g_utf8_get_char_validated(text.ptr + i, (gssize)(text.len - i));
        if (c >= (gunichar)-2 || !is_xml_char(c)) {
            put_literal(out, "\xef\xbf\xbd");
            i += c >= (gunichar)-2 ? 1 : (size_t)g_unichar_to_utf8(c, NULL);
        } else if (c < 0x80) {
            put_ascii(out, text.ptr[i++]);
        } else {
            size_t len = (size_t)g_unichar_to_utf8(c, NULL);
            put(out, (RollText){text.ptr + i, len});
            i += len;
        }
    }
}

static void
put_number_attribute(GByteArray *out, RollText name, int64_t value)
{
    if (value < 0)
        return;
    put(out, name);
    put_literal(out, "=\"");
    put_number(out, (uint64_t)value);
    put_literal(out, "\"");
}

void
roll_reginfo_begin(GByteArray *out, const RollRegHead *head)
{
    static const char *const states[] = {"init", "active", "terminated"};
    put_literal(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
                     "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"");
    put_number(out, head->version);
    put_literal(out, "\" state=\"");
    put(out, head->full ? ROLL_TEXT("full") : ROLL_TEXT("partial"));
    put_literal(out, "\">\r\n<registration aor=\"");
    put_escaped(out, head->aor);
    put_literal(out, "\" id=\"");
    put_id(out, head->id);
    put_literal(out, "\" state=\"");
    put(out, roll_text(states[head->state]));
    put_literal(out, "\">\r\n");
}

/* A qvalue (RFC 3261 section 25.1) without zeros at its end. */
static void
put_q(GByteArray *out, int64_t q)
{
    if (q < 0)
        return;
    char text[] = {(char)('0' + q / 1000), '.', (char)('0' + q / 100 % 10),
                   (char)('0' + q / 10 % 10), (char)('0' + q % 10)};
    size_t len = sizeof text;
    while (len > 2 && text[len - 1] == '0')
        len--;
    put_literal(out, " q=\"");
    put(out, (RollText){text, len == 2 ? 1 : len});
    put_literal(out, "\"");
}

/* The parameters that RFC 3261 does not specify; the table keeps expires and q apart. */
static void
put_params(GByteArray *out, RollText params)
{
    RollParam param;
    while (roll_header_next_param(&params, &param) == 1) {
        put_literal(out, "<unknown-param name=\"");
        put_escaped(out, param.name);
        put_literal(out, "\">");
        put_escaped(out, param.value);
        put_literal(out, "</unknown-param>\r\n");
    }
}

void
roll_reginfo_contact(GByteArray *out, const RollRegContact *contact)
{
    static const char *const events[] = {"registered", "created",     "refreshed",   "shortened",
                                         "expired",    "deactivated", "unregistered"};
    bool ended = roll_reg_event_ends(contact->event);
    put_literal(out, "<contact id=\"");
    put_id(out, contact->id);
    put_literal(out, "\" state=\"");
    put(out, ended ? ROLL_TEXT("terminated") : ROLL_TEXT("active"));
    put_literal(out, "\" event=\"");
    put(out, roll_text(events[contact->event]));
    put_literal(out, "\"");
    put_number_attribute(out, ROLL_TEXT(" duration-registered"), contact->duration);
    if (!ended)
        put_number_attribute(out, ROLL_TEXT(" expires"), contact->expires);
    put_q(out, contact->q);
    if (contact->call_id.len > 0) {
        put_literal(out, " callid=\"");
        put_escaped(out, contact->call_id);
        put_literal(out, "\"");
    }
    put_number_attribute(out, ROLL_TEXT(" cseq"), contact->cseq);
    put_literal(out, ">\r\n<uri>");
    put_escaped(out, contact->uri);
    put_literal(out, "</uri>\r\n");
    put_params(out, contact->params);
    put_literal(out, "</contact>\r\n");
}

void
roll_reginfo_end(GByteArray *out)
{
    put_literal(out, "</registration>\r\n</reginfo>\r\n");
}
