#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall serve` under load and garbage for SOAK_SECONDS (60), with SOAK_RATE steps a second (200):
# it stays up, answers, and its memory stays flat. Every tenth of the time prints what it holds.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../scenarios";
use Run;
use Serve;
use Test::More;
use Time::HiRes qw(sleep time);

my $span  = $ENV{SOAK_SECONDS} || 60;
my $rate  = $ENV{SOAK_RATE}    || 200;
my $users = 200;
srand($ENV{SOAK_SEED} || 1);

my $tls = system("openssl req -x509 -newkey rsa:2048 -nodes -keyout $scratch/key.pem -out $scratch/cert.pem"
        . " -days 2 -subj /CN=localhost >$scratch/openssl 2>&1") == 0;
diag 'without TLS: no openssl' unless $tls;
spew("$scratch/users", join '', map { ha1_line("user$_", 'example.org', "secret$_") } 1 .. $users);
spew("$scratch/soak.conf", <<"CONF" . ($tls ? <<"TLS" : '') . <<'REST');
[serve]
listen          = udp:127.0.0.1:0
listen          = tcp:127.0.0.1:0
CONF
listen          = tls:127.0.0.1:0
certificate     = $scratch/cert.pem
private-key     = $scratch/key.pem
TLS
users           = users
store           = sqlite:location.db
metrics         = 127.0.0.1:0
message-timeout = 2s
idle-timeout    = 5s
[registrar]
domain          = example.org
REST
my $serve = start_serve({ PROGRAM => $release }, '--config', "$scratch/soak.conf")
    or BAIL_OUT($@);
my $udp = connect_udp($serve->{udp});
$udp->blocking(0);

sub noise { return join '', map { chr int rand 256 } 1 .. 1 + rand($_[0]) }

# A good request with bytes changed, cut off or doubled.
sub mangle {
    my ($text) = @_;
    my $times = 1 + int rand 6;
    for (1 .. $times) {
        my $at = int rand(length($text) || 1);
        my $what = int rand 4;
        substr($text, $at, 1) = chr int rand 256 if $what == 0;
        substr($text, $at, int rand 40) = '' if $what == 1;
        $text = substr($text, 0, $at) if $what == 2 && rand() < 0.3;
        substr($text, $at, 0) = substr($text, int rand(length($text) || 1), int rand 60) if $what == 3;
    }
    return $text;
}

sub any_user { return 1 + int rand $users }

sub any_request {
    my ($transport) = @_;
    my $user = any_user();
    my $aor  = "sip:user$user\@example.org";
    my @kinds = (
        sub { write_request('REGISTER', 'sip:example.org', to => $aor, contact => "<sip:u\@127.0.0.1:7>", transport => $transport) },
        sub { write_request('INVITE',    $aor, transport => $transport) },
        sub { write_request('OPTIONS',   $aor, transport => $transport) },
        sub { write_request('SUBSCRIBE', $aor, transport => $transport, contact => '<sip:w@127.0.0.1:8>',
                headers => ['Event: reg']) },
        sub { write_request('MESSAGE', $aor, transport => $transport, body => noise(200)) },
        sub { write_request('CANCEL', $aor, transport => $transport) },
    );
    return $kinds[ rand @kinds ]->();
}

my (@open, %answers);

# Connections that misbehave, each left open for a while.
sub misbehave {
    my ($port, $transport) = @_;
    my $socket = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $port) or return;
    $socket->blocking(0);
    my @manners = (
        sub { },
        sub { syswrite $socket, noise(3000) },
        sub { my $text = any_request($transport); syswrite $socket, substr $text, 0, rand length $text },
        sub { syswrite $socket, join '', map { any_request($transport) } 1 .. 50 },
        sub { syswrite $socket, "\r\n\r\n" x 200 },
        sub { syswrite $socket, mangle(any_request($transport)) },
        sub { syswrite $socket, "REGISTER sip:example.org SIP/2.0\r\nX: " . 'x' x 70000 },
        sub { syswrite $socket, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" . noise(200) },
    );
    $manners[ rand @manners ]->();
    push @open, $socket;
    shift @open if @open > 60;
    return;
}

# A whole registration, with its password, over UDP or TCP.
sub behave {
    my $user   = any_user();
    my $socket = rand() < 0.5 ? connect_udp($serve->{udp}) : connect_tcp($serve->{tcp});
    my $answer = register($socket, "user$user", "secret$user",
        transport => $socket->socktype == Socket::SOCK_STREAM() ? 'TCP' : 'UDP',
        expires => rand() < 0.2 ? 0 : 600, id => "soak-$user");
    $answers{ substr($answer, 8, 3) || 'none' }++;
    return;
}

sub step {
    my $what = rand;
    if ($what < 0.06)      { behave() }
    elsif ($what < 0.12)   { misbehave($serve->{tcp}, 'TCP') }
    elsif ($what < 0.15)   { misbehave($serve->{tls}, 'TLS') if $tls }
    elsif ($what < 0.35)   { syswrite $udp, noise(800) }
    elsif ($what < 0.60)   { syswrite $udp, mangle(any_request('UDP')) }
    elsif ($what < 0.65)   { syswrite $udp, "\x00\x01\x00\x00\x21\x12\xa4\x42" . 'twelve bytes' }
    elsif ($what < 0.66)   { http_get($serve->{metrics}, '/metrics') }
    else                   { syswrite $udp, any_request('UDP') }
    while (sysread $udp, my $got, 65536) { }
    return;
}

my ($start, $steps, $said) = (time, 0, 0);
my @memory = ([0, rss_kib($serve)]);
while ((my $now = time - $start) < $span) {
    if ($now >= ($said + 1) * $span / 10) {
        $said++;
        push @memory, [$now, rss_kib($serve)];
        diag sprintf '%5.0f s  %6d steps  %6d KiB', $now, $steps, $memory[-1][1];
    }
    if ($steps > $now * $rate) { sleep 0.005; next }
    step();
    $steps++;
}
push @memory, [$span, rss_kib($serve)];
diag "answers to whole registrations: @{[map { qq{$_ x $answers{$_}} } sort keys %answers]}";
my ($head, $metrics) = http_get($serve->{metrics}, '/metrics');
diag join "\n", grep { !/^#/ && !/ 0$/ } split /\n/, $metrics;

ok(kill(0, $serve->{pid}), 'still there');
cmp_ok(($answers{200} // 0), '>', 0, 'registrations were taken');
cmp_ok(($answers{none} // 0), '<=', 0.02 * ($answers{200} // 0), 'and hardly one was left without an answer');
like((http_get($serve->{metrics}, '/health'))[1], qr/\Aok/, 'healthy');
# What grows with each message would be there after the first third, too.
my ($early) = map { $_->[1] } grep { $_->[0] >= $span / 3 } @memory;
cmp_ok($memory[-1][1] - $early, '<', 4096 + 0.1 * $early, 'memory is flat after the first third')
    or diag join ' ', map { $_->[1] } @memory;
@open = ();
is(stop_serve($serve), 0, 'stops when it is told to');
my $log = slurp($serve->{log});
unlike($log, qr/Sanitizer|CRITICAL|WARNING \*\*/, 'nothing broke') or diag $log;
done_testing;
