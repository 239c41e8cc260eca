//! BusyBox and hello-world: the smallest images.

use super::super::recipe::{Recipe, Repository};
use super::system;

pub(super) static REPOSITORIES: [Repository; 2] = [
    Repository::new(
        "hello-world",
        "Hello World! (an example of minimal Dockerization)",
        2_438,
        hello_world,
    ),
    Repository::new("busybox", "Busybox base image.", 3_421, busybox),
];

/// The programs that BusyBox is, as the official image links them.
pub(super) const APPLETS: &str = "[ [[ acpid add-shell addgroup adduser adjtimex ar arch arp arping ascii ash awk \
    base32 base64 basename bc beep blkdiscard blkid blockdev bootchartd brctl bunzip2 bzcat bzip2 cal cat \
    chat chattr chgrp chmod chown chpasswd chpst chroot chrt chvt cksum clear cmp comm conspy cp cpio crc32 \
    crond crontab cryptpw cttyhack cut date dc dd deallocvt delgroup deluser depmod devmem df dhcprelay \
    diff dirname dmesg dnsd dnsdomainname dos2unix dpkg dpkg-deb du dumpkmap dumpleases echo ed egrep eject \
    env envdir envuidgid ether-wake expand expr factor fakeidentd fallocate false fatattr fbset fbsplash \
    fdflush fdformat fdisk fgconsole fgrep find findfs flock fold free freeramdisk fsck fsck.minix fsfreeze \
    fstrim fsync ftpd ftpget ftpput fuser getfattr getopt getty grep groups gunzip gzip halt hd hdparm head \
    hexdump hexedit hostid hostname httpd hush hwclock i2cdetect i2cdump i2cget i2cset i2ctransfer id \
    ifconfig ifdown ifenslave ifplugd ifup inetd init inotifyd insmod install ionice iostat ip ipaddr ipcalc \
    ipcrm ipcs iplink ipneigh iproute iprule iptunnel kbd_mode kill killall killall5 klogd last less link \
    linux32 linux64 linuxrc ln loadfont loadkmap logger login logname logread losetup lpd lpq lpr ls lsattr \
    lsmod lsof lspci lsscsi lsusb lzcat lzma lzop makedevs makemime man md5sum mdev mesg microcom mim mkdir \
    mkdosfs mke2fs mkfifo mkfs.ext2 mkfs.minix mkfs.vfat mknod mkpasswd mkswap mktemp modinfo modprobe more \
    mount mountpoint mpstat mt mv nameif nanddump nandwrite nbd-client nc netstat nice nl nmeter nohup nologin \
    nproc nsenter nslookup ntpd od openvt partprobe passwd paste patch pgrep pidof ping ping6 pipe_progress \
    pivot_root pkill pmap popmaildir poweroff powertop printenv printf ps pscan pstree pwd pwdx raidautorun \
    rdate rdev readahead readlink readprofile realpath reboot reformime remove-shell renice reset resize resume \
    rev rm rmdir rmmod route rpm rpm2cpio rtcwake run-init run-parts runlevel runsv runsvdir rx script \
    scriptreplay sed seedrng sendmail seq setarch setconsole setfattr setfont setkeycodes setlogcons setpriv \
    setserial setsid setuidgid sh sha1sum sha256sum sha3sum sha512sum showkey shred shuf slattach sleep smemcap \
    softlimit sort split ssl_client start-stop-daemon stat strings stty su sulogin sum sv svc svlogd svok swapoff \
    swapon switch_root sync sysctl syslogd tac tail tar taskset tc tcpsvd tee telnet telnetd test tftp tftpd \
    time timeout top touch tr traceroute traceroute6 tree true truncate ts tsort tty ttysize tunctl ubiattach \
    ubidetach ubimkvol ubirename ubirmvol ubirsvol ubiupdatevol udhcpc udhcpc6 udhcpd udpsvd uevent umount uname \
    unexpand uniq unix2dos unlink unlzma unshare unxz unzip uptime users usleep uudecode uuencode vconfig vi \
    vlock volname w wall watch watchdog wc wget which who whoami whois xargs xxd xz xzcat yes zcat zcip";

fn hello_world() -> Vec<Recipe> {
    let hello = Recipe::from_scratch("latest", "2025-08-08T19:05:17Z")
        .also("linux nanoserver")
        .layer("COPY hello /", (10_072, 2_380), |files| {
            files.program("hello", "hello-world");
        })
        .cmd(&["/hello"]);
    vec![hello]
}

/// Every tag of BusyBox is one image: what differs in life, the C library and a few
/// versions of the tools, does not show here.
fn busybox() -> Vec<Recipe> {
    let busybox = Recipe::from_scratch("latest 1.35 1.36 1.37", "2024-09-26T21:31:42Z")
        .also("1 1.34 1.36.1 1.37.0 glibc musl stable stable-glibc stable-musl stable-uclibc uclibc unstable")
        .imported()
        .layer("ADD busybox.tar /", (4_277_910, 2_156_518), |files| {
            files
                .dirs("dev etc home usr/bin usr/sbin var/spool/mail var/www lib")
                .dir("root")
                .mode("root", 0o700)
                .dir("tmp")
                .mode("tmp", 0o1777)
                .program("bin/busybox", "busybox")
                .links("bin", APPLETS, "/bin/busybox")
                .link("usr/bin/env", "../../bin/env")
                .link("lib64", "lib")
                .dirs("etc/network/if-down.d etc/network/if-up.d")
                .text("etc/localtime", "TZif2\n")
                .text("etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n");
            system::accounts(files, PASSWD, "root:x:0:\nnogroup:x:65534:\n");
        })
        .cmd(&["sh"]);
    vec![busybox]
}

const PASSWD: &str = "\
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
";
