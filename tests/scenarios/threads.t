#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# One run on several threads: byte for byte what it is on one. Who asks for threads in vain is told
# why, in one line.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

# Times are not equal in any two runs.
sub without_times { return $_[0] =~ s/^.*"(?:wall_s|cpu_s)".*\n//mgr }

sub results {
    my ($name, $threads, @options) = @_;
    my $dir = "$scratch/$name-$threads";
    my ($status, $out, $complaint) =
        run($program, 'run', "$name.ini", '--threads', $threads, '--output', $dir, @options);
    is($complaint, '', "$name: no complaint with $threads threads");
    my @files = map { slurp("$dir/$name/$_") } qw(summary.txt summary.json series.csv stale-life.csv);
    return ($status, map { without_times($_ // 'no such file') } @files);
}

my $network = "[network lan]\npool = 10.0.0.0/18\n";

# What may go wrong: the order at one instant, of strikes, of sweeps, of the start; wakes of the
# registrar that nobody needs; the addresses, which are drawn from those that are left.
my @cases = (
    [ plain => '', $network, "count = 3000\nexpires = 20min\npower = fails exp(2h), back after exp(20min)\n" ],
    [ crowded => "start = all-on\n", "[network lan]\npool = 10.0.0.0/22\ndelay = uniform(1ms, 2s)\n",
        "count = 1020\nexpires = 60s\nboot = 1s\npower = fails exp(3min), back after exp(3min)\n" ],
    [ 'in-order' => "start = all-off\n", "[network lan]\npool = 10.0.0.0/22\nassign = oldest\n",
        "count = 1000\nexpires = 2min\nboot = 1s\npower = on exp(10min), off exp(5min)\nleaves = unregisters 50%\n" ],
    [ blackout => "warmup = 7min\n", $network,
        "count = 2000\nexpires = 10min\ncredentials = reused\nups = 30% for uniform(10s, 10min)\nsurge = 1min\n",
        "[phones Soft-1]\ncount = 501\nnetwork = lan\nexpires = 3min\nrefresh = uniform(50%, 90%)\n"
            . "power = fails exp(20min), back after exp(10min)\n"
            . "[event storm]\nat = 20min\ncut = power of lan, 60%\nback = exp(6min)\nrepeats = exp(15min)\n"
            . "[event other]\nat = 20min\ncut = power of lan, 40%\nback = beta(1.2, 1.6) within lognormal(5min, 0.5)\n" ],
    [ sweeps => '', $network,
        "count = 1500\nexpires = 5min\npower = fails exp(20min), back after exp(20min)\n",
        "[registrar]\npreset = freeswitch\nexpires-jitter = 20%\n"
            . "[phones a]\ncount = 700\nnetwork = lan\nexpires = 5min\npower = fails exp(20min), back after exp(20min)\n"
            . "[phones desk-2]\ncount = 700\nnetwork = lan\nexpires = 4min\npower = fails exp(20min), back after exp(20min)\n"
            . "[phones Zed]\ncount = 70\nnetwork = lan\nregisters = no\n" ],
    [ instants => "start = all-on\n", "[network lan]\npool = 10.0.0.0/18\ndelay = 1s\n",
        "count = 1000\nexpires = 4min\nboot = 10s\n",
        "[phones a]\ncount = 1000\nnetwork = lan\nexpires = 4min\nboot = 10s\n"
            . "[event e]\nat = 10min\ncut = power of lan, 50%\nback = 10min\nrepeats = 30min\n"
            . "[registrar]\nauth = none\n" ],
    [ losses => '', "[network lan]\npool = 10.0.0.0/18\nloss = 20%\ndelay = exp(300ms)\n"
            . "outages = every exp(20min), for exp(2min)\n",
        "count = 800\nexpires = 5min\nretry = rfc5626(30s, 5min)\nkeepalive = crlf uniform(20s, 40s)\n"
            . "wrong-password = 5%\npower = daily 00:10-00:50, spread 20min\nleaves = unregisters\n",
        "[event e]\nat = 30min\ncut = link of lan, 50%\nback = exp(5min)\n" ],
    [ brief => '', $network,
        "count = 500\nexpires = 30s\ncall-id = request\npower = fails exp(10min), back after exp(10min)\n",
        "[registrar]\nmin-expires = 90s\nlate-margin = 10s\npurge-interval = 30s\ngrant-loss = 5s\nalgorithms = SHA-256, MD5\n" ],
    [ few => '', $network, "count = 3\nexpires = 1min\npower = fails exp(2min), back after exp(2min)\n",
        "[phones b]\ncount = 1\nnetwork = lan\nexpires = 1h\npower = fails exp(2min), back after exp(2min)\n" ],
);

for my $case (@cases) {
    my ($name, $scenario, $lan, $desk, $more) = @$case;
    spew("$scratch/$name.ini", "[scenario]\nduration = 1h\nbin = 10min\n$scenario$lan"
            . "[phones desk]\nnetwork = lan\n$desk" . ($more // ''));
    for my $link (qw(direct wire)) {
        my @whole = results($name, 1, '--link', $link);
        is($whole[0], 0, "$name, $link: it runs");
        for my $threads (2, 3, 4) {
            my @split = results($name, $threads, '--link', $link);
            same_text($split[$_], $whole[$_], "$name, $link, $threads threads: "
                    . (qw(status summary.txt summary.json series.csv stale-life.csv))[$_])
                for 0 .. 4;
        }
    }
}

# --- on one thread all the same
sub whole {
    my ($name, $pattern, $text, @options) = @_;
    spew("$scratch/$name.ini", "[scenario]\nduration = 10min\n[network lan]\npool = 10.0.0.0/20\n"
            . "[phones desk]\ncount = 10\nnetwork = lan\n$text");
    my @command = ($program, 'run', "$name.ini", '--output', "$scratch/$name", @options);
    my ($status, $out, $complaint) = run(@command, '--threads', 2);
    is($status, 0, "$name: it runs");
    one_line($complaint, qr/\A\Qrollcall: $name.ini: runs on one thread: \E.*$pattern/, $name);
    is((run(@command, '--threads', 2, '--quiet'))[2], '', "$name: not with --quiet");
    is((run(@command))[2], '', "$name: not to who asks for nothing");
    return;
}

whole('station', qr/wait for one another at the station \(station\)$/, "[station]\nservice = exp(1ms)\n");
whole('calls', qr/\(calls\)$/, "[calls]\nrate = 1/h per phone\n");
whole('replica', qr/\(replica-lag\)$/, "[registrar]\nreplica-lag = 1s\n");
whole('level', qr/\(expires-jitter\)$/, "[registrar]\nexpires-jitter = level 10%\n");
whole('crash', qr/\(event\)$/, "[event e]\nat = 5min\ncrash = registrar\nback = 5s\n");
whole('long', qr/\(expires\)$/, "expires = 3h\n");
whole('nonces', qr/\(nonce-lifetime\)$/, "expires = 10s\ncredentials = reused\n[phones other]\nnetwork = lan\n"
        . "count = 15000\nexpires = 60s\n[registrar]\nmin-expires = 10s\nnonce-lifetime = 3h\n",
    '--set', 'scenario.duration=10s', '--set', 'scenario.bin=5s', '--set', 'network.lan.pool=10.0.0.0/8');
whole('people', qr/\(aor-of\)$/, "[phones mobile]\ncount = 10\nnetwork = lan\naor-of = desk\n");
whole('given-up', qr/\(address\)$/, '', '--set', 'network.lan.address=changes exp(1h)');
whole('attempts', qr/\(--transactions\)$/, '', '--transactions');

# --- the option itself
spew("$scratch/few-phones.ini", slurp("$scratch/few.ini"));
is((run($program, 'run', 'few-phones.ini', '--threads', 0))[0], 0, '0 is as many as there are processors');
for my $bad (-1, 65, 'x') {
    my ($status, $out, $complaint) = run($program, 'run', 'few-phones.ini', '--threads', $bad);
    is($status, 2, "--threads $bad: refused");
    one_line($complaint, qr/--threads/, "--threads $bad");
}
my ($status, $out, $complaint) = run($program, 'run', 'few-phones.ini', '-T', 2, '-n', 3);
is($status, 2, '--threads and --replications: refused');
one_line($complaint, qr/--threads is of one run/, '--threads and --replications');

done_testing;
