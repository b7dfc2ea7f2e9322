// Puts the page's question to the browser, and posts what the passkey answers with the form that holds the question.
{
  const form = document.getElementById('passkey');
  const button = form.querySelector('button[type="submit"]');
  const message = document.getElementById('passkey-melding');
  const question = JSON.parse(form.dataset.spoersmaal);

  const decode = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  const encode = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''))
      .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

  const ask = () => {
    const publicKey = { ...question, challenge: decode(question.challenge) };
    if (!question.user) return navigator.credentials.get({ publicKey });
    const name = form.elements.navn.value.trim();
    publicKey.user = { id: decode(question.user.id), name, displayName: name };
    publicKey.excludeCredentials = question.excludeCredentials.map((known) => ({ ...known, id: decode(known.id) }));
    return navigator.credentials.create({ publicKey });
  };

  const written = ({ id, type, response }) => {
    const names = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
    const there = names.filter((name) => response[name]).map((name) => [name, encode(response[name])]);
    return JSON.stringify({ id, type, response: Object.fromEntries(there) });
  };

  button.disabled = !window.PublicKeyCredential;
  message.textContent = button.disabled ? form.dataset.ukjent : '';

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    message.textContent = form.dataset.venter;
    try {
      form.elements.svar.value = written(await ask());
      form.submit();
    } catch (error) {
      // What NotAllowedError means, cancelled or too late or no passkey here, the browser does not tell.
      message.textContent = error.name === 'InvalidStateError' ? form.dataset.finnes : form.dataset.avbrutt;
      button.disabled = false;
    }
  });
}
