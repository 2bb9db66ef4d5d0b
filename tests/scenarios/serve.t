#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall serve` as a user starts it: with nothing, with a configuration, with mistakes in it; and
# that what it says tells nobody what he is not to know.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Serve;
use Test::More;

sub header {
    my ($text, $name) = @_;
    return $text =~ /^\Q$name\E: ([^\r]*)/mi ? $1 : '';
}

sub challenge_nonce { return header($_[0], 'WWW-Authenticate') =~ /nonce="([^"]*)"/ ? $1 : '' }

# With no arguments.
SKIP: {
    my %env = (XDG_STATE_HOME => "$scratch/state", STATE_DIRECTORY => '');
    my $serve = start_serve({%env});
    skip "port 5060 is taken: $@", 6 if !$serve && $@ =~ /in use/;
    ok($serve, 'starts with no arguments') or BAIL_OUT($@);
    is("$serve->{udp} $serve->{tcp}", '5060 5060', 'on udp and tcp port 5060');
    my $udp = connect_udp(5060);
    like(register($udp, 'alice', undef, domain => 'localhost'), qr{\ASIP/2.0 200}, 'takes a REGISTER');
    is(stop_serve($serve), 0, 'stops');
    ok(-s "$scratch/state/rollcall/location.db", 'the records are in the state directory');
    $serve = start_serve({%env}) or skip 'the port was taken meanwhile', 1;
    like(ask(connect_tcp(5060), write_request('INVITE', 'sip:alice@localhost', transport => 'TCP')),
        qr{\ASIP/2.0 302.*sip:alice\@127.0.0.1:5999}s, 'and there after a restart');
    stop_serve($serve);
}

# With users, every log line there is.
my $users = join '', ha1_line('alice', 'example.org', 'alices secret'), ha1_line('bob', 'example.org', 'bobs secret');
spew("$scratch/users", $users);
my $tls = "$top/tests/data/loopback.pem";
spew("$scratch/whole.conf", <<"CONF");
[registrar]
domain = example.org
[serve]
listen      = udp:127.0.0.1:0
listen      = tcp:127.0.0.1:0
listen      = tls:127.0.0.1:0
users       = users
store       = memory
certificate = $tls
private-key = $tls
metrics     = 127.0.0.1:0
log-level   = debug
CONF
my $serve = start_serve({}, '--config', 'whole.conf') or BAIL_OUT($@);
my $udp = connect_udp($serve->{udp});
my $good = register($udp, 'alice', 'alices secret');
like($good, qr{\ASIP/2.0 200}, 'the right password');
my ($wrong, $unknown) = (register($udp, 'bob', 'a wrong one'), register($udp, 'mallory', 'a wrong one'));
like($wrong, qr{\ASIP/2.0 401}, 'a wrong one');

# What a request brings with it, and chance.
sub bare {
    my ($text) = @_;
    $text =~ s/\b(?:bob|mallory)\b/USER/g;
    $text =~ s/\b(branch|tag|nonce|rport)=[^;,\r]*/$1/g;
    $text =~ s/^(CSeq|Call-ID): .*?$/$1/mg;
    return $text;
}
same_text(bare($unknown), bare($wrong), 'a user who is unknown gets the answer that a wrong password gets');
same_text(
    bare(ask($udp, write_request('INVITE', 'sip:mallory@example.org'))),
    bare(ask($udp, write_request('INVITE', 'sip:bob@example.org'))),
    'and who calls him what he gets who calls one without a record'
);
like(register($udp, 'bob', 'alices secret', username => 'alice'), qr{\ASIP/2.0 403}, 'nobody registers for another');

# The two rounds of a REGISTER and its bytes once more.
my $replay = do {
    my $first = ask($udp, write_request('REGISTER', 'sip:example.org', to => 'sip:alice@example.org', id => 'replay'));
    my $line  = Serve::authorize($first, 'REGISTER', 'sip:example.org', 'alice', 'alices secret');
    my %with  = (to => 'sip:alice@example.org', id => 'replay', headers => [$line]);
    my $taken = ask($udp, write_request('REGISTER', 'sip:example.org', cseq => 2, %with));
    like($taken, qr{\ASIP/2.0 200}, 'credentials once');
    ask($udp, write_request('REGISTER', 'sip:example.org', cseq => 3, %with));
};
like($replay, qr{\ASIP/2.0 401.*stale=true}si, 'the same credentials twice are stale');

# Registration events (RFC 3680).
{
    my %with = (contact => '<sip:watcher@127.0.0.1:5998>', headers => ['Event: reg'], id => 'watch', expires => 600);
    my $tcp  = connect_tcp($serve->{tcp});
    my $asked = ask($tcp, write_request('SUBSCRIBE', 'sip:alice@example.org', transport => 'TCP', %with));
    like($asked, qr{\ASIP/2.0 401}, 'a SUBSCRIBE is asked who it is from');
    my $line = Serve::authorize($asked, 'SUBSCRIBE', 'sip:alice@example.org', 'alice', 'alices secret');
    push @{ $with{headers} }, $line;
    my %other = (%with, to => 'sip:alice@example.org', id => 'watch-bob');
    my $theirs = ask($tcp, write_request('SUBSCRIBE', 'sip:bob@example.org', transport => 'TCP', %other,
        headers => ['Event: reg']));
    my $mine = Serve::authorize($theirs, 'SUBSCRIBE', 'sip:bob@example.org', 'alice', 'alices secret');
    like(ask($tcp, write_request('SUBSCRIBE', 'sip:bob@example.org', transport => 'TCP', %other, cseq => 2,
        headers => [ 'Event: reg', $mine ])), qr{\ASIP/2.0 403}, 'and not told of somebody else');
    syswrite $tcp, write_request('SUBSCRIBE', 'sip:alice@example.org', transport => 'TCP', cseq => 2, %with);
    my $both = '';
    for (1 .. 4) {
        last if $both =~ m{SIP/2.0 200.*NOTIFY .*</reginfo>}s;
        $both .= message_of($tcp, 5);
    }
    like($both, qr{SIP/2.0 200.*NOTIFY .*sip:alice\@127.0.0.1:5999.*</reginfo>}s, 'the alices are told');
}

# HTTP.
my ($head, $body) = http_get($serve->{metrics}, '/health');
like("$head $body", qr{\AHTTP/1.1 200 .* ok$}s, '/health');
($head, $body) = http_get($serve->{metrics}, '/metrics');
like($body, qr/^rollcall_bindings 1$/m, '/metrics counts records');
like($body, qr/^rollcall_answered_total\{class="4xx"\} [1-9]/m, 'and answers');
is(scalar(grep { !/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{[^}]*\})? \d+)$/ } split /\n/, $body), 0, 'in the form of Prometheus');

# Something broken, so that the log speaks of it.
syswrite connect_tcp($serve->{tcp}), "\e[31mred\r\n\r\n";
syswrite $udp, "REGISTER sip:example.org SIP/2.0\r\nAuthorization: Digest username=\"a\nb\"\r\n\r\n";
wait_log($serve, qr/stream-broken/);

# SIGHUP.
spew("$scratch/users", $users . ha1_line('carol', 'example.org', 'carols secret'));
kill HUP => $serve->{pid};
like(wait_log($serve, qr/reloaded what=certificate/), qr/reloaded what=users.*reloaded what=certificate/s,
    'SIGHUP reads users and certificate');
like(register($udp, 'carol', 'carols secret'), qr{\ASIP/2.0 200}, 'who is new may register');
spew("$scratch/users", "alice:example.org:nothing\n");
kill HUP => $serve->{pid};
like(wait_log($serve, qr/reload-failed/), qr/reload-failed what=users reason="?[^\n]*users:1/, 'a mistake in it is told');
like(register($udp, 'carol', 'carols secret'), qr{\ASIP/2.0 200}, 'and leaves what was');
is(stop_serve($serve), 0, 'SIGTERM stops it');

my $log = slurp($serve->{log});
like($log, qr/ info stopped\n\z/, 'which is its last line');
is(scalar(grep { !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?:error|warning|info|debug) \S/ } split /\n/, $log), 0,
    'every line begins alike');
unlike($log, qr/[^\x20-\x7e\n]/, 'nothing a terminal would obey is in it');
my @secrets = ('secret', 'a wrong one', map({ (split /:/)[2] } split /\n/, $users), challenge_nonce($wrong), challenge_nonce($unknown));
unlike($log, qr/\Q$_\E/, 'nor a password, a hash or a nonce') for @secrets;
unlike($log, qr/response=|cnonce|Authorization/i, 'nor credentials');

# IPv6.
SKIP: {
    my $wide = start_serve({}, '--listen', 'udp:[::1]:0', '--listen', 'tcp:[::1]:0', '--store', 'memory');
    skip 'no IPv6 here', 3 if !$wide && $@ =~ /assign|support/i;
    ok($wide, 'listens on IPv6') or BAIL_OUT($@);
    my $udp6 = connect_udp($wide->{udp}, '::1');
    like(register($udp6, 'alice', undef, domain => '[::1]', contact => '<sip:alice@[::1]:5999>'), qr{\ASIP/2.0 200},
        'udp');
    like(ask(connect_tcp($wide->{tcp}, '::1'), write_request('INVITE', 'sip:alice@[::1]', transport => 'TCP')),
        qr{\ASIP/2.0 302.*sip:alice\@\[::1\]:5999}s, 'tcp');
    stop_serve($wide);
}

# JSON.
my $json = start_serve({}, '--listen', 'udp:127.0.0.1:0', '--store', 'memory', '--set', 'serve.log=json') or BAIL_OUT($@);
stop_serve($json);
my @objects = map { eval { JSON::PP->new->decode($_) } } split /\n/, slurp($json->{log});
is(join(' ', map { $_->{event} } @objects), 'listening ready stopped', 'a log in JSON');

# Mistakes.
spew("$scratch/bad-users", "# who\nalice:example.org:tooshort\n");
spew("$scratch/twice-users", ha1_line('alice', 'example.org', 'a') x 2);
spew("$scratch/no-serve.conf", "[scenario]\nduration = 1h\n");
my @files = (
    [ "[serve]\nlisen = udp:127.0.0.1:0\n",              qr/:2: .*lisen.*listen/ ],
    [ "[serve]\nlisten = upd:127.0.0.1:0\n",             qr/:2: .*upd/ ],
    [ "[serve]\nlisten = udp:localhost:0\n",             qr/:2: .*localhost/ ],
    [ "[serve]\nmetrics = here\n",                       qr/:2: / ],
    [ "[serve]\nmessage-timeout = 10\n",                 qr/:2: .*10/ ],
    [ "[serve]\nrate-per-source = 7\n",                  qr/:2: / ],
    [ "[serve]\nstore = sqllite:x.db\n",                 qr/:2: .*sqlite/ ],
    [ "[serve]\nlog = xml\n",                            qr/:2: .*xml/ ],
    [ "[serv]\nlisten = udp:127.0.0.1:0\n",              qr/:1: .*serv/ ],
    [ "[serve]\nlisten = tls:127.0.0.1:0\n",             qr/certificate/ ],
);
for (@files) {
    my ($text, $wanted) = @$_;
    spew("$scratch/bad.conf", $text);
    my ($code, $out, $err) = run($program, 'serve', '--config', 'bad.conf');
    my ($line) = $text =~ /\n(.*)\n/;
    is($code, 2, "$line: exit 2");
    one_line($err, $wanted, $line);
}
my @here = ('--listen', 'udp:127.0.0.1:0', '--store', 'memory');
for ([ [ '--listen', 'udp:0.0.0.0:0', '--store', 'memory' ], qr/who may register/ ],
    [ [ @here, '--users', 'nowhere' ],                       qr/nowhere/ ],
    [ [ @here, '--users', 'bad-users' ],                     qr/bad-users:2/ ],
    [ [ @here, '--users', 'twice-users' ],                   qr/twice-users:2.*line 1/ ],
    [ [ @here, '--set', 'registrar.auth=digest' ],           qr/who may register/ ],
    [ [ '--listen', 'udp:127.0.0.1:0', '--store', 'sqlite:/nowhere/x.db' ], qr{/nowhere} ],
    [ [ '--config', 'no-serve.conf' ],                       qr/no \[serve\]|no-serve/ ],
    [ [ '--config', 'absent.conf' ],                         qr/absent.conf/ ]) {
    my ($words, $wanted) = @$_;
    my ($code, $out, $err) = run($program, 'serve', @$words);
    is($code, 2, "@$words: exit 2");
    one_line($err, $wanted, "@$words");
}
done_testing;
