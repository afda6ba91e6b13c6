# shellcheck shell=bash disable=SC2034 # for the scripts that source it
# What the scripts need from Debian 12, and how they get it.

packages_to_build=(
  g++ meson ninja-build cmake pkg-config python3 esbuild
  libboost1.81-dev libboost-json1.81-dev libboost-program-options1.81-dev
  libsqlite3-dev libsqlitecpp-dev libpq-dev libsodium-dev libcjose-dev libjansson-dev liboath-dev libssl-dev libyaml-cpp-dev libzstd-dev zlib1g-dev
  libhowardhinnant-date-dev libutf8proc-dev libturbojpeg0-dev libexif-dev libsystemd-dev
  libxcb1-dev libxcb-xinput-dev libxcb-render0-dev libxcb-shm0-dev libxcb-randr0-dev libxcb-res0-dev libxcb-screensaver0-dev libxcb-dpms0-dev
)
packages_to_run=(tzdata ca-certificates)
packages_for_virtual_display=(tigervnc-standalone-server openbox xterm python3)
packages_to_test=(
  doctest-dev openssl curl python3 python3-requests clang-format ccache mold clang-16 libclang-rt-16-dev
  xvfb xserver-xephyr tigervnc-standalone-server xserver-xorg-core xserver-xorg-video-dummy
  openbox xterm xdotool x11-xserver-utils i3lock
  tesseract-ocr dbus dunst nftables nodejs chromium
)
servers_to_test=(postgresql haproxy nginx-light caddy fail2ban)
apt_install=(apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install)

# missing_packages NAME...: those that are not installed, one a line.
missing_packages() {
  local name
  for name in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || printf '%s\n' "$name"
  done
}

as_root=()
if ((EUID != 0)); then as_root=(sudo); fi

# packages_cost NAME...: what installing them brings, as "94 packages (599 MB)", as far as apt knows before an update.
# It is asked with --assume-no, and so ends with an error each time.
packages_cost() {
  { LC_ALL=C apt-get -o Debug::NoLocking=1 --no-install-recommends --assume-no install "$@" 2>/dev/null || true; } |
    awk -v named=$# '/ newly installed,/ { packages = $3 } /^After this operation,/ { size = $4 " " $5 }
      END { print packages ? packages " packages" (size ? " (" size ")" : "") : named " packages and what they need" }'
}

# install_missing LOGFOLDER NAME...: with apt-get, without a question, and only what is missing. Servers are not started.
install_missing() {
  local logs=$1 missing name others=() servers=()
  shift
  command -v apt-get >/dev/null ||
    fail "this installs by apt-get, which is not here: install the equivalents of these, then use --no-install: $*"
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fail "not root, and no sudo: have this installed, then start again: apt-get install ${missing[*]}"
    say "sudo is needed to install: ${missing[*]}"
    sudo -v || fail "sudo refused: have this installed, then start again: apt-get install ${missing[*]}"
  fi
  run_step "Updating the package lists" "$logs/apt-update.log" \
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q update
  for name in "${missing[@]}"; do
    if [[ " ${servers_to_test[*]} " == *" $name "* ]]; then servers+=("$name"); else others+=("$name"); fi
  done
  if ((${#others[@]})); then
    run_step "Installing $(packages_cost "${others[@]}"): ${others[*]}" "$logs/apt-install.log" \
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${apt_install[@]}" "${others[@]}"
  fi
  if ((${#servers[@]})); then
    run_step "Installing $(packages_cost "${servers[@]}"), without starting them: ${servers[*]}" "$logs/apt-install-servers.log" \
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$here/lib/without_starting.sh" "${servers[@]}" -- \
      "${apt_install[@]}" "${servers[@]}"
  fi
}
