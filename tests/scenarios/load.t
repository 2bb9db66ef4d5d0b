#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `rollcall load` and `rollcall capacity --to` against our own server, and against one that loses
# answers. Nothing here is held against a clock more closely than a stall that the test itself makes.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use IO::Socket::INET;
use JSON::PP ();
use POSIX ();
use Run;
use Serve;
use Test::More;
use Time::HiRes qw(sleep time);

my @domain = ('--domain', 'example.org');

# Returns: exit status, what was printed, the report.
sub load {
    my ($to, @options) = @_;
    unlink "$scratch/load.json";
    my ($status, $out, $complaint) = run($program, 'load', '--to', $to, @domain, '--quiet', '--max-lag', '60s',
        '--json', "$scratch/load.json", @options);
    diag $complaint if length $complaint;
    return ($status, $out, -e "$scratch/load.json" ? read_json("$scratch/load.json") : {});
}

# --- what is refused
sub refused {
    my ($name, $pattern, @command) = @_;
    my ($status, $out, $complaint) = run($program, @command);
    is($status, 2, "$name: exit 2");
    is($out, '', "$name: nothing is printed");
    one_line($complaint, $pattern, $name);
}
my @to = ('--to', 'udp:127.0.0.1:9');
refused('nowhere',         qr/--to udp:/,                     'load', '--rate', '5/s');
refused('elsewhere',       qr/--allow-remote/,                'load', '--to', 'udp:192.0.2.1:5060', '--rate', '5/s');
refused('no rate',         qr/either --rate, e\.g\. .* or --window/, 'load', @to);
refused('two paces',       qr/either --rate/,                 'load', @to, '--rate', '5/s', '--window', 5);
refused('rate of nothing', qr{--rate: "0/s" is no rate},      'load', @to, '--rate', '0/s');
refused('rate of words',   qr{--rate: "fast" is no rate},     'load', @to, '--rate', 'fast');
refused('endless window',  qr/--window needs --attempts/,     'load', @to, '--window', 5);
refused('kind',            qr/--kind: .*"refesh".*refresh/,   'load', @to, '--rate', '5/s', '--kind', 'refesh');
refused('no share',        qr/no share above 0/,              'load', @to, '--rate', '5/s', '--kind', 'refresh=0');
refused('arrivals',        qr/--arrivals: .*poison.*poisson/, 'load', @to, '--rate', '5/s', '--arrivals', 'poison');
refused('user format',     qr/--user-format: /,               'load', @to, '--rate', '5/s', '--user-format', 'all');
refused('algorithm',       qr/--algorithm: .*SHA-256/,        'load', @to, '--rate', '5/s', '--algorithm', 'SHA256');
refused('a file',          qr/load takes options only/,       'load', @to, 'town.ini');
refused('no domain',       qr/--write-users needs --domain/,  'load', '--write-users', 'users');
refused('neither',         qr/either one scenario file or --to/, 'capacity');
refused('both',            qr/either one scenario file or --to/, 'capacity', @to, 'town.ini');
refused('settings',        qr/--set changes a scenario/,      'capacity', @to, '--set', 'station.workers=2');
refused('threshold',       qr/--threshold: "5" has no unit/,  'capacity', @to, '--threshold', 5);
refused('remote capacity', qr/--allow-remote/,                'capacity', '--to', 'udp:192.0.2.1:5060');

# --- our own server
run($program, 'load', '--write-users', "$scratch/users", '--users', 100, @domain);
like(slurp("$scratch/users"), qr/^u99:example\.org:[0-9a-f]{32}\nu99:example\.org:[0-9a-f]{64}\n\z/m,
    'users as htdigest writes them');
my @serve = ('--listen', 'udp:127.0.0.1:0', '--listen', 'tcp:127.0.0.1:0', @domain, '--users', "$scratch/users",
    '--store', 'memory', '--set', 'registrar.algorithms=MD5, SHA-256');
my $server = start_serve({}, @serve) or BAIL_OUT("the server does not start: $@");
my $udp    = "udp:127.0.0.1:$server->{udp}";
my $tcp    = "tcp:127.0.0.1:$server->{tcp}";

{
    my ($status, $out, $report) = load($udp, '--users', 100, '--rate', '200/s', '--duration', '2s', '--csv', "$scratch/load.csv");
    is($status, 0, 'open loop: exit 0');
    is($report->{total}{started}, 400, 'as many attempts as the schedule has');
    is($report->{total}{effective}, 400, 'and all succeed');
    is_deeply($report->{statuses}, { 401 => 400, 200 => 400 }, 'each is challenged and proves who it is');
    is($report->{ira_percent}, 0, 'none is ineffective');
    is($report->{total}{delay}{count}, 400, 'each has a delay');
    is(JSON::PP::is_bool($report->{trustworthy}) && $report->{trustworthy} + 0, 1, 'trustworthy');
    cmp_ok($report->{total}{delay}{p50_ms}, '>=', $report->{total}{rrd}{p50_ms}, 'from when it was due is no shorter');
    like($out, qr/^register        RRD .*\n^                delay /m, 'the report has both');
    my ($head, @rows) = split /\n/, slurp("$scratch/load.csv");
    my $sum = 0;
    $sum += (split /,/)[2] for @rows;
    like($head, qr/^second,started,effective,failed,/, 'each second has a row');
    is($sum, 400, 'and the rows have all');
}
for my $algorithm (qw(MD5 SHA-256)) {
    my (undef, undef, $report) = load($udp, '--users', 20, '--window', 8, '--attempts', 60, '--algorithm', $algorithm);
    is($report->{total}{effective}, 60, "$algorithm: as fast as answers come");
    is($report->{rate_per_s}, undef, "$algorithm: and no rate is claimed");
}
{
    my (undef, undef, $report) = load($tcp, '--users', 100, '--sockets', 3, '--rate', '200/s', '--attempts', 200);
    is($report->{total}{effective}, 200, 'TCP, three connections');
    is($report->{retransmissions}, 0, 'where nothing is sent again');
}
{
    my (undef, undef, $report) = load($udp, '--users', 100, '--fill', '--kind', 'refresh', '--window', 8, '--attempts', 200);
    is_deeply($report->{statuses}, { 200 => 200 }, 'refreshes need one request');
}
{
    my (undef, $out, $report) = load($udp, '--users', 100, '--kind', 'lookup', '--rate', '200/s', '--attempts', 100);
    is_deeply($report->{statuses}, { 302 => 100 }, 'they are found');
    is($report->{acks}, 100, 'and each answer has its ACK');
    is($report->{ira_percent}, undef, 'there are no registrations to be ineffective');
    unlike($out, qr/^lookup +RRD/m, 'and a lookup has no RRD');
}
{
    my ($status, undef, $report) = load($udp, '--users', 100, '--kind', 'mix', '--rate', '300/s', '--attempts', 300,
        '--arrivals', 'poisson', '--seed', 3);
    is($status, 0, 'a mix');
    is($report->{total}{effective}, 300, 'of which all succeed');
    is(join(' ', sort keys %{ $report->{kinds} }), 'fetch lookup refresh register', 'has all kinds');
}
{
    my ($status, undef, $report) = load($udp, '--users', 20, '--window', 4, '--attempts', 40, '--kind', 'unregister');
    is($report->{total}{effective}, 40, 'they unregister');
    (undef, undef, $report) = load($udp, '--users', 20, '--window', 4, '--attempts', 20, '--kind', 'lookup');
    is_deeply($report->{statuses}, { 480 => 20 }, 'and are not found');
    is($report->{total}{failed}, 20, 'which is a failure');
    (undef, undef, $report) = load($udp, '--users', 20, '--rate', '100/s', '--attempts', 20, '--password-format', 'wrong');
    is($report->{ira_percent}, 100, 'a wrong password: every attempt is ineffective');
    is_deeply($report->{statuses}, { 401 => 40 }, 'after two tries');
    (undef, undef, $report) = load($udp, '--users', 20, '--first', 90, '--window', 4, '--attempts', 20);
    is($report->{total}{failed}, 10, 'so are users that the server does not know');
}
{
    my ($status, $out, $complaint) = run($program, 'load', '--to', $udp, @domain, '--quiet', '--fill', '--users', 5,
        '--rate', '5/s', '--password-format', 'wrong');
    is($status, 2, 'nobody to refresh: exit 2');
    one_line($complaint, qr/--fill: 5 of 5 users could not register/, 'nobody to refresh');
}

# --- a stall: 100 attempts a second are due while nothing answers for a second
sub stall {
    my (@options) = @_;
    my $child = fork // die "fork: $!";
    if ($child == 0) {
        open STDOUT, '>', "$scratch/stall.txt";
        open STDERR, '>&', \*STDOUT;
        exec $program, 'load', '--to', $udp, @domain, '--quiet', '--max-lag', '60s', '--json', "$scratch/stall.json",
            '--rate', '100/s', '--duration', '5s', @options;
    }
    sleep 2;
    kill STOP => $server->{pid};
    sleep 1;
    kill CONT => $server->{pid};
    waitpid $child, 0;
    is($? >> 8, 0, 'a stalled server: exit 0');
    return read_json("$scratch/stall.json");
}
{
    my $report = stall('--users', 1000, '--kind', 'unauthenticated');
    is($report->{total}{started}, 500, 'a stall does not hold up those that are due');
    cmp_ok($report->{total}{delay}{max_ms}, '>=', 800, 'who came first waited for all of it');
    cmp_ok($report->{total}{delay}{p90_ms}, '>=', 300, 'and a fifth for part of it');
    cmp_ok($report->{retransmissions}, '>', 0, 'half of them asked again');
    # One user: while he waits for his answer, no other attempt can leave. Only delays from when they
    # were due tell that a fifth of them waited.
    $report = stall('--users', 1, '--kind', 'unauthenticated');
    is($report->{total}{started}, 500, 'one user: all leave at last');
    cmp_ok($report->{waited}, '>=', 50, 'but many had to wait for him');
    cmp_ok($report->{total}{delay}{p90_ms}, '>=', 300, 'and their delay says so');
    cmp_ok($report->{total}{rrd}{p90_ms}, '<', $report->{total}{delay}{p90_ms} / 2, 'which the RRD cannot');
}
is(stop_serve($server), 0, 'the server ends well');

# --- a server that keeps every fifth answer to itself at first
{
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp') or die $!;
    my $to = 'udp:127.0.0.1:' . $socket->sockport;
    my $stub = fork // die "fork: $!";
    if ($stub == 0) {
        my ($n, %seen) = (0);
        while (defined $socket->recv(my $request, 65535)) {
            my ($branch) = $request =~ /branch=(\w+)/ or next;
            next if !$seen{$branch}++ && ++$n % 5 == 0;
            my @same = $request =~ /^((?:Via|From|To|Call-ID|CSeq): .*?\r\n)/mg;
            $socket->send("SIP/2.0 200 OK\r\n@{[join '', @same]}Content-Length: 0\r\n\r\n");
        }
        POSIX::_exit(0);
    }
    my ($status, undef, $report) = load($to, '--users', 100, '--rate', '100/s', '--attempts', 100);
    is($status, 0, 'lost answers: exit 0');
    is($report->{total}{effective}, 100, 'all succeed in the end');
    cmp_ok($report->{retransmissions}, '>=', 20, 'a fifth asked again');
    cmp_ok($report->{total}{delay}{p90_ms}, '>=', 490, 'which took them 500 ms');
    cmp_ok($report->{total}{rrd}{max_ms}, '>=', 490, 'of their RRD, too');

    # Stopped in the middle: what there is, and how much of it is open.
    kill STOP => $stub;
    my $child = fork // die "fork: $!";
    if ($child == 0) {
        open STDOUT, '>', "$scratch/stopped.txt";
        exec $program, 'load', '--to', $to, @domain, '--quiet', '--users', 100, '--rate', '50/s', '--duration', '1h';
    }
    sleep 3;
    kill TERM => $child;
    waitpid $child, 0;
    is($? >> 8, 130, 'stopped: exit 130');
    my $text = slurp("$scratch/stopped.txt");
    like($text, qr/\(stopped: partial\)/, 'and it says so');
    like($text, qr/0 effective, 0 failed.*, [1-9]\d* under way at the end/, 'and how many were under way');
    kill KILL => $stub;
    waitpid $stub, 0;
}

# --- capacity: a server that takes 1000 messages a second, two for each registration
{
    my $limited = start_serve({}, @serve, map { ('--set', "serve.$_") } 'limit-loopback=yes', 'rate-per-source=1000/s',
        'burst-per-source=110') or BAIL_OUT("the limited server does not start: $@");
    my ($status, $out, $complaint) = run($program, 'capacity', '--to', "udp:127.0.0.1:$limited->{udp}", @domain,
        '--agents', 100, '--start', 300, '--pause', '0s', '--threshold', '400ms', '--max-lag', '60s', '--csv', "$scratch/steps.csv");
    is($status, 0, 'capacity: found') or diag $complaint;
    my ($rate)  = $out =~ m{^registration-rate (\d+) /s \(RFC 7502 section 6\.7\)$}m;
    my ($again) = $out =~ m{^re-registration-rate (\d+) /s \(RFC 7502 section 6\.8\)$}m;
    # A hundred send 200 messages, of which the burst takes 110 at once: 90 in the time of 1111/s.
    cmp_ok($rate // 0, '<=', 1150, 'not more than the server can');
    cmp_ok($rate // 0, '>=', 150, 'and not much less');
    cmp_ok($again // 0, '>', 0, 'then they register again');
    my ($head, @steps) = map { [split /,/] } split /\n/, slurp("$scratch/steps.csv") // '';
    my @good = grep { $_->[1] eq 'register' && $_->[6] eq 'yes' } @steps;
    my ($best) = sort { $b <=> $a } map { $_->[2] } @good;
    is($best, $rate, 'the best step that was good');
    is(scalar(grep { $_->[3] != 100 || $_->[4] != 0 } @good), 0, 'in which every registration succeeded');
    cmp_ok(scalar(grep { $_->[1] eq 'register' && $_->[6] eq 'no' } @steps), '>', 0, 'and others were too fast');
    is($steps[0][2], 300, 'from --start on');
    ($status, $out, $complaint) = run($program, 'capacity', '--to', "udp:127.0.0.1:$limited->{udp}", @domain, '--agents', 5,
        '--start', 20, '--limit', 21, '--max-lag', '60s');
    is($status, 2, 'beyond --limit: exit 2');
    one_line($complaint, qr{21 registrations/s are good still; see --limit}, 'beyond --limit');
    ($status, $out, $complaint) = run($program, 'capacity', '--to', "udp:127.0.0.1:$limited->{udp}", @domain, '--agents', 50,
        '--start', 200, '--max-lag', '0s');
    is($status, 2, 'a late generator: exit 2');
    one_line($complaint, qr{200 registrations/s are more than the generator can start in time}, 'a late generator');
    is(stop_serve($limited), 0, 'the limited server ends well');
}

done_testing;
