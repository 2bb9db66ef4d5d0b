#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall fuzz`: core and model agree in 20,000 sequences, through both doors, and the same seed
# gives the same sequences. With ROLLCALL_BROKEN, a program whose core breaks a rule, the difference
# is found, is short, and can be replayed. Over the network there is none to the example server, one
# to a server that lists nothing, and a line about one that says nothing.
use strict;
use warnings;
use File::Temp ();
use FindBin;
use IO::Socket::INET;
use Test::More;

my $program = $ENV{ROLLCALL} or plan skip_all => 'ROLLCALL is not set';
my $scratch = File::Temp::tempdir(CLEANUP => 1);

sub fuzz {
    my ($binary, @arguments) = @_;
    my $child = open(my $in, '-|') // die "fork: $!";
    if ($child == 0) {
        open STDERR, '>', "$scratch/stderr" or die;
        exec $binary, @arguments or die "$binary: $!";
    }
    my $out = do { local $/; <$in> } // '';
    close $in;
    return ($? >> 8, $out);
}

my ($status, $out) = fuzz($program, 'fuzz', '--count', 20000);
is($status, 0, '20,000 sequences, SIP text') or diag($out);
my ($messages) = $out =~ /^20000 sequences, (\d+) messages: no difference/m;
cmp_ok($messages // 0, '>', 100000, 'most of them have several messages');

($status, $out) = fuzz($program, 'fuzz', '--count', 5000, '--link', 'direct', '--seed', 2);
is($status, 0, '5,000 sequences, decoded') or diag($out);
my (undef, $again) = fuzz($program, 'fuzz', '--count', 5000, '--seed', 2);
s/ \([\d.]+ s\)// for $out, $again;
is($again, $out, 'the same seed sends the same messages');

for my $case (['--count', 0], ['--seed', -1], ['--first', 4294967296], ['--link', 'carrier'], ['file'],
    ['--to', 'udp:127.0.0.1'], ['--to', 'udp:127.0.0.1:1', '--link', 'wire'], ['--domain', 'example.org'],
    ['--max-bindings', 0], ['--min-expires', 3601], ['--default-expires', 59]) {
    my ($status, $out) = fuzz($program, 'fuzz', @$case);
    is($status, 2, "fuzz @$case is refused");
    is($out, '', "fuzz @$case prints nothing");
}

sub start {
    my ($serve) = @_;
    my $child = fork // die "fork: $!";
    return $child if $child;
    $serve->();
    exit 1;
}

sub stop {
    my ($child) = @_;
    kill 'TERM', $child;
    waitpid $child, 0;
}

sub open_socket { return IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1') // die "socket: $!" }

sub to { return ('--to', "udp:127.0.0.1:" . $_[0], '--domain', 'example.org') }

SKIP: {
    my $top = "$FindBin::Bin/../..";
    my $flags = 'pkg-config --cflags --libs glib-2.0 libosip2 nettle';
    system("cc -std=gnu11 -D_GNU_SOURCE -I$top -I$top/include $top/docs/examples/embed.c $top/src/*.c"
        . " \$($flags) -o $scratch/embed 2>$scratch/stderr") == 0
        or skip('the example server cannot be built here', 3);
    my $free = open_socket();
    my $port = $free->sockport;
    close $free;
    my $server = start(sub { exec "$scratch/embed", 'example.org', '127.0.0.1', $port });
    my ($status, $out);
    for (1 .. 50) {
        ($status, $out) = fuzz($program, 'fuzz', to($port));
        last if $status != 2;
        select undef, undef, undef, 0.1;
    }
    is($status, 0, '200 sequences to the example server') or diag($out);
    like($out, qr/^200 sequences, \d+ messages: no difference between server and model/, 'are counted');
    ($status) = fuzz($program, 'fuzz', to($port));
    is($status, 0, 'and once more: what the first run left is not met');
    stop($server);
}

# A server that says yes and does nothing.
my $socket = open_socket();
my $server = start(sub {
    while (my $peer = $socket->recv(my $request, 65536)) {
        my $same = join "\r\n", grep { /^(Via|From|To|Call-ID|CSeq):/ } split /\r\n/, $request;
        $socket->send("SIP/2.0 200 OK\r\n$same\r\nContent-Length: 0\r\n\r\n", 0, $peer);
    }
});
($status, $out) = fuzz($program, 'fuzz', to($socket->sockport));
is($status, 1, 'a server that binds nothing differs');
like($out, qr/^# Server and model differ .* shrunk to 1 messages/, 'in one message');
open my $file, '>', "$scratch/server.ini" or die;
print $file $out;
close $file;
is((fuzz($program, 'check', "$scratch/server.ini"))[0], 0, 'which holds for the core');
stop($server);

# Nobody reads from the socket any more.
($status, $out) = fuzz($program, 'fuzz', to($socket->sockport));
is($status, 2, 'a server that does not answer');
open my $said, '<', "$scratch/stderr" or die;
is(join('', <$said>), 'rollcall: udp:127.0.0.1:' . $socket->sockport . " does not answer\n", 'is told in a line');

if (my $broken = $ENV{ROLLCALL_BROKEN}) {
    my ($status, $out) = fuzz($broken, 'fuzz', '--count', 20000);
    is($status, 1, 'a broken core differs');
    my ($n) = $out =~ /shrunk to (\d+) messages/;
    cmp_ok($n // 99, '<=', 4, 'in at most 4 messages') or diag($out);
    open my $file, '>', "$scratch/difference.ini" or die;
    print $file $out;
    close $file;
    is((fuzz($broken, 'check', "$scratch/difference.ini"))[0], 1, 'which show it again');
    is((fuzz($program, 'check', "$scratch/difference.ini"))[0], 0, 'and hold for the right core');
}

done_testing;
