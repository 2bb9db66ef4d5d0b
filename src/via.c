/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is taken from osip is copied, so none of its structures outlives a function. */
#include "via.h"

#include <osipparser2/osip_message.h>

#include "address.h"
#include "header.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(osip_via_t, osip_via_free)

/* sent-by again from its parts, so without the blanks that may stand around the colon. */
static RollText
compose_sent_by(RollFields *fields, const osip_via_t *via)
{
    bool brackets = strchr(via->host, ':') != NULL;
    char *start = roll_fields_push(fields, brackets ? ROLL_TEXT("[") : ROLL_TEXT(""));
    roll_fields_push(fields, roll_text(via->host));
    roll_fields_push(fields, brackets ? ROLL_TEXT("]") : ROLL_TEXT(""));
    if (via->port) {
        roll_fields_push(fields, ROLL_TEXT(":"));
        roll_fields_push(fields, roll_text(via->port));
    }
    return roll_fields_pushed(fields, start);
}

/* osip passes over parameters that it cannot read; a reply has to repeat them. */
static bool
has_good_params(RollText via)
{
    const char *semicolon = memchr(via.ptr, ';', via.len);
    size_t len = semicolon ? (size_t)(semicolon - via.ptr) : via.len;
    RollText rest = {via.ptr + len, via.len - len};
    RollParam param;
    int found;
    while ((found = roll_header_next_param(&rest, &param)) == 1)
        if (param.value.ptr && param.value.len == 0)
            return false;
    return found == 0;
}

static const char *
skip_class(const char *at, const char *end, const bool class[256])
{
    while (at < end && class[(uint8_t)*at])
        at++;
    return at;
}

/* The parameters of a plain Via; none stands twice. */
static bool
take_plain_params(RollText rest, RollVia *out)
{
    RollParam param;
    int found;
    bool rport = false;
    while ((found = roll_header_next_param(&rest, &param)) == 1) {
        bool empty = param.value.ptr && param.value.len == 0;
        bool branch = roll_text_equal_nocase(param.name, ROLL_TEXT("branch"));
        bool again = (branch && out->branch.ptr) ||
                     (rport && roll_text_equal_nocase(param.name, ROLL_TEXT("rport")));
        if (empty || again)
            return false;
        if (branch)
            out->branch = param.value;
        else if (roll_text_equal_nocase(param.name, ROLL_TEXT("rport"))) {
            rport = true;
            out->rport = !param.value.ptr;
        }
    }
    return found == 0;
}

/* Nearly every Via is plain: one blank, a name or an IPv4 address, digits for a port, parameters
 * that are tokens. That can be told at a glance, and costs a tenth of what osip does for it.
 * Returns: false for osip to decide. */
static bool
cut_plain(RollText value, RollVia *out)
{
    static const bool letters[256] = {['A' ... 'Z'] = true, ['a' ... 'z'] = true};
    static const bool digits[256] = {['0' ... '9'] = true};
    static const bool hosts[256] = {['0' ... '9'] = true,
                                    ['A' ... 'Z'] = true,
                                    ['a' ... 'z'] = true,
                                    ['-'] = true,
                                    ['.'] = true};
    static const bool plain[256] = {['!'] = true,         ['%'] = true, ['*' ... '+'] = true,
                                    ['-' ... ';'] = true, ['='] = true, ['A' ... 'Z'] = true,
                                    ['_'] = true,         ['~'] = true, ['a' ... 'z'] = true};
    static const RollText protocol = {"SIP/2.0/", 8};
    const char *end = value.ptr + value.len;
    if (value.len > ROLL_OSIP_VALUE_MAX || value.len <= protocol.len ||
        memcmp(value.ptr, protocol.ptr, protocol.len) != 0)
        return false;
    const char *transport = value.ptr + protocol.len;
    const char *blank = skip_class(transport, end, letters);
    if (blank == transport || blank == end || *blank != ' ')
        return false;
    const char *host = blank + 1;
    const char *at = skip_class(host, end, hosts);
    *out = (RollVia){.value = value, .host = {host, (size_t)(at - host)}};
    if (at < end && *at == ':') {
        const char *port = at + 1;
        at = skip_class(port, end, digits);
        if (at == port)
            return false;
    }
    out->sent_by = (RollText){host, (size_t)(at - host)};
    if (out->host.len == 0 || (at < end && *at != ';') || skip_class(at, end, plain) < end)
        return false;
    return take_plain_params((RollText){at, (size_t)(end - at)}, out);
}

static bool
cut_via(RollFields *fields, RollText value, RollVia *out)
{
    if (cut_plain(value, out))
        return true;
    *out = (RollVia){0};
    g_autoptr(osip_via_t) via = NULL;
    osip_generic_param_t *param = NULL;
    if (value.len > ROLL_OSIP_VALUE_MAX)
        return false;
    const char *string = roll_fields_push(fields, value);
    roll_fields_push(fields, (RollText){"", 1});
    if (osip_via_init(&via) != 0 || osip_via_parse(via, string) != 0 || !via->host ||
        !has_good_params(value))
        return false;
    *out = (RollVia){.host = roll_fields_keep(fields, via->host),
                     .sent_by = compose_sent_by(fields, via)};
    out->value = value;
    if (osip_via_param_get_byname(via, (char *)"branch", &param) == 0)
        out->branch = roll_fields_keep(fields, param->gvalue);
    if (osip_via_param_get_byname(via, (char *)"rport", &param) == 0)
        out->rport = !param->gvalue;
    return true;
}

static void
push_port(RollFields *fields, uint16_t port)
{
    char digits[5];
    size_t at = sizeof(digits);
    do
        digits[--at] = (char)('0' + port % 10);
    while ((port /= 10) > 0);
    roll_fields_push(fields, (RollText){digits + at, sizeof(digits) - at});
}

/* The topmost Via with what the source adds to it: RFC 3581 section 4 for an empty rport, else
 * RFC 3261 section 18.2.1. A `received` that was there is not the sender's to say. */
static void
push_top_via(RollFields *fields, RollText value, const RollVia *via, const RollEndpoint *peer)
{
    char address[ROLL_ADDRESS_MAX];
    RollText source = {address, 0};
    if (peer->family != 0)
        source.len = roll_address_write(peer->address, peer->family, address);
    if (source.len == 0 || (!via->rport && roll_text_equal_nocase(via->host, source))) {
        roll_fields_push(fields, value);
        return;
    }
    const char *semicolon = memchr(value.ptr, ';', value.len);
    size_t len = semicolon ? (size_t)(semicolon - value.ptr) : value.len;
    RollText rest = {value.ptr + len, value.len - len};
    RollParam param;
    roll_fields_push(fields, (RollText){value.ptr, len});
    while (roll_header_next_param(&rest, &param) == 1) {
        if (roll_text_equal_nocase(param.name, ROLL_TEXT("received")))
            continue;
        roll_fields_push(fields, param.text);
        if (!param.value.ptr && roll_text_equal_nocase(param.name, ROLL_TEXT("rport"))) {
            roll_fields_push(fields, ROLL_TEXT("="));
            push_port(fields, peer->port);
        }
    }
    roll_fields_push(fields, ROLL_TEXT(";received="));
    roll_fields_push(fields, source);
}

bool
roll_via_read_top(RollFields *fields, RollVia *out)
{
    const RollField *field = roll_fields_next(fields, ROLL_HEADER_VIA, NULL);
    RollText rest = field ? field->value : (RollText){0};
    RollText value;
    return roll_header_next_item(&rest, &value) && cut_via(fields, value, out);
}

RollText
roll_via_read_list(RollFields *fields, const RollVia *top, const RollEndpoint *peer)
{
    char *start = fields->arena;
    for (const RollField *field = NULL;
         (field = roll_fields_next(fields, ROLL_HEADER_VIA, field));) {
        RollText rest = field->value;
        RollText value;
        while (roll_header_next_item(&rest, &value)) {
            if (value.len == 0) {
                roll_fields_refuse(fields, 400);
                continue;
            }
            if (top && fields->arena == start)
                push_top_via(fields, value, top, peer);
            else
                roll_fields_push(fields, value);
            roll_fields_push(fields, ROLL_TEXT("\n"));
        }
    }
    return roll_fields_pushed(fields, start);
}
