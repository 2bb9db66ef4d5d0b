# SPDX-License-Identifier: GPL-3.0-or-later
# A Redis of its own for a test: it says so only when what it was told is on the disk.
package Redis;
use strict;
use warnings;
use Exporter 'import';
use Far 'free_port';
use Run;
use Time::HiRes qw(sleep);

our @EXPORT = qw(find_redis start_redis stop_redis ask_redis);

my %running;
END { kill KILL => keys %running if %running }
$SIG{$_} = sub { exit 1 } for qw(INT TERM);    # so that END is come to

sub find_redis { return scalar grep { -x "$_/redis-server" } split /:/, $ENV{PATH} . ':/usr/sbin' }

# Starts one, or the one of $self again with the file it left. @options: of redis-server.
# Returns: {pid, port, socket, dir}, once it answers.
sub start_redis {
    my ($self, @options) = @_;
    if (!$self) {
        $self = { port => free_port(), dir => File::Temp::tempdir(DIR => $scratch) };
        $self->{socket} = "$self->{dir}/s";
    }
    $self->{options} = \@options if @options;
    $self->{pid} = fork // die "fork: $!";
    if ($self->{pid} == 0) {
        open STDIN,  '<',  '/dev/null' or die;
        open STDOUT, '>>', "$self->{dir}/log" or die;
        open STDERR, '>&', \*STDOUT or die;
        exec 'redis-server', '--port', $self->{port}, '--bind', '127.0.0.1', '--unixsocket', $self->{socket},
            '--dir', $self->{dir}, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always',
            @{ $self->{options} // [] } or die;
    }
    $running{ $self->{pid} } = 1;
    for (1 .. 600) {
        return $self if ask_redis($self, 'PING') =~ /PONG|NOAUTH/;
        sleep 0.02;
    }
    die "redis-server does not answer: " . slurp("$self->{dir}/log");
}

sub stop_redis {
    my ($self, $signal) = @_;
    kill $signal // 'TERM', $self->{pid};
    waitpid $self->{pid}, 0;
    delete $running{ $self->{pid} };
    return;
}

# What redis-cli prints for a command.
sub ask_redis {
    my ($self, @words) = @_;
    open my $out, '-|', 'sh', '-c', 'exec redis-cli "$@" 2>&1', 'redis-cli', '-s', $self->{socket}, @words or die;
    my $text = join '', <$out>;
    close $out;
    return $text =~ s/\n+\z//r;
}

1;
