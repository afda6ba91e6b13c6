/** What each cause that needs attention means, and what helps: for people who did not write the agent. */

import type { IconName } from '../../icons';

/** A step, with a command to copy where there is one. */
export interface HelpStep {
  text: string;
  command?: string;
}

export interface CauseHelp {
  icon: IconName;
  /** Of one machine. */
  title: string;
  /** Of several: follows their number. */
  many: string;
  means: string;
  steps: readonly HelpStep[];
}

const doctor: HelpStep = { text: 'In that session, let the agent say what is wrong:', command: 'activitytrack-agent doctor' };

const helps: Record<string, CauseHelp> = {
  capture_failing: {
    icon: 'alert',
    title: 'Capture failing',
    many: 'cannot capture',
    means:
      'The agent runs and sends, but cannot see the session: until it can, nothing is counted, and the time is shown as not observed.',
    steps: [
      doctor,
      {
        text: 'A remote session (RDP, xrdp, VNC) that was closed has no display until it is opened again. It then mends itself.',
      },
      {
        text: 'An agent that was started outside of a graphical session sees none. Start it in a terminal of that desktop:',
        command: 'activitytrack-agent run',
      },
      { text: 'In a Wayland session only the input of X programs is seen. Choose an X session at the sign-in.' },
    ],
  },
  configuration_refused: {
    icon: 'x',
    title: 'Configuration refused',
    many: 'refused their configuration',
    means:
      'The agent has not taken a version of its settings, or has gone back to the one before because it did not work. It goes on by the last good one.',
    steps: [
      {
        text: "The machine's configuration names the setting and why. Change it there, in its group or in the defaults: the next version is tried by itself.",
      },
      {
        text: 'What loosens privacy is taken only where the file on the machine says remote.may_loosen: true. That is for its person to decide.',
      },
      {
        text: 'A version that was taken back had stopped the agent from sending or capturing. The machine says which:',
        command: 'activitytrack-agent status',
      },
    ],
  },
  offline: {
    icon: 'gone',
    title: 'Offline',
    many: 'offline',
    means:
      'Nothing was heard for more than three of its intervals, and it did not say that it would sleep or stop. What it counts meanwhile is kept there and sent later.',
    steps: [
      {
        text: 'A machine that is switched off hard, or loses its line, looks like this. Several at the same moment have one host or one line in common.',
      },
      { text: 'See whether the agent runs there:', command: 'activitytrack-agent status' },
      doctor,
      { text: 'If the machine is gone for good, remove it here: its data is erased, and it is not listed any more.' },
    ],
  },
  buffer_filling: {
    icon: 'disk',
    title: 'Buffer filling',
    many: 'have full buffers',
    means:
      'The agent cannot send as fast as it counts, or not at all, and keeps what it has on its disk. When its buffer is full it drops the oldest.',
    steps: [
      { text: 'See what keeps it from sending:', command: 'activitytrack-agent status' },
      doctor,
      { text: 'Screenshots fill it first. A longer interval or a smaller picture, in its configuration, lets it catch up.' },
    ],
  },
  clock_off: {
    icon: 'clock',
    title: 'Clock off',
    many: 'have a wrong clock',
    means:
      "The machine's clock is not that of the server. Its events stand where its own clock had them, so its days are shifted by as much.",
    steps: [
      { text: 'Let it set its clock by the network:', command: 'sudo timedatectl set-ntp true' },
      { text: 'See that it is in step:', command: 'timedatectl status' },
      { text: 'What was counted before stays at the times that it has.' },
    ],
  },
  rejected_events: {
    icon: 'flag',
    title: 'Events refused',
    many: 'had events refused',
    means:
      'The server did not take some events of the machine: they were not as they must be, or too old or too new. They are not counted.',
    steps: [
      {
        text: 'An agent that is newer than the server sends what it does not know. Bring the server up to date first, then agents.',
      },
      {
        text: "A clock that was far off makes events that lie in the future. See the machine's clock:",
        command: 'timedatectl status',
      },
      { text: 'The last refusal stands with the machine, in Administration.' },
    ],
  },
  rollout_held: {
    icon: 'pause',
    title: 'Rollout held',
    many: 'wait for a rollout that is held',
    means:
      'A new configuration was being given out in waves, and was stopped because machines of a wave refused it or fell silent, or by somebody. These keep what they have.',
    steps: [
      { text: 'Configuration shows which machines it was, and why.' },
      { text: 'Release it there if those are exceptions, or take it back and change it.' },
    ],
  },
};

/** Of a cause that only a newer server knows, what it says itself. */
export function helpOf(cause: string): CauseHelp {
  const title = cause.charAt(0).toUpperCase() + cause.slice(1).replaceAll('_', ' ');
  return helps[cause] ?? { icon: 'alert', title, many: title.toLowerCase(), means: '', steps: [doctor] };
}
