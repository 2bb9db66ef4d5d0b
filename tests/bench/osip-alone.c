/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What libosip2 alone needs for messages: `osip-alone` reads them from stdin, each ended by a NUL,
 * and prints for each the microseconds of processor that making an osip_message_t, parsing into it
 * and freeing it take. osip_message_parse() reads the start line, all header fields that libosip2
 * knows into their structures, Authorization among them, and the body. */
#include <osipparser2/osip_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 65536, ROUNDS = 50000 };

static double
now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
parse(const char *text, size_t len)
{
    osip_message_t *message;
    if (osip_message_init(&message) != 0 || osip_message_parse(message, text, len) != 0) {
        fputs("osip-alone: libosip2 does not read this\n", stderr);
        exit(1);
    }
    osip_message_free(message);
}

int
main(void)
{
    static char room[MOST];
    size_t len = fread(room, 1, sizeof room - 1, stdin);
    parser_init();
    for (char *text = room; text < room + len; text += strlen(text) + 1) {
        size_t size = strlen(text);
        double began = now_s();
        for (int i = 0; i < ROUNDS; i++)
            parse(text, size);
        printf("%.4f\n", 1e6 * (now_s() - began) / ROUNDS);
    }
    return 0;
}
