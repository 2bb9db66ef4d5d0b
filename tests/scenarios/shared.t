#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Several servers with the records in one Redis: what one is told, the other knows. Without Redis
# they say so, and when it is back with its file they go on by themselves.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Redis;
use Run;
use Serve;
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'no redis-server here' unless find_redis();
my $redis = start_redis();

sub serve_at {
    my ($store, @options) = @_;
    return start_serve({}, '--listen', 'udp:127.0.0.1:0', '--domain', 'example.org', '--store', $store,
        '--set', 'serve.metrics=127.0.0.1:0', @options) // die $@;
}
my @serve = map { serve_at("redis:$_") } "127.0.0.1:$redis->{port}", $redis->{socket};
my ($one, $two) = map { connect_udp($_->{udp}) } @serve;

sub status { return $_[0] =~ m{\ASIP/2.0 (\d+)} ? $1 : 'none' }
sub call { return ask($_[0], write_request('INVITE', "sip:$_[1]\@example.org")) }

# Until both answer as they do with a store.
sub await_store {
    my ($socket) = @_;
    for (1 .. 600) {
        return if status(call($socket, 'nobody')) == 480;
        sleep 0.02;
    }
    return;
}
await_store($_) for $one, $two;

# --- one location service
is(status(register($one, 'bob', undef, cseq => 1)), 200, 'registered at one');
my $found = call($two, 'bob');
is(status($found), 302, 'found at the other');
like($found, qr/^Contact: <sip:bob\@127\.0\.0\.1:5999>/m, 'with its contact');
my $refused = register($two, 'bob', undef, cseq => 1, expires => 60);
is(status($refused), 500, 'the other refuses a CSeq that is not higher (RFC 3261 section 10.3, step 7)');
like(call($one, 'bob'), qr/;expires=(?:59\d|600)/, 'and nothing changed');
my $refreshed = register($two, 'bob', undef, cseq => 2, expires => 300);
is(status($refreshed), 200, 'refreshed at the other');
like(call($one, 'bob'), qr/^Contact: <sip:bob\@127\.0\.0\.1:5999>[^\r]*;expires=(?:29\d|300)\r/m, 'and the first knows');
is(status(register($two, 'bob', undef, cseq => 1, id => 'second', contact => '<sip:b2@127.0.0.1:5999>;q=0.5')), 200,
    'a second contact by the other');
my $all = register($one, 'bob', undef, cseq => 3, contact => undef, expires => undef);
is(scalar(() = $all =~ /<sip:b(?:ob|2)\@127\.0\.0\.1:5999>/g), 2, 'the first lists both');
is(status(register($one, 'bob', undef, cseq => 4, contact => '*', expires => 0, id => 'second')), 200,
    'all are removed at the first');
is(status(call($two, 'bob')), 480, 'and the other finds none');
is(ask_redis($redis, 'KEYS', 'rollcall:{sip:bob@*'), '', 'Redis keeps no text, and no claim, for nothing');

# --- the same address-of-record at both at once: each request as if it were alone
{
    my @want;
    for my $i (1 .. 14) {
        my $socket = $i % 2 ? $one : $two;
        my $text = write_request('REGISTER', 'sip:example.org', to => 'sip:busy@example.org', id => "busy-$i",
            contact => "<sip:c$i\@127.0.0.1:5999>", expires => 500);
        syswrite $socket, $text;
        push @want, [$socket, $text];
    }
    my @got;
    for my $i (1 .. 14) {
        my ($socket, $text) = @{ $want[$i - 1] };
        my $got = status(ask($socket, $text));
        # The other had it too long; as Retry-After says.
        for my $try (1 .. 20) {
            last if $got != 503;
            $got = status(ask($socket, $text =~ s/branch=\w+/$&x$try/r));
        }
        push @got, $got;
    }
    is(scalar(grep { $_ != 200 } @got), 0, 'fourteen at once are all taken') or diag "@got";
    my $list = register($one, 'busy', undef, contact => undef, expires => undef);
    is(scalar(() = $list =~ /<sip:c\d+\@/g), 14, 'none got lost') or diag map { slurp($_->{log}) } @serve;
}

# --- when it expires
is(status(register($one, 'short', undef, cseq => 1, expires => 600)), 200, 'one of ten minutes');
my $left = ask_redis($redis, 'PTTL', 'rollcall:{sip:short@example.org}');
cmp_ok($left, '>',  500_000, 'Redis lets it go when the record expires');
cmp_ok($left, '<=', 601_000, 'and not later');
{
    # A text that Redis has kept longer than the record lasts.
    my $text = ask_redis($redis, '--raw', 'GET', 'rollcall:{sip:short@example.org}') . "\n";
    my $past = $text =~ s/\t(\d{16})\t(\d{16})\t/"\t$1\t" . ($1 - 1) . "\t"/er;
    isnt($past, $text, 'its text can be read');
    ask_redis($redis, 'SET', 'rollcall:{sip:short@example.org}', $past);
    is(status(call($two, 'short')), 480, 'an expired record is none, by the clock of the server');
}

# --- a value that is none of ours
ask_redis($redis, 'SET', 'rollcall:{sip:odd@example.org}', 'what is this');
is(status(register($one, 'odd', undef)), 503, 'a damaged text is not overwritten');
is(ask_redis($redis, 'GET', 'rollcall:{sip:odd@example.org}'), 'what is this', 'it stays');
like(wait_log($serve[0], qr/record-failed/), qr/record-failed.*sip:odd\@example\.org.*none that rollcall writes/, 'it is told');
ask_redis($redis, 'DEL', 'rollcall:{sip:odd@example.org}');

# --- somebody else's claim
ask_redis($redis, 'SET', 'rollcall:{sip:held@example.org}:claim', 'another/1', 'PX', 600000);
my $held = register($one, 'held', undef);
is(status($held), 503, 'what another server is changing is refused after a while');
like($held, qr/^Retry-After: \d+\r/m, 'with Retry-After');
is(status(call($one, 'held')), 480, 'but can be read');
ask_redis($redis, 'DEL', 'rollcall:{sip:held@example.org}:claim');
is(status(register($one, 'held', undef)), 200, 'until it is free');
ask_redis($redis, 'SCRIPT', 'FLUSH');
is(status(register($two, 'held', undef)), 200, 'scripts that Redis has forgotten are sent again');

# --- no room
ask_redis($redis, 'CONFIG', 'SET', 'maxmemory', '1');
my $full = register($one, 'more', undef);
is(status($full), 503, 'Redis is full: 503');
like($full, qr/^Retry-After: \d+\r/m, 'full: Retry-After');
like(wait_log($serve[0], qr/store-failed/), qr/error store-failed.*OOM/, 'full: told');
is(status(call($two, 'held')), 302, 'full: what was there is found');
ask_redis($redis, 'CONFIG', 'SET', 'maxmemory', '0');
is(status(register($one, 'more', undef)), 200, 'there is room again');

# --- Redis hangs
kill STOP => $redis->{pid};
my $began = time;
my $hung  = register($one, 'hang', undef);
is(status($hung), 503, 'Redis hangs: 503');
cmp_ok(time - $began, '<', 14, 'hangs: told before the client gives up');
kill CONT => $redis->{pid};
await_store($_) for $one, $two;
is(status(register($one, 'hang', undef)), 200, 'hangs no more');

# --- Redis dies
stop_redis($redis, 'KILL');
for ($one, $two) {
    my $answer = register($_, 'lost', undef, id => "lost-$_");
    is(status($answer), 503, 'no Redis: 503');
    like($answer, qr/^Retry-After: \d+\r/m, 'no Redis: Retry-After');
    is(status(call($_, 'held')), 503, 'no Redis: nobody is said to be away');
}
like((http_get($serve[0]{metrics}, '/health'))[0], qr{\AHTTP/1.1 503}, 'no Redis: /health');
cmp_ok(scalar(() = slurp($serve[1]{log}) =~ /store-failed/g), '<=', 2, 'no Redis: told once, not for each request');
start_redis($redis);
await_store($_) for $one, $two;
is(status(call($_, 'held')), 302, 'back: the records are there') for $one, $two;
is(status(register($one, 'lost', undef, id => 'lost-again')), 200, 'back: registered at one');
is(status(call($two, 'lost')), 302, 'back: found at the other');
like((http_get($serve[0]{metrics}, '/health'))[0], qr{\AHTTP/1.1 200}, 'back: /health');
like(wait_log($serve[0], qr/store-recovered/), qr/store-recovered/, 'back: told');

# --- ends
is(stop_serve($_), 0, 'it ends well') for @serve;
unlike(slurp($_->{log}), qr/Sanitizer|runtime error/, 'and clean') for @serve;
stop_redis($redis);

# --- a server that is started before Redis; a password
spew("$scratch/password", "sesame\n");
my $early = serve_at("redis:127.0.0.1:$redis->{port}", '--set', "serve.store-password-file=$scratch/password");
my $socket = connect_udp($early->{udp});
is(status(register($socket, 'bob', undef)), 503, 'Redis is not there yet: 503');
start_redis($redis, '--requirepass', 'sesame');
await_store($socket);
is(status(register($socket, 'bob', undef)), 200, 'it comes, and wants a password');
spew("$scratch/password", "wrong\n");
my $wrong = serve_at("redis:127.0.0.1:$redis->{port}", '--set', "serve.store-password-file=$scratch/password");
my $answer;
for (1 .. 100) {
    $answer = register(connect_udp($wrong->{udp}), 'bob', undef);
    last if slurp($wrong->{log}) =~ /WRONGPASS|invalid password/i;
    sleep 0.1;
}
is(status($answer), 503, 'a wrong password: 503');
unlike(slurp($_->{log}), qr/sesame|wrong\b/, 'no password in the log') for $early, $wrong;
is(stop_serve($_), 0, 'it ends well') for $early, $wrong;
stop_redis($redis);
done_testing();
