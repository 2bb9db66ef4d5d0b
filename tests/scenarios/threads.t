#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# One run on several threads: byte for byte what it is on one; tests/unit/test-threads.c has many
# more. Who asks for threads in vain is told why, in one line.
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

my @cases = (
    [ storm => "warmup = 7min\n", $network,
        "count = 1000\nexpires = 10min\npower = fails exp(20min), back after exp(10min)\n",
        "[phones soft]\ncount = 501\nnetwork = lan\nexpires = 3min\nrefresh = uniform(50%, 90%)\n"
            . "[event storm]\nat = 20min\ncut = power of lan, 60%\nback = exp(6min)\n" ],
);

for my $case (@cases) {
    my ($name, $scenario, $lan, $desk, $more) = @$case;
    spew("$scratch/$name.ini", "[scenario]\nduration = 1h\nbin = 10min\n$scenario$lan"
            . "[phones desk]\nnetwork = lan\n$desk" . ($more // ''));
    for my $link (qw(direct wire)) {
        my @whole = results($name, 1, '--link', $link);
        is($whole[0], 0, "$name, $link: it runs");
        for my $threads (2, 3) {
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
whole('attempts', qr/\(--transactions\)$/, '', '--transactions');

# --- the option itself
is((run($program, 'run', 'storm.ini', '--threads', 0))[0], 0, '0 is as many as there are processors');
for my $bad (-1, 65, 'x') {
    my ($status, $out, $complaint) = run($program, 'run', 'storm.ini', '--threads', $bad);
    is($status, 2, "--threads $bad: refused");
    one_line($complaint, qr/--threads/, "--threads $bad");
}
my ($status, $out, $complaint) = run($program, 'run', 'storm.ini', '-T', 2, '-n', 3);
is($status, 2, '--threads and --replications: refused');
one_line($complaint, qr/--threads is of one run/, '--threads and --replications');

done_testing;
