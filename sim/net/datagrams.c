/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IP_PKTINFO (ip(7)) names the source of each packet, so one socket can be at all the addresses of
 * the loopback network. It listens to all addresses of the machine then; who receives has to look
 * at the sender. */
#include "sim/net/datagrams.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Thousands of phones may answer to one event at once. */
#define BUFFER (8 << 20)

static bool
is_loopback(const struct sockaddr_in *address)
{
    return ntohl(address->sin_addr.s_addr) >> 24 == 127;
}

/* The address this machine has in the eyes of @peer. */
static bool
find_own(const struct sockaddr_in *peer, struct sockaddr_in *local)
{
    socklen_t len = sizeof *local;
    int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool found = probe >= 0 && connect(probe, (const struct sockaddr *)peer, sizeof *peer) == 0 &&
                 getsockname(probe, (struct sockaddr *)local, &len) == 0;
    if (probe >= 0)
        close(probe);
    local->sin_port = 0;
    return found;
}

int
sim_net_datagrams_open(const struct sockaddr_in *peer, struct sockaddr_in *local, GError **error)
{
    struct sockaddr_in own = {.sin_family = AF_INET};
    socklen_t len = sizeof own;
    int size = BUFFER;
    int on = 1;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || (!is_loopback(peer) && !find_own(peer, &own)) ||
        bind(fd, (struct sockaddr *)&own, sizeof own) < 0 ||
        getsockname(fd, (struct sockaddr *)&own, &len) < 0) {
        g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno),
                    "no UDP socket: %s; raise the limit of open files (ulimit -n)",
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    /* More than the system allows is a wish; without it less is. */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) < 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    *local = own;
    return fd;
}

bool
sim_net_datagrams_send(int fd, const struct sockaddr_in *peer, uint32_t source, const void *data,
                       size_t len)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
    } control;
    struct iovec part = {(void *)data, len};
    struct msghdr message = {
        .msg_name = (void *)peer, .msg_namelen = sizeof *peer, .msg_iov = &part, .msg_iovlen = 1};
    if (source != 0) {
        struct in_pktinfo info = {.ipi_spec_dst = {htonl(source)}};
        memset(&control, 0, sizeof control);
        control.header.cmsg_level = IPPROTO_IP;
        control.header.cmsg_type = IP_PKTINFO;
        control.header.cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(&control.header), &info, sizeof info);
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    return sendmsg(fd, &message, 0) == (ssize_t)len;
}

/* Since the system took the packet, by its own stamp; 0 without one. */
static int64_t
age_of(struct msghdr *message)
{
    struct timespec now;
    struct timespec then;
    struct cmsghdr *at = CMSG_FIRSTHDR(message);
    while (at != NULL && (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_TIMESTAMPNS))
        at = CMSG_NXTHDR(message, at);
    if (at == NULL)
        return 0;
    memcpy(&then, CMSG_DATA(at), sizeof then);
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t age = (int64_t)(now.tv_sec - then.tv_sec) * 1000000000 + now.tv_nsec - then.tv_nsec;
    /* Somebody may have set the clock meanwhile. */
    return CLAMP(age, 0, 1000000000);
}

size_t
sim_net_datagrams_receive(int fd, uint8_t *buffer, struct sockaddr_in *ret_from, int64_t *ret_age)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct timespec))];
    } control;
    struct iovec part = {buffer, SIM_NET_PACKET};
    struct msghdr message = {.msg_name = ret_from,
                             .msg_namelen = sizeof *ret_from,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t n = recvmsg(fd, &message, 0);
    *ret_age = n > 0 ? age_of(&message) : 0;
    return n > 0 ? (size_t)n : 0;
}
