#!/bin/bash
# fetch_lwip.sh FOLDER: the source of Debian's lwip in FOLDER/lwip, whose binary packages have no PPP. The package lists and
# sources of apt are FOLDER's own; those of the system stay as they are. Exit code 77: it cannot be had here.
set -e
folder=$(realpath -m "$1")
[ -e "$folder/lwip/src/netif/ppp/pppos.c" ] && exit 0
command -v dpkg-source >/dev/null || { echo "skipped: dpkg-dev is not installed" >&2; exit 77; }
. /etc/os-release
[ "$ID" = debian ] || { echo "skipped: this is no Debian" >&2; exit 77; }
mkdir -p "$folder/lists/partial" "$folder/archives/partial"
mirror=$(grep -rhoE 'https?://[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -1)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb-src [signed-by=$keyring] ${mirror:-http://deb.debian.org/debian} $VERSION_CODENAME main" > "$folder/sources.list"
apt=(apt-get -q -o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$folder/lists"
  -o "Dir::Cache=$folder" -o "Dir::Cache::archives=$folder/archives" -o APT::Sandbox::User=root)
cd "$folder"
"${apt[@]}" update >/dev/null || { echo "skipped: the package lists cannot be fetched" >&2; exit 77; }
"${apt[@]}" source --download-only lwip >/dev/null || { echo "skipped: the source of lwip cannot be fetched" >&2; exit 77; }
rm -rf lwip && dpkg-source --no-check -x lwip_*.dsc lwip >/dev/null
