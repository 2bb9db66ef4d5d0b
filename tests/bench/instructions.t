#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# How many instructions a registration takes on either link, and an event held in the queue, beside
# the counts in instructions.csv. Unlike a time a count does not depend on what else the machine is
# doing. It does depend on the compiler, its options and the libraries: with others than those the
# counts were made with there is nothing to compare. New counts: ./quickstart instructions.
#
# Each workload is run twice, one run longer than the other; the difference is without what starting
# and ending take.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../scenarios";
use Run;
use File::Basename qw(dirname);
use Test::More;

my $tolerance = 0.05;
my $committed = "$FindBin::Bin/instructions.csv";
my $renew     = ($ARGV[0] // '') eq '--renew';

plan skip_all => 'ROLLCALL_RELEASE is not set' unless $ENV{ROLLCALL_RELEASE};
for my $tool (qw(valgrind readelf pkg-config getconf)) {
    plan skip_all => "there is no $tool" if system("command -v $tool >/dev/null 2>&1") != 0;
}
# Neither the language of the user nor a choice of other code in the C library is to be seen.
$ENV{LC_ALL} = 'C';
delete $ENV{GLIBC_TUNABLES};

sub said {
    my $text = qx($_[0] 2>/dev/null);
    chomp $text;
    return $text;
}

# --- what the counts depend on
sub compiler {
    return said("readelf -p .comment '$release'") =~ /\]\s+(.*\S)/ ? $1 : 'unknown';
}

# As meson was told, beside the program.
sub build_options {
    my $all = read_json(dirname($release) . '/../meson-info/intro-buildoptions.json') // [];
    my %value = map { $_->{name} => $_->{value} } @$all;
    my @names = grep { defined $value{$_} } qw(buildtype optimization b_lto b_ndebug b_sanitize c_args);
    return join ' ', map {
        my $value = $value{$_};
        $value = join ' ', @$value if ref $value eq 'ARRAY';
        $value = $value ? 'true' : 'false' if ref $value;
        "$_=$value"
    } @names;
}

sub surroundings {
    return (
        machine  => said('uname -m'),
        compiler => compiler(),
        options  => build_options(),
        libc     => said('getconf GNU_LIBC_VERSION'),
        (map { $_ => said("pkg-config --modversion $_") } qw(glib-2.0 libosip2 nettle gsl)),
        valgrind => said('valgrind --version'),
    );
}

# --- counting
sub count {
    my (@command) = @_;
    my ($status, undef, $stderr) = run('valgrind', '--tool=cachegrind', '--cache-sim=no',
        '--cachegrind-out-file=/dev/null', @command);
    my ($refs) = $stderr =~ /I\s+refs:\s+([\d,]+)/;
    if ($status != 0 || !defined $refs) {
        diag("@command: status $status\n$stderr");
        return undef;
    }
    return $refs =~ tr/,//dr;
}

# 200 phones that boot over half an hour and refresh every half hour, each with a password.
sub scenario {
    my ($credentials) = @_;
    return spew("$scratch/$credentials.ini", <<"INI");
[scenario]
duration = 2h
start = all-on
bin = 2h
[registrar]
domain = example.org
auth = digest
nonce-lifetime = 24h
[network lan]
pool = 10.0.0.0/8
delay = 20ms
[phones desk]
count = 200
network = lan
expires = 1h
refresh = 30min
boot = uniform(0s, 30min)
credentials = $credentials
INI
}

# Instructions, and registrations, of a run of @hours.
sub simulate {
    my ($link, $credentials, $hours) = @_;
    my $count = count($release, 'run', scenario($credentials), '--link', $link, '--quiet',
        '--set', "scenario.duration=${hours}h", '--output', "$scratch/out") // return;
    return ($count, read_json("$scratch/out/$credentials/summary.json")->{registrations});
}

sub registration {
    my ($link, $credentials, $hours) = @_;
    my ($short, $few)  = simulate($link, $credentials, 2);
    my ($long,  $many) = simulate($link, $credentials, 2 + $hours);
    return undef unless $many && $few && $many > $few;
    return ($long - $short) / ($many - $few);
}

sub hold {
    my ($few, $many) = (200_000, 400_000);
    my ($short, $long) = map { count($release, qw(bench --suite hold --most), $_) } $few, $many;
    return undef unless defined $short && defined $long;
    return ($long - $short) / ($many - $few);
}

my @workloads = (
    [ 'direct-registration'            => sub { registration('direct', 'reused', 20) } ],
    [ 'direct-registration-challenged' => sub { registration('direct', 'fresh',  20) } ],
    [ 'wire-registration'              => sub { registration('wire',   'reused', 6) } ],
    [ 'wire-registration-challenged'   => sub { registration('wire',   'fresh',  6) } ],
    [ 'hold'                           => \&hold ],
);

# --- what is committed: a table of kind, name and value
my %committed = map { /^(with|instructions),([^,]*),(.*)$/ ? ("$1 $2" => $3) : () } split /\n/, slurp($committed) // '';
my @with = surroundings();

if ($renew) {
    my $text = "kind,name,value\n";
    for (my $i = 0; $i < @with; $i += 2) { $text .= "with,$with[$i],$with[$i + 1]\n" }
    for my $workload (@workloads) {
        my ($name, $measure) = @$workload;
        my $count = $measure->();
        ok(defined $count, $name) or next;
        $text .= sprintf "instructions,%s,%.0f\n", $name, $count;
    }
    done_testing;
    spew($committed, $text) if Test::More->builder->is_passing;
    exit;
}

for (my $i = 0; $i < @with; $i += 2) {
    my ($name, $value) = @with[ $i, $i + 1 ];
    my $then = $committed{"with $name"} // 'nothing';
    plan skip_all => "counted with $name $then, not $value" if $then ne $value;
}

for my $workload (@workloads) {
    my ($name, $measure) = @$workload;
    my $then  = $committed{"instructions $name"};
    my $count = $measure->();
    my $more  = defined $count && $then ? $count / $then - 1 : undef;
    if (!defined $more) {
        fail("$name: counted, and there is a count to compare with");
        next;
    }
    my $change = sprintf '%s: %.0f instructions, %+.1f %% from %d', $name, $count, 100 * $more, $then;
    ok($more <= $tolerance, "$name: at most ${\(100 * $tolerance)} % more instructions") or diag($change);
    note($change);
    diag("$change: time for ./quickstart instructions") if $more < -$tolerance;
}
done_testing;
