"""The machine's zone changes while the agent runs. The agent has an /etc of its own for that, in a mount namespace."""

from datetime import datetime
from zoneinfo import ZoneInfo

from support import AgentTest, enter_mount_namespace, program, wait_until

from rigs.process import Child

DATABASE = "/usr/share/zoneinfo"
BIND_AND_RUN = 'mount --bind "$0" /etc && exec "$@"'


class TimeZone(AgentTest):
    def setUp(self):
        super().setUp()
        if why := enter_mount_namespace():
            self.skipTest(why)
        self.etc = self.folder / "etc"
        self.etc.mkdir()
        self.link("Europe/Berlin")

    def start(self, name, *arguments, env=None):
        """The program sees self.etc as /etc, whatever happens to the files in it."""
        env = {key: value for key, value in (env or self.environment()).items() if key != "TZ"}
        child = Child(["unshare", "-m", "--propagation", "private", "sh", "-c", BIND_AND_RUN, str(self.etc),
                       program(name), *map(str, arguments)], self.folder / f"{name}.log", env)
        self.addCleanup(child.stop)
        return child

    def link(self, zone):
        """As `ln -sf` does: away with the old one, and a new one."""
        (self.etc / "localtime").unlink(missing_ok=True)
        (self.etc / "localtime").symlink_to(f"{DATABASE}/{zone}")

    def replace(self, zone):
        """As timedatectl does: a relative link, renamed over the old one."""
        (self.etc / "localtime.new").symlink_to(f"..{DATABASE}/{zone}")
        (self.etc / "localtime.new").rename(self.etc / "localtime")

    def wait_for_zone(self, agent, zone):
        wait_until(lambda: f"the time zone changed zone={zone} " in agent.log_end(100), f"the log of {zone}")
        count = len(self.events())
        wait_until(lambda: len(self.events()) > count, "the next event")
        self.assertEqual(self.events()[count]["timezone"], zone)

    def test_a_change_is_logged_and_in_the_next_event(self):
        agent = self.start_agent()
        self.replace("America/New_York")
        self.wait_for_zone(agent, "America/New_York")
        self.link("Asia/Kathmandu")
        self.wait_for_zone(agent, "Asia/Kathmandu")
        self.stop(agent)
        zones = [event["timezone"] for event in self.events()]
        # Between the two steps of `ln -sf` there is no zone at all, which is UTC.
        known = ["Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu"]
        self.assertEqual(zones, sorted(zones, key=known.index), "each zone once, in its turn")
        self.assertLessEqual({"Europe/Berlin", "America/New_York", "Asia/Kathmandu"}, set(zones))
        for event in self.events():
            offset = datetime.fromisoformat(event["timestamp"]).astimezone(ZoneInfo(event["timezone"])).utcoffset()
            self.assertEqual(event["utc_offset_min"], offset.total_seconds() / 60, event["timezone"])
