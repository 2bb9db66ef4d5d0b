/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The digest against the examples of the RFCs. */
#include <rollcall/digest.h>

#include <glib.h>

static void
test_names(void)
{
    static const struct {
        const char *description;
        const char *name;
        RollAlgorithm algorithm;
    } rows[] = {
        {"absent is MD5", NULL, ROLL_ALGORITHM_MD5},
        {"as written", "MD5", ROLL_ALGORITHM_MD5},
        {"another case", "sha-256", ROLL_ALGORITHM_SHA256},
        {"session variant", "MD5-sess", ROLL_ALGORITHM_UNKNOWN},
        {"longer hash, cut", "SHA-512-256", ROLL_ALGORITHM_SHA512_256},
        {"its session variant", "SHA-512-256-sess", ROLL_ALGORITHM_UNKNOWN},
        {"no such hash", "SHA-512", ROLL_ALGORITHM_UNKNOWN},
        {"empty", "", ROLL_ALGORITHM_UNKNOWN},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].description);
        g_assert_cmpint(roll_algorithm_parse(roll_text(rows[i].name)), ==, rows[i].algorithm);
    }
    g_assert_cmpstr(roll_algorithm_name(ROLL_ALGORITHM_MD5), ==, "MD5");
    g_assert_cmpstr(roll_algorithm_name(ROLL_ALGORITHM_SHA256), ==, "SHA-256");
    g_assert_cmpstr(roll_algorithm_name(ROLL_ALGORITHM_SHA512_256), ==, "SHA-512-256");
}

static const struct {
    const char *description;
    RollAlgorithm algorithm;
    const char *username, *realm, *password, *nonce, *uri, *method, *cnonce;
    uint32_t nc;
    bool qop;
    const char *response;
} vectors[] = {
    {"RFC 7616 section 3.9.1, MD5", ROLL_ALGORITHM_MD5, "Mufasa", "http-auth@example.org",
     "Circle of Life", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "/dir/index.html", "GET",
     "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", 1, true, "8ca523f5e9506fed4657c9700eebdbec"},
    {"RFC 7616 section 3.9.1, SHA-256", ROLL_ALGORITHM_SHA256, "Mufasa", "http-auth@example.org",
     "Circle of Life", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "/dir/index.html", "GET",
     "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", 1, true,
     "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
    /* The RFC prints what SHA-512 gives when it is cut to 256 bits: its erratum 4897 has the values
     * of SHA-512/256, the hash that the name stands for. */
    {"RFC 7616 section 3.9.2, SHA-512-256", ROLL_ALGORITHM_SHA512_256, "J\xc3\xa4s\xc3\xb8n Doe",
     "api@example.org", "Secret, or not?", "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
     "/doe.json", "GET", "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", 1, true,
     "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"},
    {"RFC 2617 section 3.5", ROLL_ALGORITHM_MD5, "Mufasa", "testrealm@host.com", "Circle Of Life",
     "dcd98b7102dd2f0e8b11d0f600bfb0c093", "/dir/index.html", "GET", "0a4f113b", 1, true,
     "6629fae49393a05397450978507c4ef1"},
    {"linphone's second use of a nonce", ROLL_ALGORITHM_MD5, "lpudp", "127.0.0.1", "secret",
     "awMHkGsDBmTbGjwUVjUAhF5gZTsxr2xw", "sip:127.0.0.1", "REGISTER", "jjQiX0cjYTFlXdat", 2, true,
     "401723992d196954956332b5abceaf26"},
    {"baresip without qop", ROLL_ALGORITHM_MD5, "bsdef", "127.0.0.1", "secret",
     "awMEVGsDAyh1gW1SPApm9Q/dUkdWoUKf", "sip:127.0.0.1:5080;transport=udp", "REGISTER", NULL, 0,
     false, "73766ee8b638d10ddee894ea84a5fe11"},
};

static void
test_vectors(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        char ha1[ROLL_DIGEST_HEX];
        char response[ROLL_DIGEST_HEX];
        g_test_message("%s", vectors[i].description);
        roll_digest_ha1(vectors[i].algorithm, roll_text(vectors[i].username),
                        roll_text(vectors[i].realm), roll_text(vectors[i].password), ha1);
        RollDigestInput input = {
            .algorithm = vectors[i].algorithm,
            .ha1 = roll_text(ha1),
            .nonce = roll_text(vectors[i].nonce),
            .uri = roll_text(vectors[i].uri),
            .method = roll_text(vectors[i].method),
            .cnonce = roll_text(vectors[i].cnonce),
            .nc = vectors[i].nc,
            .qop = vectors[i].qop,
        };
        roll_digest_response(&input, response);
        g_assert_cmpstr(response, ==, vectors[i].response);
    }
}

static void
test_ha1(void)
{
    char ha1[ROLL_DIGEST_HEX];
    roll_digest_ha1(ROLL_ALGORITHM_MD5, ROLL_TEXT("Mufasa"), ROLL_TEXT("testrealm@host.com"),
                    ROLL_TEXT("Circle Of Life"), ha1);
    g_assert_cmpstr(ha1, ==, "939e7578ed9e3c518a452acee763bce9");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/digest/algorithm/by-name", test_names);
    g_test_add_func("/digest/ha1/rfc2617", test_ha1);
    g_test_add_func("/digest/response/known-values", test_vectors);
    return g_test_run();
}
