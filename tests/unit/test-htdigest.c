/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Password files as Apache's htdigest writes them. */
#include <glib.h>
#include <rollcall/htdigest.h>

#define MD5_A "939e7578ed9e3c518a452acee763bce9"
#define SHA_A "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"

#define SHA_B "0000000000000000000000000000000000000000000000000000000000000001"

static const char file[] = "# users\n"
                           "\n"
                           "bob:r:" MD5_A "\r\n"
                           "alice:r:939E7578ED9E3C518A452ACEE763BCE9\n"
                           "alice:r:" SHA_A "\n"
                           "alice:host:5060:00000000000000000000000000000001\n"
                           "carol:r:SHA-512-256:" SHA_A "\n"
                           "carol:r:SHA-256:" SHA_B "\n"
                           "carol:r:MD5:" MD5_A "\n"
                           "carol:MD5:MD5:00000000000000000000000000000003\n"
                           "al:r:00000000000000000000000000000002";

static void
test_lookup(void)
{
    static const struct {
        const char *what;
        const char *realm;
        const char *user;
        RollAlgorithm algorithm;
        const char *ha1;
    } cases[] = {
        {"CRLF", "r", "bob", ROLL_ALGORITHM_MD5, MD5_A},
        {"upper case made lower", "r", "alice", ROLL_ALGORITHM_MD5, MD5_A},
        {"the longer hash", "r", "alice", ROLL_ALGORITHM_SHA256, SHA_A},
        {"a realm with a colon", "host:5060", "alice", ROLL_ALGORITHM_MD5,
         "00000000000000000000000000000001"},
        {"an algorithm named", "r", "carol", ROLL_ALGORITHM_SHA512_256, SHA_A},
        {"as long, another one", "r", "carol", ROLL_ALGORITHM_SHA256, SHA_B},
        {"named without need", "r", "carol", ROLL_ALGORITHM_MD5, MD5_A},
        {"a realm like an algorithm", "MD5", "carol", ROLL_ALGORITHM_MD5,
         "00000000000000000000000000000003"},
        {"the name is not the realm", "r:MD5", "carol", ROLL_ALGORITHM_MD5, NULL},
        {"64 digits alone are SHA-256", "r", "alice", ROLL_ALGORITHM_SHA512_256, NULL},
        {"last line without its end", "r", "al", ROLL_ALGORITHM_MD5,
         "00000000000000000000000000000002"},
        {"no such algorithm", "r", "bob", ROLL_ALGORITHM_SHA256, NULL},
        {"no such realm", "R", "bob", ROLL_ALGORITHM_MD5, NULL},
        {"no such user", "r", "Bob", ROLL_ALGORITHM_MD5, NULL},
        {"a prefix of a user", "r", "ali", ROLL_ALGORITHM_MD5, NULL},
        {"no user", "r", "", ROLL_ALGORITHM_MD5, NULL},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(RollHtdigest) htdigest = roll_htdigest_parse("f", file, sizeof file - 1, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].what);
        RollSecret secret = {0};
        bool found = roll_htdigest_lookup(htdigest, roll_text(cases[i].realm),
                                          roll_text(cases[i].user), cases[i].algorithm, &secret);
        g_assert_true(found == (cases[i].ha1 != NULL));
        /* What is hashed for nobody is as long as what is hashed for a user. */
        if (found)
            g_assert_true(roll_text_equal(secret.ha1, roll_text(cases[i].ha1)));
        else
            g_assert_cmpuint(secret.ha1.len, ==,
                             cases[i].algorithm == ROLL_ALGORITHM_MD5 ? 32 : 64);
        g_assert_null(secret.password.ptr);
    }
}

static void
test_errors(void)
{
    static const struct {
        const char *data;
        const char *message;
    } cases[] = {
        {"alice\n", "f:1: expected user:realm:HA1"},
        {"# x\n\nalice:" MD5_A "\n", "f:3: expected user:realm:HA1"},
        {":r:" MD5_A, "f:1: the user is empty"},
        {"a:r:" MD5_A "\nb:r:939e7578ed9e3c518a452acee763bceg", "f:2: HA1 is not hexadecimal"},
        {"a:r: " MD5_A, "f:1: HA1 is not hexadecimal"},
        {"a:r:abc", "f:1: HA1 has neither 32 digits (MD5) nor 64 (SHA-256, SHA-512-256)"},
        {"a:r:SHA-512-256:" MD5_A, "f:1: HA1 has not as many digits as its algorithm makes"},
        {"a:r:MD5:" SHA_A, "f:1: HA1 has not as many digits as its algorithm makes"},
        {"a:r:SHA-256:" SHA_A "\na:r:" SHA_A, "f:2: the user is in line 1 already"},
        {"a:r:", "f:1: HA1 has neither 32 digits (MD5) nor 64 (SHA-256, SHA-512-256)"},
        {"a:r:" MD5_A "\nb:r:" MD5_A "\na:r:" MD5_A, "f:3: the user is in line 1 already"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RollHtdigest) htdigest =
            roll_htdigest_parse("f", cases[i].data, strlen(cases[i].data), &error);
        g_assert_null(htdigest);
        g_assert_error(error, ROLL_HTDIGEST_ERROR, ROLL_HTDIGEST_ERROR_SYNTAX);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void
test_empty(void)
{
    g_autoptr(RollHtdigest) htdigest = roll_htdigest_parse("f", NULL, 0, NULL);
    RollSecret secret;
    g_assert_nonnull(htdigest);
    g_assert_false(roll_htdigest_lookup(htdigest, ROLL_TEXT("r"), ROLL_TEXT("u"),
                                        ROLL_ALGORITHM_MD5, &secret));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/htdigest/finds-user-realm-and-algorithm", test_lookup);
    g_test_add_func("/htdigest/errors-name-the-line", test_errors);
    g_test_add_func("/htdigest/an-empty-file-has-no-users", test_empty);
    return g_test_run();
}
