// The bytes of the requests that are sent.
export const ECHO_BODY = '{"input":"The quick brown fox"}';

/** One POST of JSON. */
export function post(url, body, headers = {}) {
  const { host, pathname } = new URL(url);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n${lines.join("")}\r\n${body}`,
  );
}

/** One paid call of the echo service. */
export function paidCall(url, payload) {
  return post(url, ECHO_BODY, { "PAYMENT-SIGNATURE": header(payload) });
}

export function header(payload) {
  return Buffer.from(JSON.stringify(payload)).toString("base64");
}
