/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a message. As a request it is answered, and the answer is a reply to it; a good one
 * is written again, and says the same then. As a reply it is read or not. */
#include "limit.h"
#include "replay.h"

#include <rollcall/rollcall.h>

static void
check_status(int status)
{
    if (status != -1 && status != 0 && (status < 400 || status > 699))
        abort();
}

/* Every Via value is written as a line of its own, and a message with too many lines is refused. */
static bool
has_many_vias(const RollRequest *request)
{
    size_t n = 0;
    for (size_t i = 0; i < request->via.len; i++)
        n += request->via.ptr[i] == '\n';
    return n > 100;
}

/* What a client would send for the same request; only what has no text of its own is compared. */
static void
check_again(const RollRequest *request)
{
    g_autoptr(RollMessage) reader = roll_message_new();
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autofree RollContact *contacts = g_new0(RollContact, request->n_contacts + 1);
    RollRequest asked = *request, again;
    /* As they were read, these two stand in the parameters. */
    for (size_t i = 0; i < request->n_contacts; i++) {
        contacts[i] = request->contacts[i];
        contacts[i].expires = ROLL_EXPIRES_NONE;
        contacts[i].q = ROLL_Q_NONE;
    }
    asked.contacts = contacts;
    for (size_t i = 0; i < request->n_credentials; i++)
        if (request->credentials[i].malformed)
            asked.n_credentials = 0;
    roll_message_write_request(&asked, bytes);
    RollPacket packet = {request->source, bytes->data, bytes->len};
    if (roll_message_read_request(reader, &packet, &again) != 0)
        abort();
    if (again.cseq != request->cseq || again.n_contacts != request->n_contacts ||
        again.expires != request->expires || !roll_text_equal(again.method, request->method) ||
        !roll_text_equal(again.call_id, request->call_id) ||
        !roll_text_equal(again.uri.text, request->uri.text) ||
        !roll_text_equal(again.to.text, request->to.text) ||
        !roll_text_equal(again.from_tag, request->from_tag) ||
        !roll_text_equal(again.branch, request->branch))
        abort();
    for (size_t i = 0; i < again.n_contacts; i++)
        if (!roll_text_equal(again.contacts[i].uri.text, request->contacts[i].uri.text) ||
            again.contacts[i].q != request->contacts[i].q)
            abort();
}

static void
check_reply(const RollRequest *request, int status)
{
    g_autoptr(RollMessage) reader = roll_message_new();
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    RollReply reply = {.status = status ? status : 200}, again;
    reply.contacts = request->contacts;
    reply.n_contacts = status ? 0 : request->n_contacts;
    roll_message_write_reply(request, &reply, ROLL_TEXT("tag"), 0, bytes);
    if (has_many_vias(request))
        return;
    bool read = roll_message_read_reply(reader, bytes->data, bytes->len, &again);
    /* Of a bad request no more can be repeated than was there. */
    if (status == 0 && (!read || again.status != 200 || again.cseq != request->cseq ||
                        !roll_text_equal(again.call_id, request->call_id)))
        abort();
}

static void
run(const uint8_t *data, size_t size)
{
    g_autoptr(RollMessage) reader = roll_message_new();
    RollPacket packet = {{{192, 0, 2, 1}, 4, ROLL_TRANSPORT_UDP, 5060}, data, size};
    RollRequest request;
    RollReply reply;
    int status = roll_message_read_request(reader, &packet, &request);
    check_status(status);
    if (status >= 0)
        check_reply(&request, status);
    if (status == 0 && !has_many_vias(&request))
        check_again(&request);
    if (roll_message_read_reply(reader, data, size, &reply) &&
        (reply.status < 100 || reply.status > 699 || reply.call_id.len == 0))
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return limit_run(run, data, size);
}

#ifdef FUZZ_REPLAY
int
main(void)
{
    return replay_folder(TEST_SOURCE "/tests/fuzz/corpus-message");
}
#endif
