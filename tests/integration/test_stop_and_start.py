"""Stop, start, pause and resume lose nothing and repeat nothing."""

import contextlib
import signal
import socket
from datetime import datetime, timedelta, timezone

from support import wait_until
from whole_support import WholeTest

from rigs import XvncRig
from rigs.process import free_port

NEVER = 86400  # of a send interval: only the stop sends


class StopAndStart(WholeTest):
    def collect(self, count):
        wait_until(lambda: len(self.events()) >= count, f"{count} events in the buffer")

    def assert_stored_once(self):
        """All that was ever collected is at the server, once, and nothing else."""
        times = [event["timestamp"] for event in self.stored("test-machine")]
        self.assertEqual(len(times), len(set(times)), "an event is stored twice")
        self.assertEqual(len(times), self.appended())
        self.assertEqual(self.events(), [])

    def test_a_clean_stop_sends_what_is_pending(self):
        self.start_server()
        for number in (signal.SIGTERM, signal.SIGINT):
            agent = self.start_sending_agent(send_interval_sec=NEVER)
            self.collect(2)
            agent.process.send_signal(number)
            self.assertEqual(agent.process.wait(30), 0, agent.log_end())
            self.assert_stored_once()

    def test_the_first_events_are_at_the_server_long_before_the_send_interval_is_over(self):
        self.start_server()
        self.start_sending_agent(collect_interval_sec=60, send_interval_sec=NEVER)
        self.wait_until_stored(1)
        self.assertLess(self.stored("test-machine")[0]["interval_sec"], 60)

    def check_stop_in_time(self, port):
        """The stop ends by itself (Child.stop would kill it after 10 s) and leaves all in the buffer; with a server at
        the port, the next start sends it."""
        self.port = port
        agent = self.start_sending_agent()
        self.collect(3)
        self.stop(agent)
        self.assertEqual(len(self.events()), self.appended())

    def check_all_arrives(self, port):
        held = self.appended()
        self.start_server(port=port)
        agent = self.start_sending_agent()
        self.wait_until_stored(held + 1)
        self.stop(agent)
        self.assert_stored_once()

    def test_a_stop_without_a_server_keeps_all_for_the_next_start(self):
        port = free_port()
        self.check_stop_in_time(port)
        self.check_all_arrives(port)

    def test_a_stop_with_a_silent_server_keeps_all_for_the_next_start(self):
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:
            port = silent.getsockname()[1]
            self.check_stop_in_time(port)
        self.check_all_arrives(port)

    def test_a_pause_is_in_no_event(self):
        rig = self.open_rig(XvncRig)
        self.start_server()
        agent = self.start_sending_agent(rig.display)
        rig.input.keys(10, rate=500)
        self.ask_agent("pause")
        self.assertEqual(self.status()["state"], "paused")
        paused = datetime.now(timezone.utc)
        rig.input.keys(1000, rate=500)
        resumed = datetime.now(timezone.utc)
        self.ask_agent("resume")
        self.assertEqual(self.status()["state"], "collecting")
        rig.input.keys(5, rate=500)
        self.stop(agent)
        self.assert_stored_once()
        events = self.stored("test-machine")
        self.assertEqual(sum(event["key_count"] for event in events), 15)
        for event in events:
            start = datetime.fromisoformat(event["timestamp"])
            end = start + timedelta(seconds=event["interval_sec"])
            self.assertTrue(end <= paused or start >= resumed, f"{start} to {end}, paused {paused} to {resumed}")
