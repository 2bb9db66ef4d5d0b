#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall sweep`: what was done is never done again, and whatever happened on the way the campaign
# comes to the same bytes. What cannot be gone on with is refused in one line.
use strict;
use warnings;
use File::Basename qw(dirname);
use FindBin;
use lib $FindBin::Bin;
use POSIX qw(WNOHANG);
use Run;
use Test::More;
use Time::HiRes qw(sleep time);

my $plain = <<'INI';
[scenario]
duration = 6h
seed     = 3
start    = stationary

[registrar]
default-expires = 5min
max-expires     = 10min

[network net]
pool  = 10.0.0.0/16
delay = 0s

[network mobile]
pool  = 10.1.0.0/16
delay = 1s

[phones p]
count   = 32
network = net
expires = 5min
refresh = 50%
power   = fails exp(3h), back after exp(10min)
INI
my $file = spew("$scratch/plain.ini", $plain);
my @axis = ('--vary', 'phones.p.expires=100s,200s,400s');
# So long that there is time to end it: some tenths of a second a run.
my @long = ('--set', 'scenario.duration=8d');

sub sweep {
    my ($output, @rest) = @_;
    my ($path, @options) = @rest && $rest[0] =~ /\.ini$/ ? @rest : ($file, @rest);
    return run($release, 'sweep', $path, '--output', "$scratch/$output", @options);
}

sub database {
    my ($output, $name) = @_;
    return "$scratch/$output/" . ($name // 'plain') . '/sweep/campaign.db';
}

sub ok_sweep {
    my ($name, $output, @rest) = @_;
    my ($status, $out, $complaint) = sweep($output, @rest);
    is($status, 0, "$name: exit status") or diag($complaint);
    is($complaint, '', "$name: no complaint, and no progress where there is no terminal");
    return $out;
}

sub equal_files {
    my ($got, $expected, $name) = @_;
    my $bytes = slurp($got);
    ok(defined $bytes && length $bytes > 1000 && $bytes eq slurp($expected), "$name: the same bytes");
    return;
}

# A sweep in the background.
sub start {
    my ($output, @options) = @_;
    my $child = fork // die "fork: $!";
    return $child if $child;
    chdir $scratch or die;
    open STDIN,  '<', '/dev/null'        or die;
    open STDOUT, '>', "$scratch/.behind" or die;
    open STDERR, '>', "$scratch/.behind" or die;
    exec $release, 'sweep', $file, '--output', "$scratch/$output", @options or die;
}

# Runs that are committed; the file may not be there yet.
sub runs_done {
    my ($output) = @_;
    my ($status, $out) = run('sqlite3', '-readonly', database($output), 'SELECT count(*) FROM run');
    return $status == 0 && $out =~ /^(\d+)/ ? $1 : 0;
}

# Until something is done, but not all. Returns whether the child still runs.
sub wait_for_runs {
    my ($output, $child) = @_;
    my $end = time + 60;
    while (time < $end) {
        return 0 if waitpid($child, WNOHANG) == $child;
        return 1 if runs_done($output) >= 2;
        sleep 0.02;
    }
    return 1;
}

sub rows {
    my ($output, $name) = @_;
    my @lines = split /\n/, slurp(dirname(database($output, $name)) . '/estimates.csv') // '';
    return @lines;
}

my $have_sqlite = grep { -x "$_/sqlite3" } split /:/, $ENV{PATH};
my $have_mpi    = grep { -x "$_/mpirun" } split /:/, $ENV{PATH};
my $have_script = grep { -x "$_/script" } split /:/, $ENV{PATH};

my $out = ok_sweep('one at a time', 'one', @axis, '-n', 4, '--jobs', 1);
like($out, qr/^100s +4 /m, 'a row of each point');
ok_sweep('two at a time', 'two', @axis, '-n', 4, '--jobs', 2);
equal_files(database('two'), database('one'), 'two at a time');

ok_sweep('two runs of each', 'more', @axis, '-n', 2);
ok_sweep('two more of each', 'more', @axis, '-n', 4);
equal_files(database('more'), database('one'), 'two runs and then two more');
ok_sweep('all is there', 'more', @axis, '-n', 4);
equal_files(database('more'), database('one'), 'once more');

# Ends in the middle, by no will of its own and by that of who started it.
SKIP: {
    skip 'no sqlite3', 1 unless $have_sqlite;
    my @work = (@long, @axis, '-n', 3, '--jobs', 1);
    ok_sweep('not ended', 'whole', @work);
    my $whole = runs_done('whole');
    is($whole, 9, 'not ended: all runs are there');
    for my $signal ('KILL', 'INT') {
        my $output = "ended-$signal";
        my $child  = start($output, @work);
        ok(wait_for_runs($output, $child), "$signal: it is at work");
        kill $signal, $child;
        waitpid $child, 0;
        my $status = $?;
        my $done   = runs_done($output);
        cmp_ok($done, '>=', 2,      "$signal: what was done is kept");
        cmp_ok($done, '<',  $whole, "$signal: not all was done");
        if ($signal eq 'INT') {
            is($status >> 8, 130, 'INT: exit status');
            one_line(slurp("$scratch/.behind"),
                qr/in \Q${\database($output)}\E, and the same command goes on from there/, 'INT');
        } else {
            is($status & 127, 9, 'KILL: it was killed');
        }
        ok_sweep("$signal: goes on", $output, @work);
        equal_files(database($output), database('whole'), "$signal: gone on with");
    }

    # While one writes, another one may not.
    my $child = start('shared', @work);
    ok(wait_for_runs('shared', $child), 'shared: it is at work');
    my ($status, undef, $complaint) = sweep('shared', @work);
    is($status, 2, 'shared: the second one is refused');
    one_line($complaint, qr/campaign\.db is being written by another process/, 'shared');
    kill 'INT', $child;
    waitpid $child, 0;
}

sub refused {
    my ($name, $pattern, @arguments) = @_;
    my ($status, $said, $complaint) = sweep(@arguments);
    is($status, 2, "$name: exit status");
    is($said, '', "$name: nothing is reported");
    one_line($complaint, $pattern, $name);
    return;
}

# A folder with runs of something else stays as it is.
mkdir "$scratch/other";
my $other  = spew("$scratch/other/plain.ini", $plain =~ s/3h/4h/r);
my $before = slurp(database('one'));
refused('another scenario', qr/holds another campaign: its \w+ is not/, 'one', $other, @axis, '-n', 4);
refused('other values', qr/holds another campaign: its study is not/,
    'one', '--vary', 'phones.p.expires=100s,300s', '-n', 4);
refused('another --set', qr/holds another campaign: its changes is "", not "scenario.seed=4"/,
    'one', @axis, '--set', 'scenario.seed=4', '-n', 4);
ok($before eq slurp(database('one')), 'refused: the file is as it was');

# Files that are no database any more.
my %damage = (
    'cut to half'        => substr($before, 0, length($before) / 2),
    'cut in its header'  => substr($before, 0, 60),
    'garbage'            => "This is no database.\n" x 500,
    'garbage in the middle' =>
        substr($before, 0, 4096) . ("\xa5" x 20000) . substr($before, 24096),
);
for my $name (sort keys %damage) {
    mkdir "$scratch/damaged";
    my $folder = dirname(database('damaged'));
    for my $part ("$scratch/damaged/plain", $folder) { mkdir $part }
    spew(database('damaged'), $damage{$name});
    unlink glob "$folder/campaign.db-*";
    refused($name, qr/campaign\.db/, 'damaged', @axis, '-n', 5);
}

subtest 'grids' => sub {
    ok_sweep('axes', 'grid', '--vary', 'phones.p.network=net,mobile',
        '--vary', 'phones.p.expires=100s..400s:x2', '--step', 'phones.p.boot=1s,2s,3s',
        '--where', 'phones.p.expires <= 200s', '-n', 2);
    my ($head, @rows) = rows('grid');
    like($head, qr/^point,phones\.p\.network,phones\.p\.expires,phones\.p\.boot,/, 'axes in order');
    my %seen;
    my @points = grep { !$seen{$_}++ } map { /^\d+,([^,]+,[^,]+,[^,]+),all,/ ? $1 : () } @rows;
    is_deeply([sort @points],
        [sort 'net,100s,1s', 'net,200s,2s', 'mobile,100s,1s', 'mobile,200s,2s'],
        'words and times, in step, without what does not hold');
    refused('steps of another number', qr/phones\.p\.boot/, 'bad', @axis, '--step',
        'phones.p.boot=1s,2s');
    refused('no axis', qr/has no \[sweep\]; say what varies/, 'bad');
    refused('unknown key', qr/unknown key[^\n]*did you mean "expires"/, 'bad', '--vary', 'phones.p.expire=1s,2s');
    refused('nothing is left', qr/no point fits all conditions/, 'bad', @axis, '--where', 'phones.p.expires > 1h');
};

my $with = spew("$scratch/with.ini",
    "$plain\n[sweep]\nvary phones.p.expires = 5min,10min,20min,30min\nreplications 3\n");
subtest 'of the file' => sub {
    my $text = ok_sweep('[sweep]', 'file', $with);
    like($text, qr/^$_ +3 /m, "[sweep]: $_") for qw(5min 10min 20min 30min);
    like($text, qr/^Points 2, 3 \(from 0\) went to the event as an earlier one/m,
        'what is not granted makes no difference, and that is said');
    unlike(ok_sweep('free', 'free', $with, '--set', 'registrar.max-expires=none'),
        qr/went to the event/, 'granted: nothing to be said');
    my $less = ok_sweep('--vary', 'over', $with, '--vary', 'phones.p.expires=5min', '-n', 2);
    like($less, qr/^5min +2 /m, 'the command line goes before the file');
    unlike($less, qr/^10min/m, 'nothing of the axes of the file then');
};

SKIP: {
    skip 'no script(1)', 1 unless $have_script;
    my $line = join ' ', map { "'$_'" } $release, 'sweep', $file, '--output', "$scratch/shown", @long, @axis;
    my ($status, $shown) = run('script', '-qec', $line, '/dev/null');
    is($status, 0, 'on a terminal: exit status');
    like($shown, qr/\r[^\n]*\d/, 'on a terminal: progress');
}

SKIP: {
    skip 'no MPI', 1 unless $have_mpi && $ENV{HAVE_MPI};
    # Leaks of libmpi are not looked for; root may run this, and nothing leaves this machine.
    local %ENV = (
        %ENV,
        OMPI_ALLOW_RUN_AS_ROOT         => 1,
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM => 1,
        OMPI_MCA_btl                   => 'self,vader',
        OMPI_MCA_pml                   => 'ob1',
        OMPI_MCA_oob_tcp_if_include    => 'lo',
        ASAN_OPTIONS                   => 'detect_leaks=0',
    );
    my $able = -e dirname($release) . '/rollcall-mpi.so' ? $release : $program;
    for my $ranks (2, 3) {
        my ($status, undef, $complaint) = run('mpirun', '--oversubscribe', '-n', $ranks, $able,
            'sweep', $file, '--output', "$scratch/ranks-$ranks", @axis, '-n', 4);
        is($status, 0, "$ranks ranks: exit status") or diag($complaint);
        equal_files(database("ranks-$ranks"), database('one'), "$ranks ranks");
    }
}
done_testing;
