#!/bin/sh
# without_starting.sh SERVICE... -- COMMAND...: as root, runs the COMMAND, which installs servers for tests that start their
# own. Nothing of them is started, neither now nor at boot, and PostgreSQL makes no cluster. A SERVICE that was there before
# stays as it is.
set -eu
policy=/usr/sbin/policy-rc.d our_policy=
no_cluster=/etc/postgresql-common/createcluster.d/only-for-tests.conf
new_services=
while [ "$1" != -- ]; do
  # A script in /etc/init.d may be left of a package that was removed.
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] || new_services="$new_services $1"
  shift
done
shift

undo() { rm -f "$no_cluster" $our_policy; }
trap undo EXIT
trap 'exit 143' HUP INT TERM

mkdir -p "${no_cluster%/*}"
echo 'create_main_cluster = false' >"$no_cluster"
if [ ! -e "$policy" ]; then
  our_policy=$policy
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
"$@"
for service in $new_services; do update-rc.d "$service" disable; done
