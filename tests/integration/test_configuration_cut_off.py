"""New settings with which an agent does not reach its server any more: it takes them back by itself, and says why."""

import subprocess

from configuration_support import ConfigurationTest
from network_support import enter_network_of_its_own, set_loopback
from support import find_program, wait_until

from rigs.process import free_port


class CutOff(ConfigurationTest):
    AGENT = "tests/support/impatient_agent"  # for which a trial lasts a second, or three intervals of sending

    @classmethod
    def setUpClass(cls):
        enter_network_of_its_own()
        set_loopback(True)

    def setUp(self):
        super().setUp()
        self.need("nft")
        self.agents_port = free_port()
        self.start_server("--listen", f"127.0.0.1:{self.agents_port}")

    def firewall(self, commands):
        ended = subprocess.run([find_program("nft"), "-f", "-"], input=commands, text=True, capture_output=True,
                               timeout=60)
        if ended.returncode and "add table" in commands:
            self.skipTest(f"this kernel has no firewall: {ended.stderr.splitlines()[0]}")
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def let_nothing_new_through(self):
        """The agent's connections stay, so that it hears of a version by the question that waits already; with that in
        force, it asks by a new one."""
        self.firewall("add table inet test\n"
                      "add chain inet test input { type filter hook input priority 0; }\n"
                      f"add rule inet test input tcp dport {self.agents_port} tcp flags & (syn|ack) == syn drop\n")
        self.addCleanup(subprocess.run, [find_program("nft"), "delete", "table", "inet", "test"], capture_output=True)

    def let_nothing_through(self):
        """Nor events, by the connection that is kept for them: they say what is in force, too."""
        self.firewall(f"add rule inet test input tcp dport {self.agents_port} drop\n")

    def start_connected_agent(self):
        return self.start_sending_agent(server_url=f"http://127.0.0.1:{self.agents_port}")

    def server_part(self):
        return self.status()["server_configuration"]

    def in_force(self, agent, version):
        return agent.log_end(1000).count(f"the server's settings are in force version={version}")

    def test_a_version_that_cuts_the_agent_off_is_taken_back_told_and_not_tried_again(self):
        agent = self.start_connected_agent()
        self.put("configuration/defaults", {"idle_after_sec": 20, "log_level": "debug"})
        wait_until(lambda: self.server_part()["version"] == 1 and not self.server_part()["on_trial"], "the good version")
        self.let_nothing_new_through()
        self.put("configuration/defaults", {"idle_after_sec": 30, "log_level": "debug"})
        wait_until(lambda: self.server_part()["version"] == 2 or "failure" in self.server_part(), "the version that cuts it off")
        self.let_nothing_through()
        failure = wait_until(lambda: self.server_part().get("failure"), "the version to be taken back")
        reason = "the server was not reached with it within 3 s"
        self.assertEqual(failure, {"version": 2, "state": "reverted", "key": "", "reason": reason})
        self.assertEqual((self.value("idle_after_sec"), self.server_part()["version"]), ("20", 1))
        self.assertEqual(self.in_force(agent, 2), 1)
        self.assertNotEqual(self.machine()["state"], "reverted")

        self.firewall("delete table inet test\n")
        wait_until(lambda: self.machine()["state"] == "reverted", "the server to know")
        self.assertEqual((self.machine()["applied_version"], self.machine()["error"]["reason"]), (1, reason))
        self.stop(agent)
        again = self.start_connected_agent()
        self.assertEqual(self.server_part()["failure"], failure)
        self.put("configuration/defaults", {"idle_after_sec": 40, "log_level": "debug"})
        self.wait_until_applied(3)
        self.assertEqual(self.value("idle_after_sec"), "40")
        self.assertEqual((self.in_force(agent, 2), self.in_force(again, 2)), (1, 0))
        self.stop(again)
