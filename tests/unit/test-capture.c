/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What real clients sent, from tests/data/captures: each request is read, and the digest in it is
 * the one that we compute. */
#include "tests/unit/assert-text.h"

#include <rollcall/message.h>

/* sipsak asked for its bindings, and removed all of them, in these. */
static const char *const queries[] = {"sipsak_sipsak1_noqop-008.sip",
                                      "sipsak_sipsak1_noqop-010.sip", NULL};
static const char *const stars[] = {"sipsak_sipsak1_noqop-004.sip", "sipsak_sipsak1_noqop-006.sip",
                                    NULL};

/* By the client that a capture's name starts with. */
static const struct {
    const char *client;
    int status;
    const char *to_host;
    const char *contact_start;
    bool via_is_public;
} clients[] = {
    {"baresip", 0, "127.0.0.1", "sip:%s-0x", true},
    {"linphonec", 0, "127.0.0.1", "sip:%s@127.0.0.1:", false},
    {"pjsua", 0, "127.0.0.1", "sip:%s@127.0.0.1:", false},
    {"sipsak", 0, "127.0.0.1", "sip:%s@127.0.0.1:", false},
    {"svcrack", 0, "127.0.0.1", "sip:123@1.1.1.1", false},
    {"svmap", 400, "1.1.1.1", NULL, false}, /* Contact: None */
    {"svwar", 0, "127.0.0.1", "sip:%s@127.0.0.1", false},
};

static void
check_credentials(const RollCredentials *credentials, bool scanner, bool qop)
{
    char ha1[ROLL_DIGEST_HEX];
    char response[ROLL_DIGEST_HEX];
    /* svcrack says qop=auth without cnonce and nc. */
    g_assert_cmpint(credentials->malformed, ==, scanner);
    if (scanner)
        return;
    g_assert_cmpint(credentials->qop, ==, qop);
    roll_digest_ha1(credentials->algorithm, credentials->username, credentials->realm,
                    ROLL_TEXT("secret"), ha1);
    RollDigestInput input = {
        .algorithm = credentials->algorithm,
        .ha1 = roll_text(ha1),
        .nonce = credentials->nonce,
        .uri = credentials->uri,
        .method = ROLL_TEXT("REGISTER"),
        .cnonce = credentials->cnonce,
        .nc = credentials->nc,
        .qop = credentials->qop,
    };
    roll_digest_response(&input, response);
    assert_text(credentials->response, response);
}

static void
check_contact(const RollRequest *request, size_t kind, const char *name, const char *user)
{
    bool query = g_strv_contains(queries, name);
    g_assert_cmpuint(request->n_contacts, ==, query || clients[kind].status ? 0 : 1);
    if (request->n_contacts == 0)
        return;
    g_autofree char *start = g_strdup_printf(clients[kind].contact_start, user);
    const RollContact *contact = &request->contacts[0];
    g_assert_cmpint(contact->star, ==, g_strv_contains(stars, name));
    if (!contact->star)
        g_assert_true(g_str_has_prefix(contact->uri.text.ptr, start));
    /* baresip asks in the Contact, the others in Expires; scanners ask nothing. */
    bool in_contact = g_str_has_prefix(name, "baresip");
    g_assert_cmpint(contact->expires >= 0, ==, in_contact);
    g_assert_cmpint(request->expires >= 0, ==, !in_contact && !g_str_has_prefix(name, "sv"));
}

static void
check_capture(RollMessage *message, const char *name, const char *data, size_t len)
{
    g_auto(GStrv) words = g_strsplit_set(name, "_-.", -1);
    size_t kind = 0;
    while (!g_str_equal(clients[kind].client, words[0]))
        g_assert_cmpuint(++kind, <, G_N_ELEMENTS(clients));
    const char *user = g_str_equal(words[1], "svcrack") ? "sipsak1" : words[1];
    bool scanner = g_str_has_prefix(name, "sv");
    RollRequest request;
    g_test_message("%s", name);
    RollPacket packet = {.peer = {.address = {192, 0, 2, 99}, .family = 4, .port = 50601},
                         .data = (const uint8_t *)data,
                         .len = len};
    g_assert_cmpint(roll_message_read_request(message, &packet, &request), ==,
                    clients[kind].status);
    assert_text(request.method, "REGISTER");
    assert_text(request.to.user, user);
    assert_text(request.to.host, clients[kind].to_host);
    assert_text(request.from.user, user);
    g_assert_cmpuint(request.from_tag.len, >, 0);
    assert_text(request.to_tag, NULL);
    g_assert_cmpuint(request.cseq, >, 0);
    g_assert_true(request.rport);
    g_assert_cmpuint(request.branch.len, >, strlen("z9hG4bK"));
    g_assert_true(
        g_str_has_prefix(request.sent_by.ptr, clients[kind].via_is_public ? "192." : "127."));
    check_contact(&request, kind, name, user);
    for (size_t i = 0; i < request.n_credentials; i++)
        check_credentials(&request.credentials[i], scanner, g_str_equal(words[2], "qop"));
}

static void
test_captures(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(TEST_DATA "/captures", 0, &error);
    const char *name;
    int n = 0;
    g_assert_no_error(error);
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(TEST_DATA "/captures", name, NULL);
        g_autofree char *data = NULL;
        size_t len;
        if (!g_str_has_suffix(name, ".sip"))
            continue;
        g_assert_true(g_file_get_contents(path, &data, &len, &error));
        check_capture(message, name, data, len);
        n++;
    }
    g_assert_cmpint(n, ==, 90);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capture/request/is-read-and-its-digest-verified", test_captures);
    return g_test_run();
}
