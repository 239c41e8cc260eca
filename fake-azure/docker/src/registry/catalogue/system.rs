//! What systems have in common: directories, accounts, and the programs of Debian.

use super::super::contents::Contents;
use super::alpine;

/// An account that an image adds to those of its base.
#[derive(Clone, Copy)]
pub(super) struct Account {
    pub(super) name: &'static str,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) home: &'static str,
}

/// Adds an account and its group to those of `base`, Alpine or Debian.
pub(super) fn add_account(files: &mut Contents, base: &str, account: Account) {
    let Account {
        name,
        uid,
        gid,
        home,
    } = account;
    let (passwd, group, shell) = if base.starts_with("alpine") {
        (alpine::PASSWD, alpine::GROUP, "/sbin/nologin")
    } else {
        (DEBIAN_PASSWD, DEBIAN_GROUP, "/bin/bash")
    };
    let own = format!("{name}:x:{gid}:\n");
    let own = if group.contains(&own) { "" } else { &own };
    accounts(
        files,
        &format!("{passwd}{name}:x:{uid}:{gid}:{name}:{home}:{shell}\n"),
        &format!("{group}{own}"),
    );
}

/// Makes the directories that every system has.
pub(super) fn directories(files: &mut Contents) {
    files
        .dirs("dev etc home mnt opt proc run srv sys usr/bin usr/local/bin usr/local/sbin")
        .dirs("usr/sbin usr/share var/cache var/lib var/log var/spool media")
        .dir("root")
        .mode("root", 0o700)
        .dir("tmp")
        .mode("tmp", 0o1777)
        .dir("var/tmp")
        .mode("var/tmp", 0o1777);
}

/// Writes the accounts: `passwd` and `group`, with passwords that nobody knows.
pub(super) fn accounts(files: &mut Contents, passwd: &str, group: &str) {
    let names = passwd.lines().filter_map(|line| line.split(':').next());
    let shadow = names.fold(String::new(), |shadow, name| {
        shadow
            + name
            + ":*:19000:0:99999:7:::
"
    });
    files
        .text("etc/passwd", passwd)
        .text("etc/group", group)
        .text("etc/shadow", &shadow)
        .mode("etc/shadow", 0o640)
        .owner("etc/shadow", 0, 42);
}

/// Makes the layout in which `/bin`, `/sbin` and `/lib` lie under `/usr`.
pub(super) fn merged(files: &mut Contents) {
    directories(files);
    files
        .dirs("boot usr/lib usr/lib64 usr/include usr/src usr/local/lib usr/local/share")
        .link("bin", "usr/bin")
        .link("sbin", "usr/sbin")
        .link("lib", "usr/lib")
        .link("lib64", "usr/lib64")
        .link("var/run", "/run")
        .link("var/lock", "/run/lock")
        .dir("run/lock")
        .mode("run/lock", 0o1777);
}

/// The accounts of Debian and of what is made from it.
pub(super) const DEBIAN_PASSWD: &str = "\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
games:x:5:60:games:/usr/games:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
news:x:9:9:news:/var/spool/news:/usr/sbin/nologin
uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin
proxy:x:13:13:proxy:/bin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
list:x:38:38:Mailing List Manager:/var/list:/usr/sbin/nologin
irc:x:39:39:ircd:/run/ircd:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
";

/// The groups of Debian and of what is made from it.
pub(super) const DEBIAN_GROUP: &str = "\
root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
lp:x:7:
mail:x:8:
news:x:9:
uucp:x:10:
man:x:12:
proxy:x:13:
kmem:x:15:
dialout:x:20:
fax:x:21:
voice:x:22:
cdrom:x:24:
floppy:x:25:
tape:x:26:
sudo:x:27:
audio:x:29:
dip:x:30:
www-data:x:33:
backup:x:34:
operator:x:37:
list:x:38:
irc:x:39:
src:x:40:
shadow:x:42:
utmp:x:43:
video:x:44:
sasl:x:45:
plugdev:x:46:
staff:x:50:
games:x:60:
users:x:100:
nogroup:x:65534:
";

/// The executables in `/usr/bin` of the smallest Debian.
pub(super) const DEBIAN_BIN: &str = "[ apt apt-cache apt-config apt-get apt-key apt-mark arch awk \
    base32 base64 basename bash cat chage chgrp chmod chown chfn chsh cksum clear cmp comm cp csplit \
    cut dash date dd deb-systemd-helper debconf df diff diff3 dir dircolors dirname dmesg dpkg \
    dpkg-deb dpkg-divert dpkg-query dpkg-split du echo egrep env expand expr factor fallocate false \
    fgrep find findmnt flock fmt fold getconf getent getopt gpasswd grep groups gunzip gzexe gzip \
    head hostid hostname iconv id infocmp install ionice ipcmk ipcrm ipcs join last lastlog ldd link \
    ln locale logger login logname ls lsblk lscpu lsmem lsns md5sum mawk mcookie mesg mkdir mkfifo \
    mknod mktemp more mount mountpoint mv namei newgrp nice nl nohup nproc nsenter numfmt od passwd \
    paste pathchk perl pinky pr printenv printf prlimit ptx pwd readlink realpath rename.ul renice \
    reset rev rgrep rm rmdir run-parts sdiff sed seq setpriv setsid setterm sha1sum sha224sum \
    sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty su sum sync tabs tac \
    tail tar taskset tee tempfile test timeout toe touch tput tr true truncate tset tsort tty tzselect \
    umount uname unexpand uniq unlink unshare update-alternatives users utmpdump vdir wall wc wdctl \
    whereis which who whoami xargs yes zcat zcmp zdiff zegrep zfgrep zforce zgrep zless zmore znew";

/// The executables in `/usr/sbin` of the smallest Debian.
pub(super) const DEBIAN_SBIN: &str = "addgroup adduser agetty badblocks blkid blockdev chgpasswd \
    chpasswd chroot delgroup deluser dpkg-preconfigure dpkg-reconfigure e2fsck fdisk fsck getty \
    groupadd groupdel groupmod grpck hwclock invoke-rc.d ldconfig losetup mke2fs mkfs mkswap newusers \
    nologin pivot_root policy-rc.d pwck runuser service start-stop-daemon swapoff swapon \
    switch_root tune2fs update-ca-certificates update-passwd update-rc.d useradd userdel usermod \
    vipw zdump zic";
