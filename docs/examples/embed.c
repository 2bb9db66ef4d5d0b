/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A registrar over UDP in sixty lines: the core in a program's own loop. It has no clock and no
 * socket, so the loop tells it the time, hands it what came in and sends what it wants sent.
 *
 *   cc embed.c -o embed $(pkg-config --cflags --libs roll) && ./embed example.org 127.0.0.1 5060 */
#include <arpa/inet.h>
#include <poll.h>
#include <rollcall/rollcall.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static RollTime
get_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * ROLL_SECOND + now.tv_nsec / 1000;
}

static void
receive(int socket, RollRegistrar *registrar, RollOutbox *outbox)
{
    static uint8_t data[65536];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t len = recvfrom(socket, data, sizeof data, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
    if (len < 0)
        return;
    RollPacket packet = {.data = data, .len = (size_t)len};
    packet.peer = (RollEndpoint){.family = 4, .port = ntohs(from.sin_port)};
    memcpy(packet.peer.address, &from.sin_addr, 4);
    roll_registrar_receive(registrar, get_time(), &packet, outbox);
}

static void
send_all(int socket, RollOutbox *outbox)
{
    for (size_t i = 0; i < roll_outbox_count(outbox); i++) {
        RollPacket packet = roll_outbox_get(outbox, i);
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(packet.peer.port)};
        memcpy(&to.sin_addr, packet.peer.address, 4);
        sendto(socket, packet.data, packet.len, 0, (struct sockaddr *)&to, sizeof to);
    }
    roll_outbox_clear(outbox);
}

int
main(int argc, char **argv)
{
    struct sockaddr_in own = {.sin_family = AF_INET};
    struct pollfd poller = {.fd = socket(AF_INET, SOCK_DGRAM, 0), .events = POLLIN};
    if (argc != 4 || inet_pton(AF_INET, argv[2], &own.sin_addr) != 1)
        return fprintf(stderr, "Usage: embed DOMAIN ADDRESS PORT\n"), 2;
    own.sin_port = htons((uint16_t)atoi(argv[3]));
    RollConfig config = roll_config_default(); /* everybody may register: see config.lookup */
    config.domains = (const char *const[]){argv[1], NULL};
    config.epoch = time(NULL) - get_time() / ROLL_SECOND;
    if (getentropy(config.key, sizeof config.key) || bind(poller.fd, (void *)&own, sizeof own))
        return perror("embed"), 1;
    RollRegistrar *registrar = roll_registrar_new(&config);
    RollOutbox *outbox = roll_outbox_new();
    for (;;) {
        RollTime left = roll_registrar_next_wake(registrar) - get_time();
        poll(&poller, 1, (int)CLAMP((left + 999) / 1000, 0, 60000));
        roll_registrar_wake(registrar, get_time(), outbox);
        receive(poller.fd, registrar, outbox);
        send_all(poller.fd, outbox);
    }
}
