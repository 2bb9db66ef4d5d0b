#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall serve` on a disk that is full, on one that may not be written, and on a database that is
# damaged: it says what is wrong, and what was there stays.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Serve;
use Test::More;
use Time::HiRes qw(sleep);

my $db      = "$scratch/location.db";
my @options = ('--listen', 'udp:127.0.0.1:0', '--domain', 'example.org', '--store', "sqlite:$db",
    '--set', 'serve.metrics=127.0.0.1:0');
my $wrapper = "$scratch/wrapper";

# Runs the program behind a line of shell, or by another command.
sub start_behind {
    my ($line, $by) = @_;
    spew($wrapper, "#!/bin/sh\n$line exec @{[$by // '']} '$program' \"\$\@\"\n");
    chmod 0755, $wrapper;
    return start_serve({ PROGRAM => $wrapper }, @options);
}

sub status { return $_[0] =~ m{\ASIP/2.0 (\d+)} ? $1 : 'none' }

# What is registered, by the redirects of INVITEs.
sub is_there { return status(ask($_[0], write_request('INVITE', "sip:$_[1]\@example.org"))) == 302 }

sub refused {
    my ($name, $pattern, $by) = @_;
    my $before = slurp($db);
    my $serve  = start_behind('', $by);
    my $complaint = $@;
    ok(!$serve, "$name: it does not start") or stop_serve($serve);
    one_line($complaint, $pattern, $name);
    ok($before eq slurp($db), "$name: the file is as it was");
    return;
}

# --- full
my @acknowledged;
SKIP: {
    my $limit = sub { return system('prlimit', '--pid', $_[0]{pid}, "--fsize=$_[1]:unlimited") == 0 };
    my $serve = start_behind(q{trap '' XFSZ;}) // die $@;
    skip 'no prlimit here', 10 if !$limit->($serve, 300_000);
    my $socket = connect_udp($serve->{udp});
    my $full;
    for my $i (1 .. 3000) {
        $full = register($socket, "u$i", undef);
        last if status($full) != 200;
        push @acknowledged, "u$i";
    }
    is(status($full), 503, 'full: 503 after ' . @acknowledged);
    like($full, qr/^Retry-After: \d+\r/m, 'full: Retry-After');
    cmp_ok(scalar @acknowledged, '>', 10, 'full: some had room');
    my $log = wait_log($serve, qr/store-failed/);
    like($log, qr/error store-failed reason="[^"]*location\.db[^"]*"/, 'full: told, with the file');
    note $log =~ /(store-failed.*)/;
    like((http_get($serve->{metrics}, '/health'))[0], qr{\AHTTP/1.1 503}, 'full: /health');
    is(scalar(grep { !is_there($socket, $_) } @acknowledged), 0, 'full: who is there is found');
    $limit->($serve, 'unlimited');
    my $again;
    for (1 .. 200) {
        $again = register($socket, 'again', undef);
        last if status($again) == 200;
        sleep 0.05;
    }
    is(status($again), 200, 'there is room again: it goes on by itself');
    like((http_get($serve->{metrics}, '/health'))[0], qr{\AHTTP/1.1 200}, 'room: /health');
    push @acknowledged, 'again';
    $limit->($serve, 300_000);
    for my $i (1 .. 3000) {
        last if status(register($socket, "v$i", undef)) != 200;
        push @acknowledged, "v$i";
    }
    kill_serve($serve, 'KILL');
    $serve  = start_behind('') // die $@;
    $socket = connect_udp($serve->{udp});
    is(scalar(grep { !is_there($socket, $_) } @acknowledged), 0, 'full and killed: nothing acknowledged is missing');
    is(stop_serve($serve), 0, 'it ends well');
}

# --- may not be written
SKIP: {
    # Root may write anything.
    my $by = $> == 0 ? 'setpriv --reuid=65534 --regid=65534 --clear-groups' : '';
    chmod 0711, $scratch;
    chmod 0444, $db;
    skip 'nobody else to run it as', 4 if $by && system("$by test -x '$program'") != 0;
    refused('read-only', qr/\Q$db\E.*[Pp]ermission denied/, $by);
}
chmod 0644, $db;

# --- damaged
{
    my $serve = start_behind('') // die $@;
    stop_serve($serve);
    my $sound = slurp($db);
    cmp_ok(length $sound, '>', 5 * 2048, 'there is something to damage');
    my %damage = (
        'a page of noise'      => sub { substr $_[0], 2048 * 4, 2048, "\xa5" x 2048 },
        'a page of zeros'      => sub { substr $_[0], 2048 * 4, 2048, "\0" x 2048 },
        'half of it'           => sub { substr $_[0], int(length($_[0]) / 4096) * 2048, length $_[0], '' },
        'its first page'       => sub { substr $_[0], 0, 2048, "\xa5" x 2048 },
        'another file'         => sub { $_[0] = "[serve]\nlisten = udp:127.0.0.1:0\n" },
    );
    for my $name (sort keys %damage) {
        my $bytes = $sound;
        $damage{$name}->($bytes);
        spew($db, $bytes);
        refused($name, qr/\Q$db\E/);
    }
    spew($db, $sound);
    $serve = start_behind('') // die $@;
    my $socket = connect_udp($serve->{udp});
    is(scalar(grep { !is_there($socket, $_) } @acknowledged), 0, 'the sound one again: all are there');
    is(stop_serve($serve), 0, 'it ends well');
}
done_testing();
