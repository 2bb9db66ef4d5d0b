/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Single Contact values, taken from their raw text. */
#include "src/contact.h"

#include <glib.h>

typedef struct {
    const char *description;
    const char *value;
    const char *uri;
    int64_t expires;
    int q;
} Row;

static const Row good[] = {
    {"escaped NUL stays", "<sip:%00@h>", "sip:%00@h", -1, -1},
    {"two escaped NULs stay", "<sip:%00%00@h>", "sip:%00%00@h", -1, -1},
    {"escape in the user stays", "<sip:zach%40d@h>", "sip:zach%40d@h", -1, -1},
    {"URI header inside <>", "<sip:u@h?Route=%3Csip:s.example.com%3E>",
     "sip:u@h?Route=%3Csip:s.example.com%3E", -1, -1},
    {"parameter outside <> is the header's", "sip:u@h;transport=tcp", "sip:u@h", -1, -1},
    {"parameter inside <> is the URI's", "<sip:u@h;expires=5>", "sip:u@h;expires=5", -1, -1},
    {"comma inside <>", "<sip:a,b@h>", "sip:a,b@h", -1, -1},
    {"comma in a quoted parameter", "<sip:a@h>;methods=\"INVITE, ACK\"", "sip:a@h", -1, -1},
    {"semicolon in a quoted parameter", "<sip:a@h>;x=\"a;expires=5\"", "sip:a@h", -1, -1},
    {"escaped quote in a parameter", "<sip:a@h>;x=\"\\\";q=7\";q=0.5", "sip:a@h", -1, 500},
    {"bracket in a quoted parameter", "sip:a@h;x=\"<\"", "sip:a@h", -1, -1},
    {"bracket in a quoted name", "\"a <b\" <sip:a@h>", "sip:a@h", -1, -1},
    {"unquoted words before <>", "A b c <sip:a@h>", "sip:a@h", -1, -1},
    {"empty name", "\"\"<sip:a@h>", "sip:a@h", -1, -1},
    {"another scheme", "<mailto:a@h>", "mailto:a@h", -1, -1},
    {"expires", "<sip:a@h>;Expires=0", "sip:a@h", 0, -1},
    {"blanks around signs", "<sip:a@h> ; expires = 7 ; q = 0.3", "sip:a@h", 7, 300},
    {"negative expires", "<sip:a@h>;expires=-1", "sip:a@h", 3600, -1},
    {"quoted expires", "<sip:a@h>;expires=\"60\"", "sip:a@h", 3600, -1},
    {"expires without value", "<sip:a@h>;expires", "sip:a@h", 3600, -1},
    {"expires with empty value", "<sip:a@h>;expires=", "sip:a@h", 3600, -1},
    {"highest expires", "<sip:a@h>;expires=4294967295", "sip:a@h", 4294967295, -1},
    {"expires too high", "<sip:a@h>;expires=280297596632815", "sip:a@h", 4294967295, -1},
    {"expires that overflows", "<sip:a@h>;expires=99999999999999999999999", "sip:a@h", 4294967295,
     -1},
    {"q of 1", "<sip:a@h>;q=1.000", "sip:a@h", -1, 1000},
    {"q of 0", "<sip:a@h>;q=0", "sip:a@h", -1, 0},
    {"q with a point only", "<sip:a@h>;q=0.", "sip:a@h", -1, 0},
    {"q with one decimal", "<sip:a@h>;q=0.7", "sip:a@h", -1, 700},
    {"q with three decimals", "<sip:a@h>;q=0.125", "sip:a@h", -1, 125},
};

static void
test_good(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        RollContact contact;
        g_test_message("%s", good[i].description);
        g_assert_true(roll_contact_read(roll_text(good[i].value), &contact));
        g_assert_cmpmem(contact.uri.text.ptr, contact.uri.text.len, good[i].uri,
                        strlen(good[i].uri));
        g_assert_cmpint(contact.expires, ==, good[i].expires);
        g_assert_cmpint(contact.q, ==, good[i].q);
        g_assert_false(contact.star);
    }
}

static const struct {
    const char *description;
    const char *value;
} bad[] = {
    {"empty", ""},
    {"a word", "None"},
    {"URI header outside <>", "sip:user@example.com?Route=%3Csip:sip.example.com%3E"},
    {"comma outside <>", "sip:a,b@h"},
    {"star with a parameter", "*;expires=0"},
    {"two expires", "<sip:a@h>;expires=1;expires=2"},
    {"two q", "<sip:a@h>;q=1;q=1"},
    {"q with four decimals", "<sip:a@h>;q=0.1234"},
    {"q above 1", "<sip:a@h>;q=1.1"},
    {"q of 2", "<sip:a@h>;q=2"},
    {"negative q", "<sip:a@h>;q=-0.5"},
    {"q without zero", "<sip:a@h>;q=.5"},
    {"q with a comma", "<sip:a@h>;q=0,5"},
    {"q without value", "<sip:a@h>;q"},
    {"port too high", "<sip:a@h:99999>"},
    {"blanks inside <>", "< sip:a@h >"},
    {"blanks in the URI", "sip:a b@h"},
    {"nothing inside <>", "<>"},
    {"bracket not closed", "<sip:a@h"},
    {"bracket not opened", "sip:a@h>"},
    {"quote not closed", "\"A <sip:a@h>"},
    {"quote in the words", "A \"b\" <sip:a@h>"},
    {"quote at the end", "<sip:a@h>;x=\""},
    {"backslash at the end", "<sip:a@h>;x=\"\\"},
    {"words behind <>", "<sip:a@h> x"},
    {"words behind a value", "<sip:a@h>;x=1 2"},
    {"semicolon at the end", "<sip:a@h>;"},
    {"parameter without name", "<sip:a@h>;=1"},
};

static void
test_bad(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        size_t len = strlen(bad[i].value);
        g_autofree char *tight = g_memdup2(bad[i].value, len ? len : 1);
        RollContact contact;
        g_test_message("%s", bad[i].description);
        g_assert_false(roll_contact_read((RollText){tight, len}, &contact));
    }
}

static void
test_star(void)
{
    RollContact contact;
    g_assert_true(roll_contact_read(ROLL_TEXT("*"), &contact));
    g_assert_true(contact.star);
    g_assert_null(contact.uri.text.ptr);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/contact/read/takes-the-raw-text", test_good);
    g_test_add_func("/contact/read/refuses-what-is-malformed", test_bad);
    g_test_add_func("/contact/read/star", test_star);
    return g_test_run();
}
