# SPDX-License-Identifier: GPL-3.0-or-later
# A server as a user starts it, and a small SIP client for it.
package Serve;
use strict;
use warnings;
use Digest::MD5 'md5_hex';
use Exporter 'import';
use IO::Select;
use IO::Socket::IP;
use Run;
use Socket qw(SOCK_DGRAM SOCK_STREAM);
use Time::HiRes qw(sleep time);

our @EXPORT = qw(start_serve stop_serve kill_serve wait_log connect_udp connect_tcp ask register
    write_request ha1_line http_get rss_kib message_of);

my %running;
END { kill KILL => keys %running if %running }

# Starts `rollcall serve` with @args; %env adds to its environment. Listeners with port 0 get a
# free one. Returns: {pid, log, udp => port, tcp => .., tls => .., metrics => ..}, or undef with
# the log in $@ if it ended at once.
my $count = 0;
sub start_serve {
    my ($env, @args) = @_;
    my $self = { log => "$scratch/serve-" . ++$count . ".log", since => time };
    my $which = delete $env->{PROGRAM} // $program;
    $self->{pid} = fork // die "fork: $!";
    if ($self->{pid} == 0) {
        chdir $scratch or die;
        $ENV{$_} = $env->{$_} for keys %$env;
        open STDIN,  '<', '/dev/null' or die;
        open STDOUT, '>', $self->{log} or die;
        open STDERR, '>&', \*STDOUT or die;
        exec { $which } $which, 'serve', @args or die;
    }
    $running{ $self->{pid} } = 1;
    my $log;
    for (1 .. 600) {
        $log = slurp($self->{log}) // '';
        last if $log =~ /(?:"ready"| ready)\b/;
        last if waitpid($self->{pid}, 1) > 0 and $self->{status} = $?, delete $running{ $self->{pid} };
        sleep 0.05;
    }
    if (!$running{ $self->{pid} }) {
        $@ = slurp($self->{log});
        return;
    }
    $self->{ $1 } = $2 while $log =~ /listening.*?at"?[:=]"?(udp|tcp|tls):(?:\[[^\]]*\]|[^:\[]+):(\d+)/g;
    $self->{metrics} = $1 if $log =~ m{http://[^/]*:(\d+)/metrics};
    return $self;
}

# Returns: the exit status, 128 and the signal if it was killed.
sub kill_serve {
    my ($self, $signal) = @_;
    kill $signal => $self->{pid};
    for (1 .. 600) {
        if (waitpid($self->{pid}, 1) > 0) {
            delete $running{ $self->{pid} };
            return $? & 127 ? 128 + ($? & 127) : $? >> 8;
        }
        sleep 0.05;
    }
    kill KILL => $self->{pid};
    waitpid $self->{pid}, 0;
    delete $running{ $self->{pid} };
    return -1;
}

sub stop_serve { return kill_serve($_[0], 'TERM') }

# Waits until the log has $pattern; returns the log.
sub wait_log {
    my ($self, $pattern) = @_;
    for (1 .. 200) {
        my $log = slurp($self->{log});
        return $log if $log =~ $pattern;
        sleep 0.05;
    }
    return slurp($self->{log});
}

# Where ::1 is the only address of IPv6, a name service is right to say that there is none.
my @numeric = (GetAddrInfoFlags => Socket::AI_NUMERICHOST());

sub connect_udp {
    my ($port, $host) = @_;
    return IO::Socket::IP->new(@numeric, PeerHost => $host // '127.0.0.1', PeerPort => $port, Type => SOCK_DGRAM)
        // die "udp $port: $@";
}

sub connect_tcp {
    my ($port, $host) = @_;
    return IO::Socket::IP->new(@numeric, PeerHost => $host // '127.0.0.1', PeerPort => $port, Type => SOCK_STREAM)
        // die "tcp $port: $@";
}

# One message out of what came; a datagram is one as it is.
sub message_of {
    my ($socket, $patience) = @_;
    my ($select, $text) = (IO::Select->new($socket), '');
    my $until = time + ($patience // 10);
    while (time < $until) {
        next unless $select->can_read($until - time > 0 ? $until - time : 0);
        my $n = sysread $socket, my $more, 65536;
        return $text unless $n;
        $text .= $more;
        return $text if $socket->socktype == SOCK_DGRAM;
        return $text if $text =~ /\A.*?\r\n\r\n/s && $text =~ /^Content-Length: (\d+)/mi
            && length($text) >= index($text, "\r\n\r\n") + 4 + $1;
    }
    return $text;
}

my $serial = 0;
my $mark   = sprintf '%x%x', $$, time;

# A request as text; %with: transport, cseq, id, expires, contact, headers, body, from, to, branch
sub write_request {
    my ($method, $uri, %with) = @_;
    my $n      = ++$serial;
    my $branch = $with{branch} // "z9hG4bK$mark$n";
    my $id     = $with{id} // "$mark-$n";
    my $to     = $with{to} // ($uri =~ /\@/ ? $uri : 'sip:nobody@example.org');
    my $text   = "$method $uri SIP/2.0\r\n"
        . "Via: SIP/2.0/@{[$with{transport} // 'UDP']} 127.0.0.1:9;branch=$branch;rport\r\n"
        . "From: <@{[$with{from} // $to]}>;tag=f$mark\r\nTo: <$to>\r\nCall-ID: $id\r\n"
        . "CSeq: @{[$with{cseq} // 1]} $method\r\nMax-Forwards: 70\r\n";
    $text .= "Contact: $with{contact}\r\n" if defined $with{contact};
    $text .= "Expires: $with{expires}\r\n" if defined $with{expires};
    $text .= "$_\r\n" for @{ $with{headers} // [] };
    my $body = $with{body} // '';
    return $text . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
}

# Sends, and again over UDP as RFC 3261 says; returns the final answer, or '' if none came.
sub ask {
    my ($socket, $text, $patience) = @_;
    my $until = time + ($patience // 15);
    my ($wait) = (0.5);
    my ($branch) = $text =~ /branch=([^;\r]+)/;
    syswrite $socket, $text;
    while (time < $until) {
        my $left = $until - time;
        my $got = message_of($socket, $socket->socktype == SOCK_DGRAM && $wait < $left ? $wait : $left);
        return $got if $got =~ m{\ASIP/2.0 [2-6]} && index($got, $branch) >= 0;
        return '' if $got eq '' && $socket->socktype != SOCK_DGRAM;
        next unless $got eq '' && $socket->socktype == SOCK_DGRAM;
        syswrite $socket, $text;
        $wait *= 2;
    }
    return '';
}

sub ha1_line {
    my ($user, $realm, $password) = @_;
    return "$user:$realm:" . md5_hex("$user:$realm:$password") . "\n";
}

sub authorize {
    my ($challenge, $method, $uri, $user, $password) = @_;
    my ($header) = $challenge =~ /^WWW-Authenticate: (Digest [^\r]*algorithm=MD5[^\r]*)/mi or return;
    my ($realm) = $header =~ /realm="([^"]*)"/;
    my ($nonce) = $header =~ /nonce="([^"]*)"/;
    my $ha2 = md5_hex("$method:$uri");
    my $response = md5_hex(join ':', md5_hex("$user:$realm:$password"), $nonce, '00000001', 'c0', 'auth', $ha2);
    return qq{Authorization: Digest username="$user", realm="$realm", nonce="$nonce", uri="$uri", }
        . qq{response="$response", algorithm=MD5, qop=auth, nc=00000001, cnonce="c0"};
}

# A REGISTER, with credentials if they are asked for. Returns: the last answer.
sub register {
    my ($socket, $user, $password, %with) = @_;
    my $domain = delete $with{domain} // 'example.org';
    my $uri    = "sip:$domain";
    my $cseq   = delete $with{cseq} // ++$serial;
    %with = (to => "sip:$user\@$domain", contact => "<sip:$user\@127.0.0.1:5999>", expires => 600,
        id => "r-$mark-$user", %with);
    my $answer = ask($socket, write_request('REGISTER', $uri, %with, cseq => $cseq));
    return $answer if $answer !~ m{\ASIP/2.0 401} || !defined $password;
    my $credentials = authorize($answer, 'REGISTER', $uri, $with{username} // $user, $password) // return $answer;
    $serial = $cseq + 1 if $serial <= $cseq;
    return ask($socket, write_request('REGISTER', $uri, %with, cseq => $cseq + 1, headers => [$credentials]));
}

sub http_get {
    my ($port, $path) = @_;
    my $socket = connect_tcp($port);
    syswrite $socket, "GET $path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    local $/;
    my $text = <$socket> // '';
    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    return ($head, $body // '');
}

sub rss_kib {
    my ($self) = @_;
    return (slurp("/proc/$self->{pid}/status") // '') =~ /^VmRSS:\s+(\d+)/m ? $1 : 0;
}

1;
