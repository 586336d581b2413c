#!/bin/sh
# make-guest.sh FOLDER: a guest of Debian 12 for try.sh: FOLDER/vmlinuz and FOLDER/guest.cpio.gz (80 MB), by debootstrap. As
# root; needs debootstrap, cpio, xz-utils, gcc and make. Debian builds its kernel without CONFIG_N_GSM: the module is made
# of linux-source-6.1 with linux-headers-amd64, which must be installed in the version that apt offers.
set -eu
mkdir -p "$1"
cd "$1"
folder=$PWD
image=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ { print $2 }')
version=${image#linux-image-}

apt-get download "$image" linux-source-6.1
dpkg -x "$image"_*.deb kernel
cp kernel/boot/vmlinuz-"$version" vmlinuz
mkdir -p gsm
dpkg --fsys-tarfile linux-source-6.1_*.deb | tar -xO --wildcards './usr/src/*.tar.xz' |
  tar -xJ --strip-components=3 -C gsm --wildcards '*/drivers/tty/n_gsm.c' '*/drivers/tty/tty.h'
echo 'obj-m := n_gsm.o' >gsm/Makefile
make -C "/lib/modules/$version/build" M="$folder/gsm" modules

debootstrap --variant=minbase \
  --include=ppp,modemmanager,dbus,systemd-sysv,libpam-systemd,polkitd,udev,kmod,iproute2,iputils-ping,curl,procps,python3-minimal \
  bookworm root
mkdir -p "root/lib/modules/$version"
for module in net/ppp/ppp_generic net/ppp/ppp_async net/slip/slhc; do
  cp "kernel/lib/modules/$version/kernel/drivers/$module.ko" "root/lib/modules/$version/"
done
cp gsm/n_gsm.ko "root/lib/modules/$version/"
strip -g "root/lib/modules/$version"/*.ko
cp "kernel/lib/modules/$version"/modules.builtin* "kernel/lib/modules/$version/modules.order" "root/lib/modules/$version/"
chroot root /sbin/depmod "$version"
rm -rf root/usr/share/doc root/usr/share/locale root/usr/share/man root/var/lib/apt/lists root/var/cache/apt
mkdir -p root/var/lib/apt/lists/partial
(cd root && find . | cpio -o -H newc --quiet) | gzip -1 >guest.cpio.gz
