// Where an HTTP/1.1 message ends that comes over a bare socket.
const END_OF_HEAD = Buffer.from("\r\n\r\n");
const END_OF_CHUNKS = Buffer.from("0\r\n\r\n");

/** The head and the body that `bytes` begin with, or undefined while a part of them is still to come. */
export function message(bytes) {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) {
    return undefined;
  }
  const head = bytes.latin1Slice(0, end);
  const body = bytes.subarray(end + END_OF_HEAD.length);
  return isWhole(head, body) ? { head, body } : undefined;
}

function isWhole(head, body) {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length) {
    return body.length >= Number(length[1]);
  }
  return (
    !/\r\ntransfer-encoding: *chunked/i.test(head) ||
    (body.length >= END_OF_CHUNKS.length && body.subarray(-END_OF_CHUNKS.length).equals(END_OF_CHUNKS))
  );
}
