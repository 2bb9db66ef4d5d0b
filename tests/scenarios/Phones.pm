# SPDX-License-Identifier: GPL-3.0-or-later
# Real SIP clients, run without a sound card, each with a way to register, refresh and end. A phone is
# {client, transport, user, domain, server => port, port => its own}; names without a slash are sought in PATH.
package Phones;
use strict;
use warnings;
use Exporter 'import';
use Far ();
use POSIX ();
use Run;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(has_command begin finish end_with until_true sipp write_baresip write_linphone sipsak);

my %running;
# Whoever stops the test stops them, too.
$SIG{TERM} = $SIG{INT} = sub { exit 130 };
END { my $code = $?; end_with($_, 'KILL') for keys %running; $? = $code }

sub has_command {
    my ($name) = @_;
    return scalar grep { -x "$_/$name" } split /:/, $ENV{PATH};
}

# In the folder $dir, which is its home, too. Returns: the process.
sub begin {
    my ($dir, $input, @command) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        eval {
            chdir $dir or die;
            delete @ENV{qw(XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR)};
            @ENV{qw(HOME TERM)} = ($dir, 'dumb');
            open STDIN, '<', '/dev/null' or die;
            open STDIN, '<&', $input or die if $input;
            open STDOUT, '>>', "$dir/out" or die;
            open STDERR, '>&', \*STDOUT or die;
            no warnings 'exec';
            exec { $command[0] } @command;
        };
        # No END of the parent's may run here.
        POSIX::_exit(127);
    }
    $running{$pid} = 1;
    return $pid;
}

# Waits until it ends by itself. Returns: its exit status, -1 if it had to be killed.
sub finish {
    my ($pid, $patience) = @_;
    for (my $until = time + ($patience // 40); time < $until; sleep 0.02) {
        next unless waitpid($pid, 1) > 0;
        delete $running{$pid};
        return $? & 127 ? 128 + ($? & 127) : $? >> 8;
    }
    end_with($pid, 'KILL');
    return -1;
}

sub end_with {
    my ($pid, $signal) = @_;
    return unless $pid && $running{$pid};
    kill $signal, $pid;
    return finish($pid, 20) if $signal ne 'KILL';
    waitpid $pid, 0;
    delete $running{$pid};
    return;
}

# Returns: what $check returned once it was true, or last.
sub until_true {
    my ($check, $patience) = @_;
    my $until = time + ($patience // 40);
    my $got;
    sleep 0.05 until ($got = $check->()) || time > $until;
    return $got;
}

# One SIPp call to $port, from a port that is free: by itself SIPp takes 5060. Returns: its exit status, 0 if the call went as the scenario says.
sub sipp {
    my ($dir, $transport, $port, @options) = @_;
    return finish(begin($dir, undef, 'sipp', "127.0.0.1:$port", '-i', '127.0.0.1', '-p',
        Far::free_port(), '-t', $transport eq 'tcp' ? 't1' : 'u1', '-m', 1, '-nostdin', '-recv_timeout', 20000, '-timeout', '30s',
        '-timeout_error', @options));
}

# Two seconds of nothing, at 8 kHz in 16 bits: what is to be said in a call where there is no microphone.
sub silence {
    my $samples = "\0" x 32000;
    return pack('a4Va4a4VvvVVvva4V', 'RIFF', 36 + length $samples, 'WAVE', 'fmt ', 16, 1, 1, 8000, 16000, 2, 16,
        'data', length $samples) . $samples;
}

# Its refreshes come at 90 % of what is granted.
sub write_baresip {
    my ($dir, $phone) = @_;
    my ($modules) = grep { -d } glob('/usr/lib/baresip/modules /usr/lib/*/baresip/modules');
    spew("$dir/config", join '', map { "$_\n" } "module_path $modules", "sip_listen 127.0.0.1:$phone->{port}",
        
        "audio_source aufile,$dir/silence.wav", (map { "module $_.so" } qw(g711 aufile)), 'module_tmp account.so', 'module_app menu.so');
    spew("$dir/silence.wav", silence());
    return spew("$dir/accounts", "<sip:$phone->{user}\@$phone->{domain};transport=$phone->{transport}>;"
        . "auth_user=$phone->{user};auth_pass=secret;regint=$phone->{expires};answermode=auto;"
        . "outbound=\"sip:127.0.0.1:$phone->{server};transport=$phone->{transport}\"\n");
}

sub write_linphone {
    my ($dir, $phone) = @_;
    mkdir for map { "$dir/$_" } '.local', '.local/share', '.local/share/linphone';
    my $route = "<sip:127.0.0.1:$phone->{server};transport=$phone->{transport}";
    return spew("$dir/rc", <<"TEXT");
[sip]
sip_port=$phone->{port}
sip_tcp_port=$phone->{port}
sip_tls_port=0
use_ipv6=0
default_proxy=0
[net]
dns_srv_enabled=0
[auth_info_0]
username=$phone->{user}
passwd=secret
realm=$phone->{domain}
[proxy_0]
reg_proxy=$route>
reg_route=$route;lr>
reg_identity=sip:$phone->{user}\@$phone->{domain}
reg_expires=$phone->{expires}
reg_sendregister=1
publish=0
TEXT
}

# Each run has a Call-ID of its own. Returns: its exit status.
sub sipsak {
    my ($dir, $phone, $expires) = @_;
    return finish(begin($dir, undef, 'sipsak', '-U', '-i', '-n', '-H', '127.0.0.1', '-E', $phone->{transport},
        '-C', $phone->{contact}, '-x', $expires, '-s', "sip:$phone->{user}\@$phone->{domain}",
        '-p', "127.0.0.1:$phone->{server}", '-u', $phone->{user}, '-a', 'secret', '-vvv'));
}

1;
