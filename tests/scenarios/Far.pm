# SPDX-License-Identifier: GPL-3.0-or-later
# Registrars behind a socket, for the tests that need one: our own, Kamailio, and one of a few lines.
package Far;
use strict;
use warnings;
use Exporter 'import';
use FindBin;
use IO::Socket::INET;
use Run;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(free_port start_serve start_kamailio start_stub stop);

my %running;

# A port that is free for both protocols at this moment.
sub free_port {
    for (1 .. 20) {
        my $tcp = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1, Proto => 'tcp') or next;
        my $udp = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $tcp->sockport, Proto => 'udp') or next;
        return $tcp->sockport;
    }
    die 'no free port';
}

sub start {
    my ($log, @command) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        { exec { $command[0] } @command }
        exit 127;
    }
    $running{$pid} = 1;
    return $pid;
}

sub answers {
    my ($pid, $port) = @_;
    for (my $until = time + 20; time < $until; sleep 0.05) {
        return 1 if IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Proto => 'tcp');
        return 0 if waitpid($pid, 1) == $pid;
    }
    return 0;
}

sub stop {
    my ($pid, $signal) = @_;
    return unless $pid && delete $running{$pid};
    kill $signal || 'TERM', $pid;
    waitpid $pid, 0;
    return;
}

# Our own, for example.org, on UDP and TCP, and TLS on the port behind if that is asked for. It
# grants a second. Returns: its process, once it answers; nothing if it does not.
sub start_serve {
    my ($port, %with) = @_;
    my @options = ('--listen', "udp:127.0.0.1:$port", '--listen', "tcp:127.0.0.1:$port", '--domain',
        'example.org', '--store', 'memory', '--set', 'registrar.min-expires=1s');
    push @options, '--users', $with{users} if $with{users};
    push @options, '--listen', 'tls:127.0.0.1:' . ($port + 1),
        map { ('--set', "serve.$_=$top/tests/data/loopback.pem") } qw(certificate private-key)
        if $with{tls};
    my $pid = start("$scratch/serve-$port.log", $with{program} // $program, 'serve', @options);
    return $pid if answers($pid, $port);
    stop($pid);
    return;
}

sub start_kamailio {
    my ($port, $config) = @_;
    my ($found) = grep { -x "$_/kamailio" } split(/:/, $ENV{PATH}), '/usr/sbin';
    return unless $found;
    my $dir = "$scratch/kamailio-$port";
    mkdir $dir;
    my $pid = start("$dir/log", "$found/kamailio", '-f', "$top/tests/data/$config", '-DD', '-E',
        '-Y', $dir, '-w', $dir, '-l', "udp:127.0.0.1:$port", '-l', "tcp:127.0.0.1:$port");
    return $pid if answers($pid, $port);
    stop($pid);
    return;
}

# Grants whatever is asked for over UDP, lists that contact and no other, and notes in $notes where
# each request came from, its Contact and its Expires.
sub start_stub {
    my ($port, $notes) = @_;
    my $socket = IO::Socket::INET->new(LocalAddr => "127.0.0.1:$port", Proto => 'udp') or die "stub: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open my $out, '>', $notes;
        $out->autoflush(1);
        while (defined $socket->recv(my $request, 65535)) {
            my ($contact) = $request =~ /^Contact: (.*?)\r$/m;
            my ($expires) = $request =~ /^Expires: (\d+)\r$/m;
            print $out join(' ', $socket->peerhost, $contact // '-', $expires // '-'), "\n";
            my @same = $request =~ /^((?:Via|From|To|Call-ID|CSeq): .*?\r\n)/mg;
            my $listed = $contact && $expires ? "Contact: $contact;expires=$expires\r\n" : '';
            $socket->send("SIP/2.0 200 OK\r\n@{[join '', @same]}${listed}Content-Length: 0\r\n\r\n");
        }
        exit 0;
    }
    $running{$pid} = 1;
    return $pid;
}

END {
    my $code = $?;
    stop($_) for keys %running;
    $? = $code;
}

1;
