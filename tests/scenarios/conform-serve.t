#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall conform` on `rollcall serve`: every MUST and SHOULD holds on the wire, too, over each
# transport, with and without users. The runs mostly wait, and so go beside each other.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Serve;
use Test::More;

my @users = qw(alice bob carol);
spew("$scratch/users", join '', map { ha1_line($_, 'example.org', "secret of $_") } @users);
my $pem  = "$top/tests/data/loopback.pem";
my @args = (
    (map { ('--listen', "$_:127.0.0.1:0") } qw(udp tcp tls)),
    '--domain', 'example.org', '--store', 'memory', map { ('--set', "serve.$_=$pem") } qw(certificate private-key)
);
my $open   = start_serve({}, @args)                       or BAIL_OUT($@);
my $closed = start_serve({}, @args, '--users', 'users') or BAIL_OUT($@);

# Returns: {name, process, out}
sub start_run {
    my ($serve, $transport, $user) = @_;
    my $name = $user ? "$transport with users" : $transport;
    my $out  = "$scratch/$transport-" . ($user // 'open');
    my @more = $user ? ('--user', $user, '--password', "secret of $user") : ();
    my $child = fork // die "fork: $!";
    if ($child == 0) {
        open STDOUT, '>', $out or die;
        open STDERR, '>&', \*STDOUT or die;
        alarm 400;
        exec $program, 'conform', '--to', "$transport:127.0.0.1:$serve->{$transport}", '--domain', 'example.org', @more;
    }
    return { name => $name, process => $child, out => $out };
}

my @runs = map { start_run($open, $_) } qw(udp tcp tls);
push @runs, map { start_run($closed, (qw(udp tcp tls))[$_], $users[$_]) } 0 .. 2;
for my $run (@runs) {
    waitpid $run->{process}, 0;
    is($?, 0, "$run->{name}: every MUST holds");
    my $out    = slurp($run->{out});
    my @failed = $out =~ /^not ok \d+ - (?:MUST|SHOULD).*$/mg;
    is(join("\n", @failed), '', "$run->{name}: and every SHOULD");
    my $tried = () = $out =~ /^ok \d+ - (?!.* # SKIP)/mg;
    cmp_ok($tried, '>=', 100, "$run->{name}: of at least 100 rules");
    like($out, qr/\(8\.2\.2\.2-merged\).*# SKIP over a stream/, "$run->{name}: what a stream has not is passed over")
        if $run->{name} !~ /udp/;
}
is(stop_serve($_), 0, 'the server is still well') for $open, $closed;
done_testing;
