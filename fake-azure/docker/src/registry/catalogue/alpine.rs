//! Alpine Linux.

use super::super::recipe::{Recipe, Repository};
use super::system;

pub(super) static REPOSITORIES: [Repository; 1] = [Repository::new(
    "alpine",
    "A minimal Docker image based on Alpine Linux with a complete package index and only 5 MB in size!",
    11_402,
    alpine,
)];

/// A release: its tags, its last patch, its date, and its sizes unpacked and packed.
type Release = (&'static str, &'static str, &'static str, (u64, u64));

const RELEASES: [Release; 18] = [
    (
        "latest 3 3.22",
        "3.22.1",
        "2025-07-15T11:31:44Z",
        (8_312_902, 3_799_689),
    ),
    (
        "3.21",
        "3.21.4",
        "2025-07-15T11:31:35Z",
        (7_834_290, 3_644_771),
    ),
    (
        "3.20",
        "3.20.7",
        "2025-07-15T11:31:29Z",
        (7_797_760, 3_626_897),
    ),
    (
        "3.19",
        "3.19.8",
        "2025-07-15T11:31:22Z",
        (7_399_812, 3_421_912),
    ),
    (
        "3.18",
        "3.18.12",
        "2025-02-14T03:28:36Z",
        (7_364_120, 3_418_409),
    ),
    (
        "3.17",
        "3.17.10",
        "2024-09-06T22:20:07Z",
        (7_063_518, 3_376_407),
    ),
    (
        "3.16",
        "3.16.9",
        "2024-01-27T00:30:56Z",
        (5_541_824, 2_806_054),
    ),
    (
        "3.15",
        "3.15.11",
        "2023-11-30T23:22:58Z",
        (5_586_944, 2_826_431),
    ),
    (
        "3.14",
        "3.14.10",
        "2023-03-29T18:19:24Z",
        (5_607_424, 2_833_018),
    ),
    (
        "3.13",
        "3.13.12",
        "2022-08-09T17:19:53Z",
        (5_620_736, 2_826_880),
    ),
    (
        "3.12",
        "3.12.12",
        "2022-04-04T23:39:37Z",
        (5_593_088, 2_813_572),
    ),
    (
        "3.11",
        "3.11.13",
        "2021-11-12T17:20:08Z",
        (5_625_856, 2_827_121),
    ),
    (
        "3.10",
        "3.10.9",
        "2021-04-14T19:20:05Z",
        (5_583_872, 2_795_580),
    ),
    (
        "3.9",
        "3.9.6",
        "2020-04-24T15:51:55Z",
        (5_554_176, 2_773_413),
    ),
    (
        "3.8",
        "3.8.5",
        "2020-01-23T16:53:06Z",
        (4_413_428, 2_207_176),
    ),
    (
        "3.7",
        "3.7.3",
        "2019-03-07T22:19:53Z",
        (4_206_494, 2_103_247),
    ),
    (
        "3.6",
        "3.6.5",
        "2019-03-07T22:19:43Z",
        (4_032_988, 2_016_494),
    ),
    (
        "edge",
        "3.23.0_alpha20250612",
        "2025-06-16T22:28:38Z",
        (8_480_612, 3_870_031),
    ),
];

fn alpine() -> Vec<Recipe> {
    let releases = RELEASES.into_iter();
    releases
        .map(|(tags, version, created, sizes)| {
            let line = tags.split(' ').next_back().unwrap_or_default();
            Recipe::from_scratch(tags, created)
                .line(if line == "edge" { "" } else { line })
                .layer(
                    &format!("ADD alpine-minirootfs-{version}-x86_64.tar.gz /"),
                    sizes,
                    move |files| {
                        let hardware = files.hardware();
                        system::directories(files);
                        files
                            .dirs("lib/apk/db usr/lib etc/periodic/daily media/cdrom media/usb")
                            .dirs("etc/apk/keys etc/network/if-up.d etc/profile.d etc/ssl/certs")
                            .dirs("var/empty var/cache/apk")
                            .program("bin/busybox", "busybox")
                            .links("bin", BIN, "/bin/busybox")
                            .links("sbin", SBIN, "/bin/busybox")
                            .links("usr/bin", USR_BIN, "/bin/busybox")
                            .links("usr/sbin", USR_SBIN, "/bin/busybox")
                            .link("var/run", "/run")
                            .link("var/lock", "/run/lock")
                            .programs("sbin", "apk ldconfig")
                            .programs("usr/bin", "getconf getent iconv ldd scanelf ssl_client")
                            .text("etc/alpine-release", &format!("{version}\n"))
                            .text("etc/os-release", &os_release(version))
                            .text("etc/issue", ISSUE)
                            .text("etc/hostname", "localhost\n")
                            .text("etc/hosts", HOSTS)
                            .text("etc/shells", "/bin/sh\n/bin/ash\n")
                            .text("etc/profile", PROFILE)
                            .text("etc/apk/arch", &format!("{hardware}\n"))
                            .text("etc/apk/world", "alpine-baselayout\nalpine-release\napk-tools\nbusybox\nmusl-utils\n")
                            .text("etc/apk/repositories", &repositories(version));
                        system::accounts(files, PASSWD, GROUP);
                    },
                )
                .cmd(&["/bin/sh"])
        })
        .collect()
}

/// The release without its patch: `v3.22`, or `edge`.
fn branch(version: &str) -> String {
    match version.rsplit_once('.') {
        Some((line, _)) if !version.contains('_') => format!("v{line}"),
        _ => "edge".to_owned(),
    }
}

fn os_release(version: &str) -> String {
    format!(
        "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID={version}\n\
         PRETTY_NAME=\"Alpine Linux {}\"\nHOME_URL=\"https://alpinelinux.org/\"\n\
         BUG_REPORT_URL=\"https://gitlab.alpinelinux.org/alpine/aports/-/issues\"\n",
        branch(version)
    )
}

fn repositories(version: &str) -> String {
    let branch = branch(version);
    let line = |kind| format!("https://dl-cdn.alpinelinux.org/alpine/{branch}/{kind}\n");
    line("main") + &line("community")
}

const ISSUE: &str = "Welcome to Alpine Linux\nKernel \\r on \\m (\\l)\n\n";
const HOSTS: &str =
    "127.0.0.1\tlocalhost localhost.localdomain\n::1\t\tlocalhost localhost.localdomain\n";
const PROFILE: &str = "\
export PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"
export PAGER=less
umask 022
for script in /etc/profile.d/*.sh; do
\tif [ -r \"$script\" ]; then . \"$script\"; fi
done
unset script
";

/// The accounts of Alpine and of what is made from it.
pub(super) const PASSWD: &str = "\
root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
halt:x:7:0:halt:/sbin:/sbin/halt
mail:x:8:12:mail:/var/mail:/sbin/nologin
news:x:9:13:news:/usr/lib/news:/sbin/nologin
uucp:x:10:14:uucp:/var/spool/uucppublic:/sbin/nologin
cron:x:16:16:cron:/var/spool/cron:/sbin/nologin
ftp:x:21:21::/var/lib/ftp:/sbin/nologin
sshd:x:22:22:sshd:/dev/null:/sbin/nologin
games:x:35:35:games:/usr/games:/sbin/nologin
ntp:x:123:123:NTP:/var/empty:/sbin/nologin
guest:x:405:100:guest:/dev/null:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
";

/// The groups of Alpine and of what is made from it.
pub(super) const GROUP: &str = "\
root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
sys:x:3:root,bin
adm:x:4:root,daemon
tty:x:5:
disk:x:6:root
lp:x:7:lp
kmem:x:9:
wheel:x:10:root
floppy:x:11:root
mail:x:12:mail
news:x:13:news
uucp:x:14:uucp
cron:x:16:cron
audio:x:18:
cdrom:x:19:
dialout:x:20:root
ftp:x:21:
sshd:x:22:
input:x:23:
tape:x:26:root
video:x:27:root
netdev:x:28:
kvm:x:34:kvm
games:x:35:
shadow:x:42:
www-data:x:82:
users:x:100:games
ntp:x:123:
abuild:x:300:
utmp:x:406:
ping:x:999:
nogroup:x:65533:
nobody:x:65534:
";

const BIN: &str = "arch ash base64 bbconfig cat chattr chgrp chmod chown cp date dd df dmesg \
    dnsdomainname dumpkmap echo ed egrep false fatattr fdflush fgrep fsync getopt grep gunzip gzip \
    hostname ionice iostat ipcalc kbd_mode kill link linux32 linux64 ln login ls lsattr lzop makemime \
    mkdir mknod mktemp more mount mountpoint mpstat mv netstat nice pidof ping ping6 pipe_progress \
    printenv ps pwd reformime rev rm rmdir run-parts sed setpriv setserial sh sleep stat stty su sync \
    tar touch true umount uname usleep watch zcat";
const SBIN: &str = "acpid adjtimex arp blkid blockdev depmod fbsplash fdisk findfs fsck fstrim getty \
    halt hwclock ifconfig ifdown ifenslave ifup init inotifyd insmod ip ipaddr iplink ipneigh iproute \
    iprule iptunnel klogd loadkmap logread losetup lsmod mdev mkfs.vfat mkswap modinfo modprobe nameif \
    nologin pivot_root poweroff raidautorun reboot rmmod route setconsole slattach swapoff swapon \
    switch_root sysctl syslogd tunctl udhcpc vconfig watchdog zcip";
const USR_BIN: &str = "[ [[ awk basename bc beep blkdiscard bunzip2 bzcat bzip2 cal chvt cksum clear \
    cmp comm cpio crontab cryptpw cut dc deallocvt diff dirname dos2unix du eject env expand expr factor \
    fallocate find flock fold free fuser groups hd head hexdump hostid id install ipcrm ipcs killall last \
    less logger lsof lsusb lzcat lzma lzopcat md5sum mesg microcom mkfifo mkpasswd nc nl nmeter nohup nproc \
    nsenter nslookup od openvt passwd paste pgrep pkill pmap printf pscan pstree pwdx readlink realpath \
    renice reset resize seq setkeycodes setsid sha1sum sha256sum sha3sum sha512sum showkey shred shuf sort \
    split strings sum tac tail tee test time timeout top tr traceroute traceroute6 tree truncate tty ttysize \
    udhcpc6 unexpand uniq unix2dos unlink unlzma unlzop unshare unxz unzip uptime uudecode uuencode vi vlock \
    volname wc wget which who whoami whois xargs xxd xzcat yes";
const USR_SBIN: &str = "add-shell addgroup adduser arping brctl chpasswd chroot crond delgroup deluser \
    ether-wake fbset killall5 loadfont nanddump nandwrite nbd-client ntpd partprobe rdate rdev readahead \
    readprofile remove-shell rfkill sendmail setfont setlogcons";
