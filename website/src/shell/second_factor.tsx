/** Making a second factor, for who must have one: its secret, then the codes that stand in for it. */

/** POST /api/login/second-factor */
export interface SecondFactor {
  secret: string;
  uri: string;
}

export function MakeSecondFactor({ factor }: { factor: SecondFactor }) {
  const inGroups = factor.secret.replace(/(.{4})(?=.)/g, '$1 ');
  return (
    <div>
      <p>A second factor is needed here. Put this key into an authenticator application, then give the code that it shows.</p>
      <p class="secret">
        <code>{inGroups}</code>
      </p>
      <p class="small">
        <a href={factor.uri}>Open it in an application on this device</a>
      </p>
    </div>
  );
}

export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  return (
    <div class="sign-in">
      <div>
        <h1>Keep these codes</h1>
        <p class="soft">Each stands for a code of your application once, should you lose it. They are shown only now.</p>
      </div>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <button class="btn first tall" onClick={done} autofocus>
        I have kept them
      </button>
    </div>
  );
}
