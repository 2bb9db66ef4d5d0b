#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# libroll as others get it: installed in a prefix of its own, found with pkg-config, built into the
# example, which then answers a REGISTER; and what the shared library exports.
use strict;
use warnings;
use FindBin;
use File::Find;
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use Test::More;

my $top = "$FindBin::Bin/../..";
my $scratch = tempdir(CLEANUP => 1);
my $prefix = "$scratch/prefix";

for my $tool (qw(meson ninja pkg-config nm cc)) {
    plan skip_all => "there is no $tool" if system("command -v $tool >/dev/null 2>&1") != 0;
}

sub succeeds {
    my ($name, $command) = @_;
    my $said = qx(($command) 2>&1);
    my $good = ok($? == 0, $name);
    diag($said) unless $good;
    return $good;
}

# Only the library is made and installed, not the program.
succeeds('meson setup', "meson setup $scratch/build $top --prefix=$prefix --libdir=lib -Dbuildtype=debugoptimized")
    or BAIL_OUT('no build');
succeeds('the library is built', "meson compile -C $scratch/build roll:static_library roll:shared_library")
    or BAIL_OUT('no library');
succeeds('meson install', "meson install -C $scratch/build --no-rebuild --tags devel,library")
    or BAIL_OUT('not installed');

# --- what is there
ok(-f "$prefix/lib/libroll.a", 'the static library');
ok(-l "$prefix/lib/libroll.so", 'the name to link with');
ok(-e "$prefix/lib/libroll.so.0", 'the name to run with');
like(qx(objdump -p $prefix/lib/libroll.so), qr/SONAME\s+libroll\.so\.0$/m, 'its soname has the ABI version');
# The server and its stores belong to the program.
my @headers = grep { !/^(?:server|store)\.h$/ } map { s{.*/}{}r } glob "$top/include/rollcall/*.h";
is_deeply([map { s{.*/}{}r } glob "$prefix/include/rollcall/*.h"], \@headers, 'every header');

# --- what is exported: the functions of the headers, and nothing else
my %exported = map { /^(\w+)@@?ROLL_0$/ ? ($1 => 1) : /^ROLL_0/ ? () : ("?$_" => 1) }
    map { (split)[-1] } split /\n/, qx(nm -D --defined-only $prefix/lib/libroll.so);
my %declared;
for my $header (glob "$prefix/include/rollcall/*.h") {
    open my $in, '<', $header or die "$header: $!";
    my $text = do { local $/; <$in> };
    $text =~ s{/\*.*?\*/}{}gs;
    $text =~ s/^static inline.*?^\}//gms;
    $declared{$1} = 1 while $text =~ /\b(roll_\w+)\s*\([^;{}]*\)\s*;/g;
}
delete @declared{grep { /^roll_\w+_t$/ } keys %declared};
is_deeply([sort keys %exported], [sort keys %declared], 'what the headers declare is exported, nothing else');
is(join(' ', grep { !/^roll_/ } keys %exported), '', 'no name outside roll_*');

# --- the example
$ENV{PKG_CONFIG_PATH} = join ':', "$prefix/lib/pkgconfig", $ENV{PKG_CONFIG_PATH} // ();
succeeds('pkg-config knows roll', 'pkg-config --exists --print-errors roll');
succeeds('each header stands alone',
    join ' && ', map { "echo '#include <rollcall/$_>' | cc -Wall -Werror -fsyntax-only -x c \$(pkg-config --cflags roll) -" } @headers);
succeeds('the example compiles',
    "cc -Wall -Wextra -Werror -Wno-missing-field-initializers $top/docs/examples/embed.c -o $scratch/embed \$(pkg-config --cflags --libs roll)");
succeeds('and with the static library',
    "cc $top/docs/examples/embed.c -o $scratch/embed-static \$(pkg-config --cflags roll) $prefix/lib/libroll.a \$(pkg-config --libs glib-2.0 nettle libosip2)");

# A port that nobody has; it is free again when the probe is closed.
sub free_port {
    my $probe = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1', LocalPort => 0)
        or die "no socket: $!";
    return $probe->sockport;
}

# Sends a REGISTER until somebody answers: the program may still be starting.
sub register {
    my ($port) = @_;
    my $socket = IO::Socket::INET->new(Proto => 'udp', PeerAddr => '127.0.0.1', PeerPort => $port)
        or die "no socket: $!";
    my $own = $socket->sockport;
    my $request = join "\r\n", 'REGISTER sip:example.org SIP/2.0',
        "Via: SIP/2.0/UDP 127.0.0.1:$own;branch=z9hG4bK-embed;rport", 'Max-Forwards: 70',
        'From: <sip:alice@example.org>;tag=1', 'To: <sip:alice@example.org>', 'Call-ID: embed',
        'CSeq: 1 REGISTER', "Contact: <sip:alice\@127.0.0.1:$own>", 'Expires: 600',
        'Content-Length: 0', '', '';
    for (1 .. 50) {
        $socket->send($request);
        next unless IO::Select->new($socket)->can_read(0.2);
        my $reply;
        return $reply if defined $socket->recv($reply, 65536);
        select undef, undef, undef, 0.1;    # nobody was there: the error came at once
    }
    return '';
}

for my $program ('embed', 'embed-static') {
    my $port = free_port();
    my $child = fork // die "fork: $!";
    if ($child == 0) {
        $ENV{LD_LIBRARY_PATH} = "$prefix/lib";
        exec "$scratch/$program", 'example.org', '127.0.0.1', $port or die "exec: $!";
    }
    my $reply = register($port);
    kill TERM => $child;
    waitpid $child, 0;
    like($reply, qr{^SIP/2\.0 200 OK\r\n}, "$program answers a REGISTER");
    like($reply, qr{^Contact: <sip:alice\@127\.0\.0\.1:\d+>;expires=600\r$}m, 'and lists the contact');
}
done_testing;
