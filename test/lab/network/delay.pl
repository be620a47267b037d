# Gives every packet that reaches the TUN device named by the first argument back to it after the milliseconds of the second.
# Perl, because it is on every Debian and can make the one ioctl that opens a TUN device; tc netem is not in every kernel.
use strict;
use warnings;
use Time::HiRes qw(time);

my ($device, $delay) = @ARGV;
$delay /= 1000;
open(my $tun, '+<', '/dev/net/tun') or die "tun: $!";
# TUNSETIFF with IFF_TUN | IFF_NO_PI.
ioctl($tun, 0x400454ca, pack('a16 s x22', $device, 0x1001)) or die "TUNSETIFF: $!";
$| = 1;
print "ready\n";

my @waiting;
while (1) {
    my $now = time;
    while (@waiting && $waiting[0][0] <= $now) {
        syswrite($tun, shift(@waiting)->[1]);
    }
    my $left = @waiting ? $waiting[0][0] - time : undef;
    $left = 0 if defined $left && $left < 0;
    my $readable = '';
    vec($readable, fileno($tun), 1) = 1;
    next unless select($readable, undef, undef, $left) > 0;
    my $packet;
    next unless sysread($tun, $packet, 65536);
    # A queue of 20,000 is 400 ms at 600 Mbit/s: beyond it the relay would measure itself.
    push @waiting, [time + $delay, $packet] if @waiting < 20_000;
}
