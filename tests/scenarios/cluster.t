#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# A campaign on the ranks of an MPI job comes to the same bytes as on threads, whatever becomes of
# the ranks, and the job always ends. What runs is tests/mpi/cluster-test.c, under mpirun.
use strict;
use warnings;
use File::Copy ();
use FindBin;
use lib $FindBin::Bin;
use POSIX qw(WNOHANG);
use Run;
use Test::More;

my $test = $ENV{CLUSTER_TEST} or plan skip_all => 'CLUSTER_TEST is not set';
my $mpi  = $ENV{HAVE_MPI} && (grep { -x "$_/mpirun" } split /:/, $ENV{PATH}) ? 1 : 0;

# Leaks of libmpi are not looked for; root may run this, on as many processors as there are, and
# nothing leaves this machine.
my %environment = (
    OMPI_ALLOW_RUN_AS_ROOT         => 1,
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM => 1,
    OMPI_MCA_btl                   => 'self,vader',
    OMPI_MCA_pml                   => 'ob1',
    OMPI_MCA_oob_tcp_if_include    => 'lo',
    ASAN_OPTIONS                   => 'detect_leaks=0',
);

# Whether a process is there and is not only waiting to be asked for its status.
sub lives {
    my ($pid) = @_;
    open my $stat, '<', "/proc/$pid/stat" or return 0;
    my $line = <$stat> // '';
    return $line =~ /\)\s+[^ZX\s]/ ? 1 : 0;
}

# The status of the mpirun with this process id. 'mpirun' if it crashed, or stayed for five seconds
# after the last of its ranks; 'hung' if a rank is there after a minute: that would be our fault.
sub wait_for {
    my ($pid, $ranks) = @_;
    my ($empty, $status) = (0, 'hung');
    for (1 .. 1200) {
        if (waitpid($pid, WNOHANG) == $pid) {
            return $? & 127 ? 'mpirun' : $? >> 8;
        }
        my @pids = map { slurp($_) } glob "$scratch/pid-*";
        $empty = @pids == $ranks && !grep({ lives($_) } @pids) ? $empty + 1 : 0;
        if ($empty > 100) {
            $status = 'mpirun';
            last;
        }
        select undef, undef, undef, 0.05;
    }
    kill 'KILL', $pid, grep { lives($_) } map { slurp($_) } glob "$scratch/pid-*";
    waitpid $pid, 0;
    return $status;
}

sub mpirun {
    my ($ranks, $mode, @options) = @_;
    unlink glob "$scratch/pid-*";
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        %ENV = (%ENV, %environment);
        open STDOUT, '>', "$scratch/mpirun.out" or die "$scratch/mpirun.out: $!";
        open STDERR, '>', "$scratch/mpirun.err" or die "$scratch/mpirun.err: $!";
        exec 'mpirun', @options, '--oversubscribe', '-n', $ranks, $test, $mode, $scratch or die "mpirun: $!";
    }
    my $status    = wait_for($pid, $ranks);
    my $complaint = slurp("$scratch/mpirun.err");
    diag($complaint) if $complaint =~ /Assertion|Sanitizer|runtime error/;
    return ($status, [split /\n/, slurp("$scratch/mpirun.out")], $complaint);
}

# mpirun of Open MPI 4.1 with PMIx 4.2 has a race of its own: in one of seven jobs of which it had to
# kill a rank, it crashes or hangs in PMIx_server_finalize(), when no rank is left.
sub job_ends {
    my ($status, $expected, $name) = @_;
    diag("$name: mpirun itself crashed or hung") if $status eq 'mpirun';
    return like($status, qr/^(?:$expected|mpirun)$/, "$name: exit status");
}

# What stands after the first line, which says how many ranks simulate, and before the last one,
# which says how busy rank 0 was.
sub middle { return join "\n", @{ $_[0] }[1 .. $#{ $_[0] } - 1] }

my ($status, $out) = run($test, 'plain', $scratch);
my @alone = split /\n/, $out;
is($status, 0, 'threads: exit status');
is($alone[0], 'ranks 0', 'threads: no cluster without mpirun');
is(scalar(grep { /^\d+ [0-9a-f]{64}$/ } @alone), 8, 'threads: a sample of each task');

# Started by mpirun, as far as the environment tells, where there is no MPI to be had.
subtest 'no MPI' => sub {
    my $copy = "$scratch/cluster-test";
    File::Copy::copy($test, $copy) or die "$copy: $!";
    chmod 0755, $copy;
    my %first  = (OMPI_COMM_WORLD_SIZE => 3, OMPI_COMM_WORLD_RANK => 0);
    my %second = (%first, OMPI_COMM_WORLD_RANK => 1);
    my %one    = (%first, OMPI_COMM_WORLD_SIZE => 1);
    my $complaint;
    {
        local %ENV = (%ENV, %first);
        ($status, $out, $complaint) = run($copy, 'plain', $scratch);
        is($status, 2, 'rank 0: exit status');
        is($out, '', 'rank 0: nothing is simulated');
        one_line($complaint, qr/started by mpirun, but/, 'rank 0');
    }
    for my $environment (\%second, { PMI_RANK => 1, PMI_SIZE => 2 }, { PMIX_RANK => 2 }) {
        local %ENV = (%ENV, %$environment);
        ($status, $out, $complaint) = run($copy, 'plain', $scratch);
        is($status, 0, 'other ranks: mpirun is not to end the first for them');
        is($out . $complaint, '', 'other ranks: without a word');
    }
    local %ENV = (%ENV, %one);
    ($status, $out) = run($copy, 'plain', $scratch);
    is($status, 0, 'one rank is no cluster');
    like($out, qr/\Aranks 0\n/, 'one rank works with threads');
};

SKIP: {
    skip 'no MPI', 1 unless $mpi;
    my $complaint;

    for my $ranks (1, 2, 3) {
        ($status, $out, $complaint) = mpirun($ranks, 'plain');
        is($status, 0, "$ranks ranks: exit status");
        is($complaint, '', "$ranks ranks: no complaint");
        is($out->[0], 'ranks ' . ($ranks - 1), "$ranks ranks: one of them does not simulate");
        is(middle($out), middle(\@alone), "$ranks ranks: the same samples as with threads");
    }

    # The next campaign knows nothing of the one that was stopped.
    for my $mode (qw(again beats nap)) {
        ($status, $out, $complaint) = mpirun(3, $mode);
        is($status, 0, "$mode: exit status");
        is(splice(@$out, 1, 1), 'stopped 0 -', "$mode: no rank is lost, and the owner stops them all");
        is(middle($out), middle(\@alone), "$mode: the next campaign is done");
    }

    ($status, $out, $complaint) = mpirun(3, 'fail');
    is($status, 5, 'fail: exit status');
    like(middle($out), qr/\A[^\n]*phones\.desk\.expires[^\n]*\z/, 'fail: the mistake in one line');

    ($status, $out, $complaint) = mpirun(3, 'help');
    is($status, 0, 'help: exit status');
    is($complaint, '', 'help: the job ends without a complaint');

    ($status, $out, $complaint) = mpirun(3, 'stop');
    job_ends($status, 0, 'stop');
    my $lost = splice @$out, 1, 1;
    is($lost, 'lost rank 2', 'stop: which rank was given up');
    is(middle($out), middle(\@alone), 'stop: its task was done by another');
    my ($busy, $wall) = $out->[-1] =~ /busy (\d+) of (\d+) ms/;
    cmp_ok($busy, '<', $wall / 3, 'stop: rank 0 leaves its processor to others');

    ($status, $out, $complaint) = mpirun(3, 'deaf');
    job_ends($status, 5, 'deaf');
    is(join(' ', sort grep { /lost/ } @$out), 'lost rank 1 lost rank 2', 'deaf: both are given up');
    like($out->[-2], qr/\Ano rank is left/, 'deaf: an error');

    # Without a word mpirun ends a job of which a rank has died; but it can be asked not to.
    ($status, $out, $complaint) = mpirun(3, 'kill');
    isnt($status, 0, 'kill: exit status');
    like($complaint, qr/rank 2 .*signal 9/, 'kill: mpirun says why');
    ($status, $out, $complaint) = mpirun(3, 'kill', '--enable-recovery');
    job_ends($status, 0, 'recovery');
    is(splice(@$out, 1, 1), 'lost rank 2', 'recovery: the rank that died was given up');
    is(middle($out), middle(\@alone), 'recovery: its task was done by another');
    my @tcp = ('--mca', 'btl', 'self,tcp', '--mca', 'btl_tcp_if_include', 'lo');
    ($status, $out) = mpirun(3, 'kill', '--enable-recovery', @tcp);
    job_ends($status, 0, 'recovery, TCP');
    is(splice(@$out, 1, 1), 'lost rank 2', 'recovery, TCP: the rank that died was given up');
    is(middle($out), middle(\@alone), 'recovery, TCP: its task was done by another');
}

done_testing;
