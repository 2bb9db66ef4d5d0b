#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 under load. After it the records are what was acknowledged: of each user, what the last
# acknowledged request made of it, or what requests without a 200 after that may have made of it.
# Nothing acknowledged is missing, and nothing is there that nobody asked for.
#
# Eight kills of each kind, 200 if ROLLCALL_SLOW is set. ROLLCALL_CRASH=sqlite (or redis, or both)
# leaves the other out, ROLLCALL_SEED=N draws the same moments again.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use IO::Select;
use Redis;
use Run;
use Serve;
use Test::More;
use Time::HiRes qw(sleep time);

my $kills   = $ENV{ROLLCALL_SLOW} ? 200 : 8;
my $only    = $ENV{ROLLCALL_CRASH} // 'sqlite redis';
my $seed    = $ENV{ROLLCALL_SEED} // time;
my $users   = 300;
my $window  = 48;    # requests on their way
my $devices = 3;     # of a user, each with a contact
srand $seed;
note "ROLLCALL_SEED=$seed";
my $run = sprintf '%x', $$;

# Of each user: %{possible}, the tables that it may have, as texts "device=number ...", the number
# being that of the request that made the record; {cseq}; {busy}: the branch of what is under way.
my (@user, %sent, $serial, %count, @wrong, $round);

sub forget_users { @user = map { { possible => { '' => 1 }, cseq => 0 } } 1 .. $users; %sent = (); return }

# The table after device $d was bound by request $n, or unbound.
sub after {
    my ($table, $d, $n) = @_;
    my %at = map { split /=/ } split / /, $table;
    $n ? ($at{$d} = $n) : delete $at{$d};
    return join ' ', map { "$_=$at{$_}" } sort keys %at;
}

sub uri_of { return sprintf 'sip:u%d@example.org', $_[0] }

# A REGISTER of a device, or one to unregister it.
sub send_one {
    my ($socket, $i) = @_;
    my ($user, $n, $d) = ($user[$i], ++$serial, 1 + int rand $devices);
    my $bound  = rand() < 0.75 ? $n : 0;
    my $branch = "z9hG4bKc$run.$n";
    $user->{busy} = $branch;
    my %may = map { (after($_, $d, $bound) => 1) } keys %{ $user->{possible} };
    $sent{$branch} = { user => $i, tables => \%may, by => $socket };
    $user->{possible}{$_} = 1 for keys %may;
    syswrite $socket, write_request('REGISTER', 'sip:example.org', to => uri_of($i), id => "c$run-$i",
        cseq => ++$user->{cseq}, branch => $branch, expires => $bound ? 3000 : 0,
        contact => "<sip:d$d\@127.0.0.1:5999>;op=$n");
    $count{asked}++;
    return;
}

# What an answer lists, as such a text.
sub listed {
    my ($answer) = @_;
    my %at;
    while ($answer =~ /<sip:d(\d+)\@127\.0\.0\.1:5999>([^,\r\n]*)/g) {
        my ($d, $parameters) = ($1, $2);
        $at{$d} = $parameters =~ /;op=(\d+)/ ? $1 : '?';
    }
    return join ' ', map { "$_=$at{$_}" } sort keys %at;
}

# An answer to a REGISTER of the load. A 200 says what the table is.
sub take_answer {
    my ($socket) = @_;
    sysread $socket, my $answer, 65536 or return;    # a socket of a dead server tells that so
    my ($branch) = $answer =~ /branch=([^;\r]+)/ or return;
    my $request = delete $sent{$branch} or return;
    my $user    = $user[ $request->{user} ];
    undef $user->{busy};
    $answer =~ m{\ASIP/2.0 (\d+)};
    $count{$1}++;
    return if $1 == 503;
    my $table = listed($answer);
    push @wrong, "$1: " . uri_of($request->{user}) . " has \"$table\", not one of \""
        . join('" "', keys %{ $request->{tables} }) . '"'
        if $1 != 200 || !$request->{tables}{$table};
    $user->{possible} = { $table => 1 };
    return;
}

# Keeps @sockets busy for $span seconds; then nothing more is sent, and answers are not awaited.
sub load {
    my ($span, @sockets) = @_;
    my ($select, $end) = (IO::Select->new(@sockets), time + $span);
    while ((my $left = $end - time) > 0) {
        for (1 .. $window - keys %sent) {
            my $i = int rand $users;
            send_one($sockets[ rand @sockets ], $i) unless $user[$i]{busy};
        }
        for my $socket ($select->can_read($left < 0.05 ? $left : 0.05)) {
            take_answer($socket);
        }
    }
    return;
}

# What was answered before the end is in the sockets. Who is alive, of @alive, answers all.
sub collect {
    my ($sockets, @alive) = @_;
    my ($select, $end) = (IO::Select->new(@$sockets), time + 30);
    my $due = sub {
        return scalar grep { my $by = $_->{by}; grep { $_ == $by } @alive } values %sent;
    };
    while (my @ready = $select->can_read($due->() && time < $end ? 0.1 : 0) or $due->() && time < $end) {
        take_answer($_) for @ready;
    }
    push @wrong, "kill $round: " . $due->() . ' requests were not answered' if $due->();
    return;
}

# Asks for the table of every user and holds it against what it may be.
# Returns: how many records there are.
sub verify {
    my ($socket, $name) = @_;
    my ($records, %open, @bad) = (0);
    my @left   = 0 .. $users - 1;
    my $select = IO::Select->new($socket);
    $count{'in doubt'} += grep { keys %{ $_->{possible} } > 1 } @user;
    my $until = time + 60;
    while ((@left || %open) && time < $until) {
        while (@left && keys %open < $window) {
            my $i = shift @left;
            my $branch = sprintf 'z9hG4bKv%s.%d.%d', $run, ++$serial, $i;
            $open{$branch} = $i;
            syswrite $socket, write_request('REGISTER', 'sip:example.org', to => uri_of($i),
                id => "v$run-$i", cseq => $serial, branch => $branch);
        }
        next unless $select->can_read(1);
        sysread $socket, my $answer, 65536 or next;
        my ($branch) = $answer =~ /branch=([^;\r]+)/ or next;
        my $i = delete $open{$branch} // next;
        my $table = listed($answer);
        if ($answer !~ m{\ASIP/2.0 200 }) {
            push @bad, uri_of($i) . ': ' . substr $answer, 0, 40;
        } elsif (!$user[$i]{possible}{$table}) {
            push @bad, uri_of($i) . " has \"$table\", not one of \"" . join('" "', keys %{ $user[$i]{possible} }) . '"';
        }
        $records += split / /, $table;
        $user[$i]{possible} = { $table => 1 };
        undef $user[$i]{busy};
    }
    push @bad, 'no answer about ' . uri_of($_) for values %open;
    %sent = ();
    $count{"wrong after $name"} += @bad;
    push @wrong, map {"kill $round, of $name: $_"} @bad;
    return $records;
}

sub judge {
    my ($name) = @_;
    is(scalar @wrong, 0, "$name: nothing acknowledged is missing, nothing is invented");
    diag($_) for grep { defined } @wrong[ 0 .. 9 ];
    @wrong = ();
    note "$name: ", join ', ', map {"$_ $count{$_}"} sort keys %count;
    cmp_ok($count{200} // 0, '>', 10 * $kills, "$name: it was under load");
    %count = ();
    return;
}

# From hardly begun to well under way.
sub moment { return 0.02 + rand() ** 2 * 0.5 }

# --- a database of its own
sub crash_sqlite {
    my @options = ('--listen', 'udp:127.0.0.1:0', '--domain', 'example.org', '--store', "sqlite:$scratch/crash.db");
    forget_users();
    my $records = 0;
    for my $kill (1 .. $kills) {
        $round = $kill;
        my $serve = start_serve({}, @options);
        return fail("sqlite: it starts: $@") unless $serve;
        my $socket = connect_udp($serve->{udp});
        load(moment(), $socket);
        kill_serve($serve, 'KILL') == 128 + 9 or push @wrong, "kill $kill: it had ended before";
        collect([$socket]);
        $serve = start_serve({}, @options);
        return fail("sqlite: it starts again: $@") unless $serve;
        my ($loaded) = slurp($serve->{log}) =~ /records-loaded.* records=(\d+)/;
        my $found = verify(connect_udp($serve->{udp}), 'serve');
        push @wrong, "kill $kill: $loaded records were loaded, $found belong to users" if $loaded != $found;
        $records += $found;
        kill_serve($serve, 'KILL');
    }
    cmp_ok($records / $kills, '>', $users / 20, 'sqlite: there was something to lose');
    return judge("sqlite, $kills kills of serve");
}

# --- a store that two share
sub await_redis {
    my ($serve) = @_;
    for (1 .. 400) {
        return if ask(connect_udp($serve->{udp}), write_request('REGISTER', 'sip:example.org', to => 'sip:w@example.org'), 2)
            =~ m{\ASIP/2.0 200 };
        sleep 0.05;
    }
    push @wrong, 'serve does not come back to Redis';
    return;
}

# What a dead server had sent is read before its end is seen.
sub await_end {
    my ($redis, $n) = @_;
    for (1 .. 400) {
        my @clients = grep { !/cmd=client/ } split /\n/, ask_redis($redis, 'CLIENT', 'LIST');
        return if @clients <= $n;
        sleep 0.01;
    }
    die 'the connection stays';
}

sub crash_redis {
    my $redis   = start_redis();
    my @options = map { ['--listen', 'udp:127.0.0.1:0', '--domain', 'example.org', '--store', "redis:$_"] }
        "127.0.0.1:$redis->{port}", $redis->{socket};
    my @serve   = map { start_serve({}, @$_) // return fail("redis: it starts: $@") } @options;
    my @socket  = map { connect_udp($_->{udp}) } @serve;
    my %killed;
    forget_users();
    await_redis($_) for @serve;
    for my $kill (1 .. 2 * $kills) {
        $round = $kill;
        my $victim = $kill % 2 ? 'serve' : 'redis';
        my $which  = int rand 2;
        load(moment(), @socket);
        if ($victim eq 'serve') {
            kill_serve($serve[$which], 'KILL') == 128 + 9 or push @wrong, "kill $kill: it had ended before";
            collect(\@socket, $socket[ 1 - $which ]);
            await_end($redis, 1);
            $serve[$which]  = start_serve({}, @{ $options[$which] }) // return fail("redis: serve starts again: $@");
            $socket[$which] = connect_udp($serve[$which]{udp});
        } else {
            stop_redis($redis, 'KILL');
            load(0.05, @socket);    # what is asked meanwhile is refused
            start_redis($redis);
            collect(\@socket, @socket);
        }
        $killed{$victim}++;
        await_redis($_) for @serve;
        # Two answers to the same question.
        my $found = verify($socket[$which], $victim);
        push @wrong, "kill $kill: the two do not agree" if $found != verify($socket[ 1 - $which ], $victim);
        my $keys = () = ask_redis($redis, 'KEYS', '*}') =~ /^/mg;
        push @wrong, "kill $kill: $keys texts of $users users" if $keys > $users;
    }
    is(kill_serve($_, 'TERM'), 0, 'redis: it ends well') for @serve;
    stop_redis($redis);
    return judge("redis, $killed{serve} kills of serve and $killed{redis} of Redis");
}

crash_sqlite() if $only =~ /sqlite/;
SKIP: {
    skip 'no redis-server here', 1 unless $only =~ /redis/ && find_redis();
    crash_redis();
}
done_testing();
